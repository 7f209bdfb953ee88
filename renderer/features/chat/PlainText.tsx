// renderer/features/chat/PlainText.tsx: the words of a message, as they were typed or written. A jump lights its words.
import { MarkedText, marksOf } from '../../ui/MarkedText.tsx'

export function PlainText({ text, lit }: { readonly text: string; readonly lit: readonly string[] }) {
  const marks = lit.length > 0 ? marksOf(text, lit) : []
  return marks.length > 0 ? <MarkedText text={text} marks={marks} className="lit" /> : text
}
