// renderer/features/memory/MemoryPage.tsx: what Hearth believes about the person, each with the words it came from: look,
// correct, accept, forget. The list is here; the drawer (MemoryDrawer.tsx) and the title bar (MemoryBar.tsx)
// stand beside it.
import { Tabs } from '@base-ui/react/tabs'
import { BrainCircuit, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useApp, useAppStore } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { plural } from '../../ui/format.ts'
import { Notice } from '../../ui/Notice.tsx'
import { ChoicesTab } from './ChoicesTab.tsx'
import { FilterRow } from './FilterRow.tsx'
import { isDrawerOpen, noFilters } from './filters.ts'
import { focusDrawer } from './MemoryDrawer.tsx'
import { MemoryList } from './MemoryList.tsx'
import { MemoryUndo } from './MemoryUndo.tsx'
import type { MemoryTab } from './memory-slice.ts'
import { Problem } from './Problem.tsx'
import { ReceiptList } from './ReceiptList.tsx'
import { usePageKeys } from './use-page-keys.ts'

const tabs: readonly { readonly value: MemoryTab; readonly name: string }[] = [
  { value: 'all', name: 'All' },
  { value: 'held', name: 'Held back' },
  { value: 'replaced', name: 'Replaced' },
  { value: 'forgotten', name: 'Forgotten' },
  { value: 'choices', name: 'How it answers' },
]

export function MemoryPage() {
  const store = useAppStore()
  const tab = useApp((state) => state.memory.tab)
  const query = useApp((state) => state.memory.query)
  const version = useApp((state) => state.memory.version)
  const counts = useApp((state) => state.memory.list?.counts)
  const receipts = useApp((state) => state.memory.receipts)
  const chosen = useApp((state) => state.memory.chosen)
  const ready = useApp((state) => state.connection.state === 'ready')
  const { read, show, resumeForget } = useApp((state) => state.memoryActions)
  const [filters, setFilters] = useState(noFilters)

  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these is a reason to ask again
  useEffect(() => {
    if (ready) void read()
  }, [ready, read, tab, query, version])
  useEffect(() => {
    if (ready) void resumeForget()
  }, [ready, resumeForget])

  const drawer = useApp((state) => isDrawerOpen(state.memory))
  usePageKeys()

  return (
    <>
      <section aria-label="Memory" data-pane="page" className="scrolls min-h-0 flex-1 px-10 pt-1 pb-10 max-side:px-5">
        <div className="mx-auto max-w-240">
          <h1 className="text-xl">Memory</h1>
          <Summary />
          <MemoryOff />
          <Tabs.Root value={tab} onValueChange={(next: MemoryTab) => show(next)} className="mt-3">
            <div className="flex flex-wrap items-end gap-x-4 border-b border-line">
              <Tabs.List aria-label="Memory" className="-mb-px flex min-w-0 flex-wrap gap-x-5">
                {tabs.map(({ value, name }) => (
                  <Tabs.Tab
                    key={value}
                    value={value}
                    className="quick cursor-default py-2 whitespace-nowrap text-ink-2 -outline-offset-2 hover:text-ink data-[active]:font-medium data-[active]:text-ink data-[active]:shadow-[inset_0_-2px_0_var(--ink)]"
                  >
                    {name}
                    {value === 'held' && counts !== undefined && counts.held > 0 && (
                      <span className="ml-1.5 font-medium text-caution tabular-nums">{counts.held}</span>
                    )}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <span className="flex-1" />
              {tab !== 'choices' && tab !== 'forgotten' && (
                <FilterRow filters={filters} withState={tab === 'all'} onChange={setFilters} />
              )}
            </div>
            <Problem className={drawer || chosen.length > 0 ? 'hidden' : 'mt-4'} />
            <Tabs.Panel value={tab} tabIndex={-1} className="outline-none">
              {tab === 'choices' ? (
                <ChoicesTab />
              ) : tab === 'forgotten' ? (
                <Failed>{receipts && <ReceiptList receipts={receipts} />}</Failed>
              ) : (
                <Failed>
                  <MemoryList
                    filters={tab === 'all' ? filters : { ...filters, state: 'any' }}
                    onNoFilters={() => setFilters(noFilters)}
                    onOpen={focusDrawer}
                  />
                </Failed>
              )}
            </Tabs.Panel>
          </Tabs.Root>
        </div>
      </section>
      <MemoryUndo store={store} />
    </>
  )
}

function Summary() {
  const list = useApp((state) => state.memory.list)
  const n = list?.counts.all
  if (n === undefined) return <p className="mt-1 h-5" />
  return (
    <p className="mt-1 max-w-[60ch] text-ink-2">
      {n === 0
        ? 'What Hearth believes about you stands here, each with the words it came from.'
        : `${plural(n, 'thing')} Hearth believes about you, each with the words it came from.`}
    </p>
  )
}

function MemoryOff() {
  const off = useApp((state) => state.settings.memory === 'off')
  const updateSettings = useApp((state) => state.updateSettings)
  if (!off) return null
  return (
    <div className="mt-3">
      <Notice
        icon={BrainCircuit}
        title="Memory is off"
        state="memory-off"
        actions={<Button onClick={() => void updateSettings({ memory: 'ask' })}>Switch it on</Button>}
      >
        Nothing is read out of your words, and no reply uses what stands here.
      </Notice>
    </div>
  )
}

/** What could not be read, in the place of it. */
function Failed({ children }: { readonly children: React.ReactNode }) {
  const failure = useApp((state) => state.memory.listFailure)
  const read = useApp((state) => state.memoryActions.read)
  // A lost engine is said once, by the window.
  if (failure === null || failure.code === 'engine-crashed') return children
  return (
    <div className="mt-4">
      <Notice
        urgent
        icon={TriangleAlert}
        tone="danger"
        state="memory-unread"
        title={failure.message}
        actions={<Button onClick={() => void read()}>Try again</Button>}
      >
        {failure.remedy ?? 'Nothing was lost.'}
      </Notice>
    </div>
  )
}
