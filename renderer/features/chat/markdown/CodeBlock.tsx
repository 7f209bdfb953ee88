// renderer/features/chat/markdown/CodeBlock.tsx: code with its colours and a copy of its source. The highlighter is loaded
// with the first code there is; until a line has its colours it is plain.
import { Check, Copy } from 'lucide-react'
import { type ComponentProps, useEffect, useState } from 'react'
import { useIsCodeFenceIncomplete } from 'streamdown'
import { useApp } from '../../../store/use-app.ts'
import { IconButton } from '../../../ui/Button.tsx'
import { Icon } from '../../../ui/Icon.tsx'
import { copyText } from '../copy.ts'
import type { Highlighted, Highlighter } from './load-code.ts'

interface TextNode {
  readonly type: string
  readonly value?: string
  readonly properties?: { readonly className?: unknown }
  readonly children?: readonly TextNode[]
}

export function CodeBlock({ node }: ComponentProps<'pre'> & { readonly node?: unknown }) {
  const element = (node as TextNode | undefined)?.children?.[0]
  const code = textOf(element).replace(/\n$/, '')
  const language = languageOf(element)
  const incomplete = useIsCodeFenceIncomplete()
  const highlighted = useHighlighted(code, language, incomplete)
  const announce = useApp((state) => state.announce)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <div data-code="" dir="ltr" className="my-3 overflow-hidden rounded-3 bg-sunken">
      <div className="flex h-8 items-center justify-between pr-1 pl-3.5 font-sans text-2xs text-ink-2">
        <span>{language === '' ? 'Text' : language}</span>
        <IconButton
          small
          label={copied ? 'Copied' : 'Copy code'}
          className="text-ink-2"
          onClick={() => void copyText(code, announce).then(setCopied)}
        >
          <Icon of={copied ? Check : Copy} size="small" />
        </IconButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, so the keyboard must reach them */}
      <pre tabIndex={0} className="scrolls overflow-x-auto px-3.5 pb-3 font-mono text-xs leading-5">
        <code>
          {highlighted === null
            ? code
            : highlighted.map((line, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines and tokens have no other name than their place
                <span key={at}>
                  {at > 0 && '\n'}
                  {line.map((token, place) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above
                    <span key={place} style={token.style}>
                      {token.text}
                    </span>
                  ))}
                </span>
              ))}
        </code>
      </pre>
    </div>
  )
}

const textOf = (node: TextNode | undefined): string =>
  node === undefined ? '' : node.type === 'text' ? (node.value ?? '') : (node.children ?? []).map(textOf).join('')

function languageOf(node: TextNode | undefined): string {
  const names = node?.properties?.className
  const name = Array.isArray(names) ? names.find((one) => String(one).startsWith('language-')) : undefined
  return name === undefined ? '' : String(name).slice('language-'.length)
}

let loaded: Promise<Highlighter> | null = null

/** Null while there are no colours for it. Code that grows keeps the colours that it has until the next ones are there. */
function useHighlighted(code: string, language: string, incomplete: boolean): Highlighted | null {
  const [result, setResult] = useState<{ readonly code: string; readonly lines: Highlighted } | null>(null)
  useEffect(() => {
    if (language === '') return
    let here = true
    loaded ??= import('./load-code.ts').then(({ highlighter }) => highlighter)
    loaded
      .then((highlight) => highlight(code, language, incomplete))
      .then(
        (lines) => here && lines !== null && setResult({ code, lines }),
        () => undefined, // the code stays as it is, without colours
      )
    return () => {
      here = false
    }
  }, [code, language, incomplete])
  if (result === null) return null
  if (result.code === code) return result.lines
  if (!code.startsWith(result.code)) return null
  return appended(result.lines, code.slice(result.code.length))
}

const appended = (lines: Highlighted, more: string): Highlighted => {
  const [rest = '', ...others] = more.split('\n')
  const plain = (text: string) => ({ text, style: {} })
  return [...lines.slice(0, -1), [...(lines.at(-1) ?? []), plain(rest)], ...others.map((text) => [plain(text)])]
}
