// renderer/features/memory/MemoryDrawer.tsx: the drawer: one memory and why Hearth thinks so, several and what can be done
// with them, or a forget under way. It stands beside the page and not in it: a column in a wide window, over the page in a
// narrower one.
import { X } from 'lucide-react'
import type { MemoryId } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { MergeGroup } from './DuplicatesDialog.tsx'
import { ForgetCard } from './ForgetCard.tsx'
import { isDrawerOpen } from './filters.ts'
import { MemoryDetailView } from './MemoryDetailView.tsx'
import { Problem } from './Problem.tsx'
import { useDrawerKeys } from './use-page-keys.ts'

export function MemoryDrawer() {
  const open = useApp((state) => isDrawerOpen(state.memory))
  return open ? <Drawer /> : null
}

/** Opened with a key, the drawer takes the focus; with the pointer, the focus stays where it is. */
export function focusDrawer() {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('[data-memory-drawer] h2')?.focus({ preventScroll: true }),
  )
}

/** The focus goes back to the row that was open, or to the one that Tab reaches. */
function focusList(last: MemoryId | undefined) {
  requestAnimationFrame(() => {
    const row = (wanted: string) => document.querySelector<HTMLElement>(`[data-pane=page] ${wanted}`)
    const target = row(`[role=option][data-memory="${last}"]`) ?? row('[role=option][tabindex="0"]')
    target?.focus({ preventScroll: true })
  })
}

function Drawer() {
  const chosen = useApp((state) => state.memory.chosen)
  const forgetting = useApp((state) => state.memory.forgetting)
  const { choose, closeForget } = useApp((state) => state.memoryActions)
  const onClose = () => {
    closeForget()
    choose([])
    focusList(chosen[0])
  }
  useDrawerKeys(onClose)
  const ended = forgetting?.stage === 'done'
  const name = ended ? 'Forgotten' : chosen.length > 1 ? `${chosen.length} memories` : 'Evidence'
  return (
    <aside
      aria-label={name}
      data-pane="drawer"
      data-memory-drawer=""
      className="fixed inset-y-0 right-0 flex w-94 max-w-full flex-none flex-col border-l border-line bg-canvas shadow-3 wide:static wide:shadow-none"
      style={{ zIndex: 'var(--z-drawer)' }}
    >
      <div className="flex h-13 flex-none items-center gap-2 pr-3 pl-5">
        <h2 tabIndex={-1} className="min-w-0 flex-1 truncate text-sm tracking-normal outline-none">
          {name}
        </h2>
        <IconButton label="Close" keys="Esc" onClick={onClose}>
          <Icon of={X} />
        </IconButton>
      </div>
      <div className="scrolls min-h-0 flex-1 px-5 pt-1 pb-5">
        <Problem className="mb-4" />
        {forgetting && chosen.length !== 1 ? (
          <ForgetCard
            forgetting={forgetting}
            title={`Forget these ${plural(forgetting.memories.length, 'memory', 'memories')}?`}
            onClose={onClose}
          />
        ) : chosen.length > 1 ? (
          <Several />
        ) : (
          chosen[0] !== undefined && <MemoryDetailView key={chosen[0]} id={chosen[0]} onClose={onClose} />
        )}
      </div>
    </aside>
  )
}

function Several() {
  const chosen = useApp((state) => state.memory.chosen)
  const list = useApp((state) => state.memory.list)
  const { planForget, choose } = useApp((state) => state.memoryActions)
  const group = list?.memories.filter(({ id }) => chosen.includes(id)) ?? []
  return (
    <div data-state="several">
      <h3>Merge into one</h3>
      <p className="text-xs text-ink-2">Choose the wording to keep. The evidence of the others moves to it.</p>
      <MergeGroup key={chosen.join(' ')} group={group} />
      <div className="mt-4 flex gap-2">
        <Button className="text-danger!" onClick={() => void planForget(chosen)}>
          Forget…
        </Button>
        <Button look="quiet" onClick={() => choose([])}>
          Choose none
        </Button>
      </div>
    </div>
  )
}
