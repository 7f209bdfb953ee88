// renderer/features/chat/ReplyEnd.tsx: how a reply ended when it did not end by itself, in words, with what to do.
import { TriangleAlert } from 'lucide-react'
import type { Message } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { plural } from '../../ui/format.ts'
import { Notice } from '../../ui/Notice.tsx'
import { useFree } from './use-free.ts'

interface ReplyEndProps {
  readonly message: Message
  /** Only the last of a branch can be written on. */
  readonly last: boolean
}

export function ReplyEnd({ message, last }: ReplyEndProps) {
  const free = useFree()
  const tryAgain = useApp((state) => state.tryAgain)
  const goOn = useApp((state) => state.goOn)
  const begun = message.text !== '' || message.thought !== ''
  const again = last && free && (
    <>
      {begun && <Button onClick={() => void goOn(message.id)}>Go on</Button>}
      <Button look={begun ? 'quiet' : 'plain'} onClick={() => void tryAgain(message.id)}>
        Try again
      </Button>
    </>
  )
  switch (message.status) {
    case 'streaming':
    case 'done':
      return null
    case 'stopped':
      return (
        <div data-state="stopped" className="mt-2.5 flex items-center gap-2 text-xs text-ink-2">
          <span className="flex-1 tabular-nums">
            {message.stats ? `Stopped after ${plural(message.stats.newTokens, 'token')}. Kept.` : 'Stopped. Kept.'}
          </span>
          {again}
        </div>
      )
    case 'interrupted':
      return (
        <End
          message={message}
          title="This reply was cut short"
          text={message.text === '' ? 'Nothing had been written yet.' : 'The text so far is kept.'}
          again={again}
        />
      )
    case 'failed':
      return message.failure?.code === 'engine-crashed' ? (
        <End
          message={message}
          title="The model stopped and has been restarted"
          text="Nothing was lost."
          again={again}
        />
      ) : (
        <End
          message={message}
          title={message.failure?.message ?? 'The model could not finish this reply.'}
          text={message.failure?.remedy ?? (message.text === '' ? '' : 'The text so far is kept.')}
          again={again}
        />
      )
  }
}

interface EndProps {
  readonly message: Message
  readonly title: string
  readonly text: string
  readonly again: React.ReactNode
}

function End({ message, title, text, again }: EndProps) {
  const code = message.failure ? ` Code ${message.failure.code}.` : ''
  return (
    <div className="mt-3">
      <Notice icon={TriangleAlert} tone="danger" title={title} state={message.status} actions={again}>
        {`${text}${code}`.trim()}
      </Notice>
    </div>
  )
}
