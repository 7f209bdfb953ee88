// renderer/features/chat/Reply.tsx: one reply. It subscribes to its own message, so a token draws one reply again.
import { useEffect, useState } from 'react'
import type { MessageId } from '../../../engine/contract/ids.ts'
import { useApp } from '../../store/use-app.ts'
import { clock, count, plural } from '../../ui/format.ts'
import { InlineReceipt } from './Receipt.tsx'
import { ReplyEnd } from './ReplyEnd.tsx'
import { ReplyRead } from './ReplyRead.tsx'
import { Slot } from './Slot.tsx'
import { Thought } from './Thought.tsx'
import { UnderRow } from './UnderRow.tsx'
import { useLit } from './use-lit.ts'
import { Words } from './Words.tsx'

/** A prompt that is read faster shows its first word instead. */
const readingShownAfterMs = 500

export function Reply({ id, last }: { readonly id: MessageId; readonly last: boolean }) {
  const message = useApp((state) => state.messages[id])
  const lit = useLit(id)
  if (!message) return null
  const streaming = message.status === 'streaming'
  return (
    <article
      aria-label={`Hearth, ${clock(message.createdAt)}`}
      aria-busy={streaming}
      data-message={id}
      data-state={message.status}
      tabIndex={-1}
      className="group mt-3 rounded-2"
    >
      <Thought message={message} />
      <ReplyRead message={message} />
      <Slot name="steps" message={message} />
      <div data-words="" className="text-md [overflow-wrap:anywhere]">
        <Words message={message} lit={lit} />
        {streaming && message.text === '' && <Reading id={id} />}
        {streaming && message.text === '' && (
          <span aria-hidden="true" className={message.thought === '' ? 'caret breathe ml-0' : 'hidden'} />
        )}
      </div>
      <Slot name="cards" message={message} />
      {!streaming && (
        <>
          <ReplyEnd message={message} last={last} />
          <UnderRow message={message} last={last} />
          <InlineReceipt message={message} />
        </>
      )}
    </article>
  )
}

/** A long prompt takes its time: how far the model is. Not announced: the reply itself will be. */
function Reading({ id }: { readonly id: MessageId }) {
  const reading = useApp((state) => (state.reading?.reply === id ? state.reading : null))
  const [late, setLate] = useState(false)
  const begun = reading !== null
  useEffect(() => {
    if (!begun) return
    const timer = setTimeout(() => setLate(true), readingShownAfterMs)
    return () => clearTimeout(timer)
  }, [begun])
  if (reading === null || !late) return null
  return (
    <span data-state="reading" className="mr-2 text-xs text-ink-3 tabular-nums">
      Reading {count(reading.done)} of {plural(reading.total, 'token')}
    </span>
  )
}
