// renderer/features/chat/markdown/Markdown.tsx: a reply as Markdown, also while it is written: what is not closed yet is
// shown as if it were, and blocks that are whole are not drawn again.
//
// Nothing that a model writes is ever markup: HTML is shown as its characters, pictures are named and not fetched, links
// ask before they open, and other addresses than web, mail and messages of Hearth lead nowhere.
import { useEffect, useMemo, useState } from 'react'
import { type Components, defaultRehypePlugins, Streamdown, type StreamdownProps } from 'streamdown'
import type { TokenMarks } from '../../../../engine/contract/thread.ts'
import { CodeBlock } from './CodeBlock.tsx'
import { Link, Picture } from './Link.tsx'
import { lightWords, tintTokens } from './marks.ts'
import { hasMaths, markMaths } from './maths.ts'
import { Table } from './Table.tsx'
import './markdown.css'

interface MarkdownProps {
  readonly text: string
  readonly streaming: boolean
  readonly lit: readonly string[]
  /** Tints the tokens; null: does not. */
  readonly marks: TokenMarks | null
}

type MathPlugin = NonNullable<NonNullable<StreamdownProps['plugins']>['math']>

/** Plain elements, dressed by markdown.css. */
const plain = [
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'li',
  'blockquote',
  'hr',
  'strong',
  'em',
  'sub',
  'sup',
].concat(['thead', 'tbody', 'tr', 'th', 'td', 'section', 'code', 'del'])
const components = {
  ...Object.fromEntries(plain.map((name) => [name, name])),
  inlineCode: 'code',
  pre: CodeBlock,
  table: Table,
  a: Link,
  img: Picture,
} as unknown as Components

const safeAddress = /^(https?:|mailto:|hearth:|#)/i

export default function Markdown({ text, streaming, lit, marks }: MarkdownProps) {
  const maths = hasMaths(text)
  const math = useMath(maths)
  const tinted = marks !== null && !streaming && !maths
  const shown = maths ? markMaths(text) : text
  const rehypePlugins = useMemo(() => {
    const plugins: NonNullable<StreamdownProps['rehypePlugins']> = []
    if (defaultRehypePlugins.sanitize) plugins.push(defaultRehypePlugins.sanitize)
    if (tinted) plugins.push([tintTokens, marks, text])
    if (lit.length > 0) plugins.push([lightWords, lit])
    return plugins
  }, [lit, tinted, marks, text])
  return (
    <Streamdown
      // Tints know places in the whole text, so it is read in one piece then.
      mode={tinted ? 'static' : 'streaming'}
      parseIncompleteMarkdown={streaming}
      isAnimating={streaming}
      rehypePlugins={rehypePlugins}
      components={components}
      urlTransform={(url) => (safeAddress.test(url) ? url : '')}
      linkSafety={{ enabled: false }}
      controls={false}
      dir="auto"
      className={streaming ? 'md md-writing' : 'md'}
      {...(math ? { plugins: { math } } : {})}
    >
      {shown}
    </Streamdown>
  )
}

/** KaTeX, when the first formula is there. */
function useMath(wanted: boolean): MathPlugin | null {
  const [plugin, setPlugin] = useState<MathPlugin | null>(null)
  useEffect(() => {
    if (!wanted || plugin !== null) return
    let here = true
    import('./load-math.ts').then(
      ({ math }) => here && setPlugin(math),
      () => undefined, // formulas stay as they were written
    )
    return () => {
      here = false
    }
  }, [wanted, plugin])
  return plugin
}
