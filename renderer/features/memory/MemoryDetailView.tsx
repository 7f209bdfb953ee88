// renderer/features/memory/MemoryDetailView.tsx: one memory: what it says, how sure that is, the words it came from, what
// it replaced, where it was used; and correcting, keeping or forgetting it.
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Memory, MemoryId } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { ConfidenceLine } from './ConfidenceLine.tsx'
import { ForgetCard } from './ForgetCard.tsx'
import { MemoryControls } from './MemoryControls.tsx'
import { MemoryText } from './MemoryText.tsx'
import type { MemoryDetail } from './memory-slice.ts'
import { Quote } from './Quote.tsx'
import { useDetail } from './use-detail.ts'
import { day, dayWithin, heldWords } from './words.ts'

export function MemoryDetailView({ id, onClose }: { readonly id: MemoryId; readonly onClose: () => void }) {
  const { detail, failure } = useDetail(id)
  const forgetting = useApp((state) => state.memory.forgetting)
  const planForget = useApp((state) => state.memoryActions.planForget)
  const ours = forgetting?.memories.includes(id) ? forgetting : null
  if (ours?.stage === 'done') return <ForgetCard forgetting={ours} title="" onClose={onClose} />
  if (failure && !ours) {
    return (
      <Notice icon={TriangleAlert} tone="danger" state="memory-unread" title={failure.message}>
        {failure.remedy ?? 'It may have been forgotten or merged.'}
      </Notice>
    )
  }
  return (
    <div data-state={detail ? detail.memory.status : 'opening'} aria-busy={detail === null} data-detail={id}>
      {detail && <Body detail={detail} />}
      <div className="mt-5">
        {ours ? (
          <ForgetCard forgetting={ours} title="Forget this?" onClose={() => undefined} />
        ) : (
          detail && (
            <Button className="text-danger!" onClick={() => void planForget([id])}>
              Forget…
            </Button>
          )
        )}
      </div>
    </div>
  )
}

function Body({ detail }: { readonly detail: MemoryDetail }) {
  const { memory, evidence, history, uses } = detail
  const openConversation = useApp((state) => state.jumpTo)
  return (
    <>
      <MemoryText memory={memory} />
      <ConfidenceLine memory={memory} />
      <Standing memory={memory} />
      {memory.status !== 'replaced' && <MemoryControls memory={memory} />}
      <Part title="Why do you think so?">
        {evidence.length === 0 && (
          <p className="text-xs text-ink-2">
            {memory.origin === 'typed'
              ? `You wrote it here, ${dayWithin(memory.updatedAt)}.`
              : 'Nothing that it came from is left.'}
          </p>
        )}
        <ul>
          {evidence.map((one) => (
            <li
              key={`${one.message} ${one.start} ${one.at}`}
              className="border-t border-line py-3 first:border-0 first:pt-1"
            >
              <Quote evidence={one} origin={memory.origin} />
            </li>
          ))}
        </ul>
      </Part>
      {history.length > 0 && (
        <Part title="Before">
          <ul className="text-xs leading-5.5">
            {history.map((older) => (
              <li key={older.id} className="flex gap-3">
                <s className="min-w-0 flex-1 text-ink-2 decoration-line-strong [overflow-wrap:anywhere]">
                  {older.text}
                </s>
                <span className="flex-none text-ink-3">until {day(older.updatedAt)}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {uses.length > 0 && (
        <Part title="Used in">
          <ul className="text-xs leading-5.5">
            {uses.slice(0, 8).map((use) => (
              <li key={use.reply} className="flex gap-3">
                <button
                  type="button"
                  onClick={() => void openConversation(use.conversation, use.reply, [])}
                  className="quick min-w-0 flex-1 truncate rounded-1 text-ink-2 hover:text-ink hover:underline"
                >
                  {use.title}
                </button>
                <span className="flex-none text-ink-3">{day(use.at)}</span>
              </li>
            ))}
          </ul>
          {uses.length > 8 && <p className="text-xs text-ink-3">and {uses.length - 8} before</p>}
        </Part>
      )}
    </>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="mt-4">
      <h3 className="mb-1.5 border-b border-line pb-1">{title}</h3>
      {children}
    </section>
  )
}

/** Where it stands, when it is not simply believed. */
function Standing({ memory }: { readonly memory: Memory }) {
  const { accept, reject, bringBack, choose, show, undoHeard } = useApp((state) => state.memoryActions)
  const heard = useApp((state) =>
    Object.values(state.memory.heard)
      .flat()
      .find(({ did, memories }) => did === 'forgetting' && memories.some((one) => one.memory === memory.id)),
  )
  const note = (text: string, actions: ReactNode = null) => (
    <div className="mt-3 rounded-3 bg-caution-wash px-3 py-2.5 text-xs">
      <p>{text}</p>
      {actions && <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
  switch (memory.status) {
    case 'active':
      return null
    case 'held': {
      const words = heldWords(memory.origin)
      return note(
        words.why,
        <>
          <Button onClick={() => void accept([memory.id])}>{words.accept}</Button>
          <Button look="quiet" onClick={() => reject(memory)}>
            {words.reject}
          </Button>
        </>,
      )
    }
    case 'disputed':
      return note('It disagrees with something you said more plainly. No reply uses it until you choose.')
    case 'expired':
      return note('Its time has passed, so no reply uses it. Keep it until changed to use it again.')
    case 'leaving':
      return note(
        'You asked to forget this. It is out of use, and goes for good in a minute.',
        heard && <Button onClick={() => void undoHeard(heard)}>Keep it</Button>,
      )
    case 'replaced':
      return note(
        'Something newer took its place. It is kept as history, and no reply uses it.',
        <>
          {memory.replacedBy && (
            <Button
              onClick={() => {
                show('all')
                if (memory.replacedBy) choose([memory.replacedBy])
              }}
            >
              What replaced it
            </Button>
          )}
          <Button
            look="quiet"
            onClick={() =>
              void bringBack(memory).then((again) => {
                if (again === null) return
                show('all')
                choose([again.id])
              })
            }
          >
            Use this one again
          </Button>
        </>,
      )
  }
}
