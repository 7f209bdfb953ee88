// renderer/features/chat/ContextMeter.tsx: how full the chat is, and on a click by what. The figures are those of the last
// prompt and its reply, as the engine counted them.
import { Popover } from '@base-ui/react/popover'
import clsx from 'clsx'
import type { ContextOrigin, Overflow } from '../../../engine/contract/context.ts'
import { useApp } from '../../store/use-app.ts'
import { count } from '../../ui/format.ts'
import { Select } from '../../ui/Select.tsx'
import { fullFrom, useContextUse } from './use-context-use.ts'

const names: Readonly<Record<ContextOrigin, readonly [name: string, colour: string]>> = {
  system: ['Instructions', 'bg-ink'],
  memory: ['Memory', 'bg-src-drafter'],
  tools: ['Tools', 'bg-src-drafter'],
  digest: ['Summary of what came before', 'bg-ink-2'],
  files: ['Files', 'bg-src-chat'],
  messages: ['This chat', 'bg-ink-2'],
  question: ['Your last message', 'bg-ink-3'],
  format: ['Marks between turns', 'bg-line-strong'],
}

export const overflowNames: readonly { readonly value: Overflow; readonly name: string }[] = [
  { value: 'ask', name: 'Ask me' },
  { value: 'digest', name: 'Summarise the oldest' },
  { value: 'roll', name: 'Drop the oldest' },
  { value: 'stop', name: 'Stop there' },
]

export function ContextMeter() {
  const use = useContextUse()
  if (use === null) return null
  const { used, limit, context, reused } = use
  const share = Math.min(1, used / limit)
  const full = share >= fullFrom
  const said = `${count(used)} of ${count(limit)} tokens`
  return (
    <Popover.Root>
      <Popover.Trigger
        data-state={full ? 'full' : 'room'}
        className="quick mr-1 flex h-7 items-center gap-2 rounded-2 px-2 text-xs whitespace-nowrap text-ink-2 tabular-nums hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink"
      >
        {/* biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be dressed in every browser */}
        <span
          role="meter"
          aria-label="Context"
          aria-valuemin={0}
          aria-valuemax={limit}
          aria-valuenow={Math.min(used, limit)}
          aria-valuetext={said}
          className="flex h-1 w-14 overflow-hidden rounded-full bg-selected max-side:w-8"
        >
          <i
            className={clsx('h-full rounded-full', full ? 'bg-ember' : 'bg-ink-2')}
            style={{ width: `${share * 100}%` }}
          />
        </span>
        <span aria-hidden="true">
          {short(used)} of {short(limit)}
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          style={{ zIndex: 'var(--z-popover)' }}
        >
          <Popover.Popup className="popup rise w-84 max-w-[calc(100vw-2rem)] p-4.5 outline-none">
            <div className="flex items-baseline justify-between gap-3">
              <Popover.Title className="text-sm tabular-nums">{said}</Popover.Title>
              <span className="text-xs text-ink-2 tabular-nums">
                {count(reused)} reused, {count(Math.max(0, context.tokens - reused))} read
              </span>
            </div>
            <div aria-hidden="true" className="mt-2.5 flex h-2 gap-0.5 overflow-hidden rounded-full bg-selected">
              {context.origins.map(({ origin, tokens }) => (
                <i key={origin} className={names[origin][1]} style={{ width: `${(tokens / limit) * 100}%` }} />
              ))}
            </div>
            <dl className="mt-2.5 text-xs leading-6">
              {context.origins.map(({ origin, tokens }) => (
                <Row key={origin} name={names[origin][0]} colour={names[origin][1]} tokens={tokens} />
              ))}
              <Row name="The last reply" colour="bg-src-model" tokens={Math.max(0, used - context.tokens)} />
            </dl>
            {context.digested > 0 && (
              <p className="mt-1 text-xs text-ink-2">
                A summary stands for the first {count(context.digested)} messages.
              </p>
            )}
            {context.dropped > 0 && (
              <p className="mt-1 text-xs text-ink-2">
                The oldest {count(context.dropped)} messages are not read any more. They stay in the chat.
              </p>
            )}
            <WhenFull />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Row({ name, colour, tokens }: { readonly name: string; readonly colour: string; readonly tokens: number }) {
  return (
    <div className="flex items-center gap-2">
      <dt className="flex min-w-0 flex-1 items-center gap-2 text-ink-2">
        <i aria-hidden="true" className={clsx('size-2 flex-none rounded-[2px]', colour)} />
        <span className="truncate">{name}</span>
      </dt>
      <dd className="tabular-nums">{count(tokens)}</dd>
    </div>
  )
}

/** What happens to this chat when it is full. */
function WhenFull() {
  const chosen = useApp((state) => state.conversations.find(({ id }) => id === state.open)?.overflow ?? null)
  const usual = useApp((state) => state.settings.overflow)
  const chooseOverflow = useApp((state) => state.chooseOverflow)
  const usually = overflowNames.find(({ value }) => value === usual)?.name.toLowerCase() ?? ''
  return (
    <div className="mt-3 flex items-center justify-between gap-3 border-t border-line pt-3 text-xs">
      <span className="text-ink-2">When it is full</span>
      <Select<Overflow | 'usual'>
        label="When this chat is full"
        value={chosen ?? 'usual'}
        options={[{ value: 'usual', name: `As set: ${usually}` }, ...overflowNames]}
        onChange={(value) => void chooseOverflow(value === 'usual' ? null : value)}
      />
    </div>
  )
}

/** `640`, `6.2k`, `32k`. */
function short(tokens: number): string {
  if (tokens < 1000) return count(tokens)
  const thousands = tokens / 1000
  return `${thousands < 9.95 ? thousands.toFixed(1) : count(thousands)}k`
}
