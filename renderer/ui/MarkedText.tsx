// renderer/ui/MarkedText.tsx: plain text with some of its characters marked. Text is only ever text here.
import { Fragment, type ReactNode } from 'react'

/** [start, end) in UTF-16 units. */
export type Mark = readonly [number, number]

interface MarkedTextProps {
  readonly text: string
  readonly marks: readonly Mark[]
  readonly className?: string
}

export function MarkedText({ text, marks, className }: MarkedTextProps) {
  const pieces: ReactNode[] = []
  let at = 0
  for (const [start, end] of [...marks].sort((a, b) => a[0] - b[0])) {
    if (start < at || end > text.length || start >= end) continue
    pieces.push(<Fragment key={`t${at}`}>{text.slice(at, start)}</Fragment>)
    pieces.push(
      <mark key={`m${start}`} className={className}>
        {text.slice(start, end)}
      </mark>,
    )
    at = end
  }
  pieces.push(<Fragment key="rest">{text.slice(at)}</Fragment>)
  return <>{pieces}</>
}

/** Where `words` stand in `text`, whatever their case. */
export function marksOf(text: string, words: readonly string[]): readonly Mark[] {
  const wanted = words.filter((word) => word !== '').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  if (wanted.length === 0) return []
  const found = text.matchAll(new RegExp(wanted.join('|'), 'giu'))
  return Array.from(found, (match) => [match.index, match.index + match[0].length] as const)
}
