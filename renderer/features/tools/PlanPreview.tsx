// renderer/features/tools/PlanPreview.tsx: what a plan would bring about, before it is run: a diff with signs, a request,
// a command with what it wrote on the copy, an entry.
import clsx from 'clsx'
import type { Preview } from '../../../engine/contract/tools.ts'

const mono = 'scrolls max-h-[40vh] overflow-auto border-y border-line bg-sunken py-1.5 font-mono text-xs'

export function PlanPreview({ preview }: { readonly preview: Preview }) {
  switch (preview.kind) {
    case 'diff':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long diff scrolls, so the keyboard must reach it
        <figure aria-label={`Change to ${preview.path}`} tabIndex={0} className={mono}>
          <div className="px-4 text-ink-2">{preview.path}</div>
          {preview.text.split('\n').map((line, at) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text
              key={at}
              className={clsx(
                'px-4 whitespace-pre',
                line.startsWith('+') && 'bg-good-wash',
                line.startsWith('-') && 'bg-danger-wash',
                line.startsWith('@@') && 'text-ink-2',
              )}
            >
              {line}
            </div>
          ))}
        </figure>
      )
    case 'request':
      return <Plain label="Request" text={`${preview.method} ${preview.url}\n${preview.body}`.trimEnd()} />
    case 'command': {
      const writes = preview.writes.map((path) => `writes ${path}`)
      return <Plain label="Command" text={[`$ ${preview.line}`, ...writes, preview.output].join('\n').trimEnd()} />
    }
    case 'entry':
      return (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 border-y border-line px-4 py-2 text-sm [overflow-wrap:anywhere]">
          <dt className="col-span-2 font-medium">{preview.title}</dt>
          {preview.parts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-2">{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )
  }
}

const Plain = ({ label, text }: { readonly label: string; readonly text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, so the keyboard must reach it
  <figure aria-label={label} tabIndex={0} className={clsx(mono, 'px-4 whitespace-pre-wrap')}>
    {text}
  </figure>
)
