// renderer/features/chat/markdown/marks.ts: marks inside rendered Markdown: the words that a jump looked for, and the tokens
// of a reply by who guessed them. Both split the text nodes of the tree; no text changes.
import type { TokenMarks } from '../../../../engine/contract/thread.ts'
import { marksOf } from '../../../ui/MarkedText.tsx'

/** As much of a hast tree as is needed here. */
interface Node {
  readonly type: string
  readonly tagName?: string
  readonly value?: string
  readonly position?: { readonly start: { readonly offset?: number }; readonly end: { readonly offset?: number } }
  readonly properties?: Record<string, unknown>
  children?: Node[]
}

const textNode = (value: string): Node => ({ type: 'text', value })
const element = (tagName: string, className: string, children: Node[]): Node => ({
  type: 'element',
  tagName,
  properties: { className: [className] },
  children,
})

/** Replaces text nodes below `node`, but not those of code blocks, whose colours come later. */
function splitTexts(node: Node, split: (text: Node) => Node[] | null): void {
  if (!node.children) return
  node.children = node.children.flatMap((child) => {
    if (child.type === 'text') return split(child) ?? [child]
    if (child.tagName !== 'pre') splitTexts(child, split)
    return [child]
  })
}

export function lightWords(words: readonly string[]) {
  return (tree: Node): void =>
    splitTexts(tree, ({ value = '' }) => {
      const found = marksOf(value, words)
      if (found.length === 0) return null
      const pieces: Node[] = []
      let at = 0
      for (const [start, end] of found) {
        pieces.push(textNode(value.slice(at, start)), element('mark', 'lit', [textNode(value.slice(start, end))]))
        at = end
      }
      return [...pieces, textNode(value.slice(at))]
    })
}

export interface Run {
  readonly source: number
  readonly start: number
  readonly end: number
}

/** Neighbouring tokens of one source as one run, with its place in the text. */
export function runsOf({ sources, lengths }: TokenMarks): Run[] {
  const runs: Run[] = []
  let at = 0
  for (const [index, length] of lengths.entries()) {
    const source = sources[index] ?? 0
    const last = runs.at(-1)
    if (length > 0 && last?.source === source) runs[runs.length - 1] = { ...last, end: at + length }
    else if (length > 0) runs.push({ source, start: at, end: at + length })
    at += length
  }
  return runs
}

export const sourceNames = ['plain', 'drafter', 'chat', 'you', 'form'] as const

export function tintTokens(marks: TokenMarks, text: string) {
  const runs = runsOf(marks).filter(({ source }) => source > 0)
  return (tree: Node): void =>
    splitTexts(tree, ({ value = '', position }) => {
      const start = position?.start.offset
      const end = position?.end.offset
      // Where the text is not what was written (an entity, an escape), no place in it is known.
      if (start === undefined || end === undefined || text.slice(start, end) !== value) return null
      const pieces: Node[] = []
      let at = start
      for (const run of runs) {
        const from = Math.max(run.start, start)
        const to = Math.min(run.end, end)
        if (from >= to) continue
        if (from > at) pieces.push(textNode(text.slice(at, from)))
        pieces.push(element('span', `tint-${sourceNames[run.source] ?? 'plain'}`, [textNode(text.slice(from, to))]))
        at = to
      }
      if (pieces.length === 0) return null
      if (at < end) pieces.push(textNode(text.slice(at, end)))
      return pieces
    })
}
