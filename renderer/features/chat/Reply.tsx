// renderer/features/chat/Reply.tsx: one reply. It subscribes to its own message, so a token draws one reply again.
import { Check, Copy, RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import type { MessageId } from '../../../engine/contract/ids.ts'
import { useApp } from '../../store/use-app.ts'
import { IconButton } from '../../ui/Button.tsx'
import { clock, count, plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { BranchSwitch } from './BranchSwitch.tsx'
import { PlainText } from './PlainText.tsx'
import { Receipt } from './Receipt.tsx'
import { ReplyEnd } from './ReplyEnd.tsx'
import { useLit } from './use-lit.ts'

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
      <div className="text-md whitespace-pre-wrap [overflow-wrap:anywhere]">
        <PlainText text={message.text} lit={lit} />
        {streaming && message.text === '' && <Reading id={id} />}
        {streaming && <span aria-hidden="true" className={message.text === '' ? 'caret breathe ml-0' : 'caret'} />}
      </div>
      {!streaming && <After message={message} last={last} />}
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

/** Below a finished reply. Shown always under the last one, on hover or focus under the others. */
function After({ message, last }: { readonly message: Message; readonly last: boolean }) {
  const tryAgain = useApp((state) => state.tryAgain)
  const free = useApp(
    (state) =>
      state.connection.state === 'ready' &&
      (state.model.state === 'ready' || state.model.state === 'resting') &&
      !isWriting(state),
  )
  const again = free ? () => void tryAgain(message.id) : null
  const ended = message.status === 'done'
  return (
    <>
      <ReplyEnd message={message} onTryAgain={last ? again : null} />
      <div
        data-under=""
        className={
          last || message.siblings.length > 1
            ? 'mt-2 flex min-h-7 items-center gap-1.5'
            : 'quick mt-2 flex min-h-7 items-center gap-1.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-[[data-popup-open]]:opacity-100'
        }
      >
        <BranchSwitch message={message} />
        <span className="flex-1" />
        {message.text !== '' && <CopyButton text={message.text} />}
        {again && (ended || !last) && (
          <IconButton small label="Try again" onClick={again}>
            <Icon of={RefreshCw} size="small" />
          </IconButton>
        )}
        {message.stats && <Receipt message={message} stats={message.stats} />}
      </div>
    </>
  )
}

const isWriting = (state: {
  readonly order: readonly MessageId[]
  readonly messages: Readonly<Record<MessageId, Message>>
}) => {
  const last = state.order.at(-1)
  return last !== undefined && state.messages[last]?.status === 'streaming'
}

function CopyButton({ text }: { readonly text: string }) {
  const announce = useApp((state) => state.announce)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    announce('Copied')
  }
  return (
    <IconButton small label={copied ? 'Copied' : 'Copy'} onClick={() => void copy()}>
      <Icon of={copied ? Check : Copy} size="small" />
    </IconButton>
  )
}
