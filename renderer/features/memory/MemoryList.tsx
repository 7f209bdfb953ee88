// renderer/features/memory/MemoryList.tsx: the memories of a tab, or why there are none.
import { useEffect, useState } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { plural } from '../../ui/format.ts'
import { DisputeCard } from './DisputeCard.tsx'
import { type Filters, passes } from './filters.ts'
import { HeldList } from './HeldList.tsx'
import { MemoryRows } from './MemoryRows.tsx'

interface MemoryListProps {
  readonly filters: Filters
  readonly onNoFilters: () => void
  /** Opened with a key. */
  readonly onOpen: () => void
}

export function MemoryList({ filters, onNoFilters, onOpen }: MemoryListProps) {
  const list = useApp((state) => state.memory.list)
  const tab = useApp((state) => state.memory.tab)
  const query = useApp((state) => state.memory.query)
  const rejected = useApp((state) => state.memory.rejected)
  // The last answer of this tab stays while the next one is awaited.
  if (list === null || list.tab !== tab) return <Waiting />
  const there = list.memories.filter(({ id }) => !rejected.some((memory) => memory.id === id))
  const shown = there.filter((memory) => passes(memory, filters))
  if (shown.length === 0) {
    return <Nothing filtered={there.length > 0} searched={list.query} tab={tab} onNoFilters={onNoFilters} />
  }
  const searching = list.query !== ''
  const disputes =
    tab === 'all' && !searching ? shown.filter(({ status, against }) => status === 'disputed' && against) : []
  return (
    <div data-state={list.query === query ? 'ready' : 'searching'}>
      {searching && (
        <p role="status" className="pt-3 text-xs text-ink-3">
          {plural(shown.length, 'memory', 'memories')} for “{list.query}”, best first.
          {!list.meaning.on && list.meaning.reason !== null && ` By words only: ${list.meaning.reason}`}
        </p>
      )}
      {disputes.map((memory) => (
        <DisputeCard key={memory.id} disputed={memory} />
      ))}
      {tab === 'held' ? (
        <HeldList memories={shown} />
      ) : (
        <MemoryRows memories={shown} grouped={tab === 'all' && !searching} onOpen={onOpen} />
      )}
    </div>
  )
}

interface NothingProps {
  readonly filtered: boolean
  readonly searched: string
  readonly tab: string
  readonly onNoFilters: () => void
}

function Nothing({ filtered, searched, tab, onNoFilters }: NothingProps) {
  if (filtered) {
    return (
      <div data-state="none-pass" className="mt-6">
        <p className="text-ink-2">None of these pass the filters.</p>
        <Button className="mt-3" onClick={onNoFilters}>
          Show all
        </Button>
      </div>
    )
  }
  if (searched !== '') {
    return (
      <p role="status" data-state="none-found" className="mt-6 text-ink-2">
        Nothing for “{searched}” in memory.
      </p>
    )
  }
  if (tab === 'held') {
    return (
      <p data-state="none-held" className="mt-6 max-w-[60ch] text-ink-2">
        Nothing waits for you. What comes from a file, a page or a tool is held here until you say that it is true.
      </p>
    )
  }
  if (tab === 'replaced') {
    return (
      <p data-state="none-replaced" className="mt-6 max-w-[60ch] text-ink-2">
        Nothing was replaced yet. When you correct something, the old wording is kept here as history.
      </p>
    )
  }
  return (
    <div data-state="empty-memory" className="mt-8 max-w-[60ch]">
      <p className="text-md">Nothing yet. Hearth will show each new memory here, with your words.</p>
      <p className="mt-2 text-ink-2">
        Say “remember that…” or “call me…” in any chat, or add something by hand. “Forget…” takes it back.
      </p>
      <Button
        className="mt-4"
        onClick={() => document.querySelector<HTMLElement>('[data-pane=titlebar] [data-add]')?.click()}
      >
        Add
      </Button>
    </div>
  )
}

/** Still rows, after 300 ms: most lists are there sooner and then nothing flashes. */
function Waiting() {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div aria-busy="true" data-state="opening" className="min-h-40 pt-6">
      {late && (
        <>
          <span className="sr-only">Reading memory</span>
          {['w-1/3', 'w-2/3', 'w-1/2', 'w-3/5', 'w-2/5'].map((width) => (
            <div key={width} className="flex h-10 items-center border-b border-line">
              <i className={`h-3.5 rounded-1 bg-sunken ${width}`} />
            </div>
          ))}
        </>
      )}
    </div>
  )
}
