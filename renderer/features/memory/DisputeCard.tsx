// renderer/features/memory/DisputeCard.tsx: two memories that disagree, with the words of both. Neither is used until the
// person chooses.
import { Scale } from 'lucide-react'
import type { Memory } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Quote } from './Quote.tsx'
import { useDetail } from './use-detail.ts'
import { short } from './words.ts'

export function DisputeCard({ disputed }: { readonly disputed: Memory }) {
  const resolve = useApp((state) => state.memoryActions.resolve)
  const { detail: one } = useDetail(disputed.against)
  const { detail: other } = useDetail(disputed.id)
  if (!one || !other) return null
  const sides = [one, other]
  return (
    <section
      aria-label="Two memories disagree"
      data-state="disputed"
      className="edge mt-4 mb-2 flex gap-3 rounded-4 bg-raised px-4 py-3.5"
    >
      <Icon of={Scale} className="mt-0.5 text-caution" />
      <div className="@container min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <h2 className="text-sm">Two memories disagree</h2>
          <p className="text-xs text-ink-2">Neither is used until you choose</p>
        </div>
        <div className="mt-2 grid gap-x-6 gap-y-3 @min-[28rem]:grid-cols-2">
          {sides.map(({ memory, evidence }) => {
            const said = evidence.find(({ quote, speaks }) => quote !== '' && speaks === 'for')
            return (
              <div key={memory.id} className="min-w-0">
                {said ? <Quote evidence={said} origin={memory.origin} /> : <p className="text-md">{memory.text}</p>}
              </div>
            )
          })}
        </div>
        <div className="mt-3 flex flex-wrap items-center gap-2">
          {sides.map(({ memory }) => (
            <Button
              key={memory.id}
              className="max-w-full"
              aria-label={`It is this: ${memory.text}`}
              onClick={() => void resolve(disputed.id, memory.id)}
            >
              <span className="truncate">{short(memory.text.replace(/\.$/, ''), 40)}</span>
            </Button>
          ))}
          <Button look="quiet" onClick={() => void resolve(disputed.id, null)}>
            Both, it depends
          </Button>
        </div>
      </div>
    </section>
  )
}
