// renderer/features/memory/HeldList.tsx: what waits for the person: read by the model, or somebody else's words. No reply
// uses it until they say so.
import type { Memory } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Quote } from './Quote.tsx'
import { useDetail } from './use-detail.ts'
import { groupNames, heldWords } from './words.ts'

export function HeldList({ memories }: { readonly memories: readonly Memory[] }) {
  const accept = useApp((state) => state.memoryActions.accept)
  const own = memories.filter(({ origin }) => origin === 'inferred')
  return (
    <>
      {own.length > 1 && (
        <div className="mt-4 flex items-center gap-3">
          <p className="min-w-0 flex-1 text-xs text-ink-2">{own.length} of these were read out of your own words.</p>
          <Button onClick={() => void accept(own.map(({ id }) => id))}>Remember all {own.length}</Button>
        </div>
      )}
      <ul aria-label="Held back" className="mt-3 grid gap-2.5">
        {memories.map((memory) => (
          <li key={memory.id}>
            <HeldCard memory={memory} />
          </li>
        ))}
      </ul>
    </>
  )
}

function HeldCard({ memory }: { readonly memory: Memory }) {
  const { accept, reject, choose } = useApp((state) => state.memoryActions)
  const { detail } = useDetail(memory.id)
  const words = heldWords(memory.origin)
  const said = detail?.evidence.find(({ quote }) => quote !== '')
  return (
    <article
      aria-label={memory.text}
      data-state="held"
      data-memory={memory.id}
      className="edge rounded-4 bg-raised px-4 py-3.5"
    >
      <h3 className="text-[0.875rem]/5 tracking-normal">{memory.text}</h3>
      <p className="mt-0.5 text-xs text-ink-2">
        {groupNames[memory.kind]}. {words.why}
      </p>
      {said && (
        <div className="mt-2.5 border-l-2 border-line pl-3">
          <Quote evidence={said} origin={memory.origin} />
        </div>
      )}
      <div className="mt-2.5 flex flex-wrap items-center gap-2">
        <Button onClick={() => void accept([memory.id])}>{words.accept}</Button>
        <Button look="quiet" onClick={() => reject(memory)}>
          {words.reject}
        </Button>
        <Button look="quiet" onClick={() => choose([memory.id])}>
          Why?
        </Button>
      </div>
    </article>
  )
}
