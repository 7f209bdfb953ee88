// renderer/features/chat/markdown/load-code.ts: the highlighter (Shiki with its engine in JavaScript: the page's policy
// allows no WebAssembly), in a file of its own. A language is loaded when code in it is shown.
import { createCodePlugin } from '@streamdown/code'
import type { CSSProperties } from 'react'

export type Highlighted = readonly (readonly { readonly text: string; readonly style: CSSProperties }[])[]
/** Null for a language that it does not know. */
export type Highlighter = (code: string, language: string, incomplete: boolean) => Promise<Highlighted | null>

const themes = ['github-light-high-contrast', 'github-dark-high-contrast'] as const
const plugin = createCodePlugin({ themes: [...themes] })

export const highlighter: Highlighter = (code, language, isIncomplete) => {
  const name = language.toLowerCase() as Parameters<typeof plugin.supportsLanguage>[0]
  if (!plugin.supportsLanguage(name)) return Promise.resolve(null)
  return new Promise((resolve) => {
    const done = (result: NonNullable<ReturnType<typeof plugin.highlight>>) =>
      resolve(
        result.tokens.map((line) =>
          line.map(({ content, color, htmlStyle }) => ({ text: content, style: styleOf(color, htmlStyle) })),
        ),
      )
    const now = plugin.highlight({ code, language: name, themes: [...themes], isIncomplete }, done)
    if (now !== null) done(now)
  })
}

/** Both themes at once, so that a change of theme needs no new colours. */
function styleOf(color: string | undefined, style: Readonly<Record<string, string>> | undefined): CSSProperties {
  const light = style?.color ?? color
  const dark = style?.['--shiki-dark'] ?? light
  return light === undefined ? {} : { color: `light-dark(${light}, ${dark})` }
}
