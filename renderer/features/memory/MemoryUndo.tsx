// renderer/features/memory/MemoryUndo.tsx: what was just changed or turned down on the page and can be taken back.
import { useEffect } from 'react'
import type { StoreApi } from 'zustand'
import type { AppState } from '../../store/store.ts'
import { useApp } from '../../store/use-app.ts'
import { spell } from '../../ui/platform.ts'
import { UndoToast } from '../../ui/UndoToast.tsx'
import { short } from './words.ts'

export function MemoryUndo({ store }: { readonly store: StoreApi<AppState> }) {
  const undo = useApp((state) => state.memory.undo)
  const rejected = useApp((state) => state.memory.rejected)
  const actions = useApp((state) => state.memoryActions)
  // Who leaves the page has made up their mind.
  useEffect(
    () => () => {
      const { memory, memoryActions } = store.getState()
      for (const { id } of memory.rejected) void memoryActions.rejectForGood(id)
      memoryActions.endUndo()
    },
    [store],
  )
  if (undo === null && rejected.length === 0) return null
  const keys = spell({ key: 'z' })
  return (
    <section
      aria-label="Undo in memory"
      className="fixed bottom-5 left-1/2 grid w-92 max-w-[calc(100vw-2.5rem)] -translate-x-1/2 gap-2"
      style={{ zIndex: 'var(--z-toast)' }}
    >
      {rejected.map((memory) => (
        <UndoToast
          key={memory.id}
          text={`Not remembered: ${short(memory.text, 32)}`}
          keys={keys}
          onUndo={() => actions.unreject(memory.id)}
          onExpire={() => void actions.rejectForGood(memory.id)}
        />
      ))}
      {undo && (
        <UndoToast
          key={undo.turn}
          text={undo.text}
          keys={keys}
          onUndo={() => void actions.undo()}
          onExpire={actions.endUndo}
        />
      )}
    </section>
  )
}
