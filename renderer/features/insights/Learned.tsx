// renderer/features/insights/Learned.tsx: what was learned or changed in the period, why, and the words it rests on.
import type { Insights } from '../../../engine/contract/learning.ts'
import { useApp } from '../../store/use-app.ts'
import { plural, when } from '../../ui/format.ts'

const shown = 6

export function Learned({ learned }: Pick<Insights, 'learned'>) {
  const open = useApp((state) => state.memoryActions.open)
  const go = useApp((state) => state.go)
  return (
    <section aria-label="What was learned" className="min-w-0">
      <h2 className="text-sm">What was learned</h2>
      <p className="text-xs leading-4.5 text-ink-2">
        {learned.length === 0
          ? 'Nothing in this time'
          : `${plural(learned.length, 'memory', 'memories')} in this time, each with its reason`}
      </p>
      <ul className="mt-1.5">
        {learned.slice(0, shown).map(({ memory, why, quote }) => (
          <li key={memory.id} className="border-t border-line py-2.5 first:border-0">
            <div className="flex items-baseline gap-3">
              <button
                type="button"
                onClick={() => open(memory.id)}
                className="quick min-w-0 flex-1 rounded-1 text-[0.875rem]/5 [overflow-wrap:anywhere] hover:underline"
              >
                {memory.text}
              </button>
              <span className="flex-none text-xs text-ink-3">
                {when(memory.updatedAt, Date.now()).replace(/,.*$/, '')}
              </span>
            </div>
            <p className="text-xs text-ink-2">{why}</p>
            {quote && <p className="mt-1 font-serif text-md [overflow-wrap:anywhere]">“{quote}”</p>}
          </li>
        ))}
      </ul>
      {learned.length > shown && (
        <button
          type="button"
          onClick={() => go('memory')}
          className="quick rounded-1 text-xs text-ink-2 underline decoration-line-strong underline-offset-3 hover:text-ink"
        >
          {learned.length - shown} more in Memory
        </button>
      )}
    </section>
  )
}
