// renderer/features/memory/ChipCard.tsx: behind a chip: the memory, why this reply used it, the words it came from, and
// what can be done about it without leaving the chat.
import { Popover } from '@base-ui/react/popover'
import { useEffect, useState } from 'react'
import type { MessageId } from '../../../engine/contract/ids.ts'
import type { UsedMemory } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { ForgetCard } from './ForgetCard.tsx'
import { MemoryTextField } from './MemoryText.tsx'
import { Problem } from './Problem.tsx'
import { Quote } from './Quote.tsx'
import { useDetail } from './use-detail.ts'

const reasons: Readonly<Record<UsedMemory['because'], string>> = {
  pinned: 'Used since you pinned it.',
  standing: 'Used in every reply, as it always holds.',
  words: 'Used since it shares words with what you asked.',
  meaning: 'Used since it is close in meaning to what you asked.',
  both: 'Used since it fits what you asked, in words and meaning.',
}

interface ChipCardProps {
  readonly used: UsedMemory
  readonly reply: MessageId
  readonly onClose: () => void
}

export function ChipCard({ used, reply, onClose }: ChipCardProps) {
  const { open, answerWithout, planForget, closeForget, dismissProblem } = useApp((state) => state.memoryActions)
  const forgetting = useApp((state) => state.memory.forgetting)
  const writing = useApp((state) => state.order.some((id) => state.messages[id]?.status === 'streaming'))
  const [editing, setEditing] = useState(false)
  const { detail, failure } = useDetail(used.memory)
  const ours = forgetting?.memories.includes(used.memory) ? forgetting : null
  // A card that is closed takes its question with it.
  useEffect(
    () => () => {
      closeForget()
      dismissProblem()
    },
    [closeForget, dismissProblem],
  )
  if (ours) {
    return (
      <>
        <Popover.Title className="sr-only">Forget</Popover.Title>
        <ForgetCard
          forgetting={ours}
          title="Forget this?"
          onClose={() => {
            if (ours.stage === 'done') onClose()
          }}
        />
      </>
    )
  }
  const said = detail?.evidence.find(({ quote, speaks }) => quote !== '' && speaks === 'for')
  const text = detail?.memory.text ?? used.text
  return (
    <div data-state={failure ? 'gone' : detail ? 'ready' : 'opening'}>
      {editing && detail ? (
        <>
          <Popover.Title className="sr-only">Correct</Popover.Title>
          <MemoryTextField memory={detail.memory} onDone={() => setEditing(false)} />
        </>
      ) : (
        <>
          <Popover.Title className="text-sm [overflow-wrap:anywhere]">{text}</Popover.Title>
          <p className="mt-0.5 text-xs text-ink-2">{reasons[used.because]}</p>
        </>
      )}
      {failure && <p className="mt-2 text-xs text-ink-2">It is gone since: forgotten, merged or replaced.</p>}
      {said && (
        <div className="mt-3 border-l-2 border-line pl-3">
          <Quote evidence={said} origin={detail?.memory.origin ?? 'typed'} />
        </div>
      )}
      <Problem className="mt-3" />
      {detail && !editing && (
        <div className="mt-3 -ml-1 flex flex-wrap gap-1.5">
          <Button
            disabled={writing}
            onClick={() => {
              void answerWithout(reply, used.memory)
              onClose()
            }}
          >
            Not for this reply
          </Button>
          <Button onClick={() => setEditing(true)}>Correct</Button>
          <Button onClick={() => open(used.memory)}>Why?</Button>
          <Button look="quiet" className="text-danger!" onClick={() => void planForget([used.memory])}>
            Forget…
          </Button>
        </div>
      )}
    </div>
  )
}
