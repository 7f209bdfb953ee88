// renderer/features/memory/MemoryDrawer.tsx: the drawer: one memory and why Hearth thinks so, several and what can be done
// with them, or a forget under way. A column in a wide window, over the page in a narrower one.
import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { MergeGroup } from './DuplicatesDialog.tsx'
import { ForgetCard } from './ForgetCard.tsx'
import { MemoryDetailView } from './MemoryDetailView.tsx'
import { Problem } from './Problem.tsx'

interface MemoryDrawerProps {
  /** Grows when the drawer was opened with a key: then it takes the focus. */
  readonly focusTurn: number
  readonly onClose: () => void
}

export function MemoryDrawer({ focusTurn, onClose }: MemoryDrawerProps) {
  const chosen = useApp((state) => state.memory.chosen)
  const forgetting = useApp((state) => state.memory.forgetting)
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (focusTurn > 0) title.current?.focus({ preventScroll: true })
  }, [focusTurn])
  const ended = forgetting?.stage === 'done'
  const name = ended ? 'Forgotten' : chosen.length > 1 ? `${chosen.length} memories` : 'Evidence'
  return (
    <aside
      aria-label={name}
      data-pane="drawer"
      className="absolute inset-y-0 right-0 flex w-94 max-w-full flex-none flex-col border-l border-line bg-canvas shadow-3 wide:static wide:-mt-13 wide:shadow-none"
      style={{ zIndex: 'var(--z-drawer)' }}
    >
      <div className="flex h-13 flex-none items-center gap-2 pr-3 pl-5">
        <h2 ref={title} tabIndex={-1} className="min-w-0 flex-1 truncate text-sm tracking-normal outline-none">
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
