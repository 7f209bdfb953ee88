// renderer/features/chat/Words.tsx: the words of a reply. As Markdown, which is loaded when the first reply is shown; until
// then, and if it cannot be loaded, as plain text.
import { Component, lazy, type ReactNode, Suspense } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { PlainText } from './PlainText.tsx'

const Markdown = lazy(() => import('./markdown/Markdown.tsx'))

export function Words({ message, lit }: { readonly message: Message; readonly lit: readonly string[] }) {
  const marks = useApp((state) => (state.tint ? state.marks[message.id] : undefined))
  if (message.text === '') return null
  const streaming = message.status === 'streaming'
  const plain = (
    <div className="whitespace-pre-wrap">
      <PlainText text={message.text} lit={lit} />
      {streaming && <span aria-hidden="true" className="caret" />}
    </div>
  )
  return (
    <Fallback plain={plain}>
      <Suspense fallback={plain}>
        <Markdown text={message.text} streaming={streaming} lit={lit} marks={marks ?? null} />
      </Suspense>
    </Fallback>
  )
}

/** Whatever Markdown makes of a text, the text itself is always readable. */
class Fallback extends Component<{ readonly plain: ReactNode; readonly children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    return this.state.failed ? this.props.plain : this.props.children
  }
}
