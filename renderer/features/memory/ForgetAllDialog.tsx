// renderer/features/memory/ForgetAllDialog.tsx: forget everything. In a dialog of its own, since nothing of it comes back.
import { AlertDialog } from '@base-ui/react/alert-dialog'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { count } from '../../ui/format.ts'
import { ForgetCard } from './ForgetCard.tsx'
import { Problem } from './Problem.tsx'

export function ForgetAllDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const forgetting = useApp((state) => state.memory.forgetting)
  const closeForget = useApp((state) => state.memoryActions.closeForget)
  const close = () => {
    closeForget()
    onClose()
  }
  const n = forgetting?.memories.length ?? 0
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="rise fixed inset-0 bg-scrim" style={{ zIndex: 'var(--z-dialog)' }} />
        <AlertDialog.Popup
          className="rise scrolls fixed top-[10vh] left-1/2 -ml-[min(14rem,50vw-1rem)] max-h-[80vh] w-112 max-w-[calc(100vw-2rem)] rounded-5 bg-raised p-6 shadow-[0_0_0_1px_var(--line),var(--shadow-3)] outline-none"
          style={{ zIndex: 'var(--z-palette)' }}
        >
          <AlertDialog.Title className="text-lg">Forget everything</AlertDialog.Title>
          <AlertDialog.Description className="mt-1 mb-4 text-ink-2">
            All that Hearth believes about you, what it held back and what was replaced. Your chats stay, and are not
            learned from again.
          </AlertDialog.Description>
          <Problem className="mb-3" />
          {forgetting && n > 0 ? (
            <ForgetCard
              forgetting={forgetting}
              title={n === 1 ? 'Forget the only memory?' : `Forget all ${count(n)} memories?`}
              onClose={onClose}
            />
          ) : (
            <>
              <p role="status" className="text-ink-2">
                {forgetting ? 'There is nothing to forget.' : ''}
              </p>
              <Button className="mt-3" onClick={close}>
                Close
              </Button>
            </>
          )}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
