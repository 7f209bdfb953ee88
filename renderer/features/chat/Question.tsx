// renderer/features/chat/Question.tsx: the person's own words, in serif.
import type { MessageId } from '../../../engine/contract/ids.ts'
import { useApp } from '../../store/use-app.ts'
import { clock } from '../../ui/format.ts'
import { BranchSwitch } from './BranchSwitch.tsx'
import { PlainText } from './PlainText.tsx'
import { useLit } from './use-lit.ts'

export function Question({ id, first }: { readonly id: MessageId; readonly first: boolean }) {
  const message = useApp((state) => state.messages[id])
  const waiting = useApp((state) => state.sending[id] !== undefined)
  const away = useApp((state) => state.connection.state !== 'ready')
  const waking = useApp((state) => (state.model.state === 'loading' ? state.model.name : null))
  const lit = useLit(id)
  if (!message) return null
  return (
    <article
      aria-label={`You, ${clock(message.createdAt)}`}
      data-message={id}
      data-state={waiting ? 'sending' : 'sent'}
      tabIndex={-1}
      className={first ? 'rounded-2' : 'mt-5 rounded-2'}
    >
      <div className="flex items-start gap-3 font-serif text-you">
        <div className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">
          <PlainText text={message.text} lit={lit} />
        </div>
        <span className="ml-auto flex-none">
          <BranchSwitch message={message} />
        </span>
      </div>
      {waiting && (away || waking) && (
        <p className="mt-1 text-xs text-ink-3">
          {away
            ? 'Kept here. It goes as soon as the engine answers.'
            : `Kept here. It goes as soon as ${waking} is awake.`}
        </p>
      )}
    </article>
  )
}
