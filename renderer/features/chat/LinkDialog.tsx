// renderer/features/chat/LinkDialog.tsx: before an address from a reply is opened: the whole of it, and what that means.
import { AlertDialog } from '@base-ui/react/alert-dialog'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { computer } from '../../ui/platform.ts'
import { copyText } from './copy.ts'

export function LinkDialog() {
  const asking = useApp((state) => state.asking)
  const askToOpen = useApp((state) => state.askToOpen)
  const announce = useApp((state) => state.announce)
  const close = () => askToOpen(null)
  const open = () => {
    if (asking !== null) window.open(asking, '_blank', 'noopener,noreferrer')
    close()
  }
  return (
    <AlertDialog.Root open={asking !== null} onOpenChange={(next) => !next && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="rise fixed inset-0 bg-scrim" style={{ zIndex: 'var(--z-dialog)' }} />
        <AlertDialog.Popup
          className="rise fixed top-[20vh] left-1/2 -ml-[min(14rem,50vw-1rem)] w-112 max-w-[calc(100vw-2rem)] rounded-5 bg-raised p-6 shadow-[0_0_0_1px_var(--line),var(--shadow-3)] outline-none"
          style={{ zIndex: 'var(--z-palette)' }}
        >
          <AlertDialog.Title className="text-lg">Open this address?</AlertDialog.Title>
          <AlertDialog.Description className="mt-1 text-ink-2">
            It comes from a reply. Opening it leaves this {computer}: the other side sees the address and when you open
            it.
          </AlertDialog.Description>
          <p className="scrolls mt-3 max-h-32 rounded-2 bg-sunken px-3 py-2 font-mono text-xs [overflow-wrap:anywhere]">
            {asking}
          </p>
          <div className="mt-5 flex flex-wrap justify-end gap-2">
            <Button look="quiet" onClick={() => void copyText(asking ?? '', announce).then(close)}>
              Copy
            </Button>
            <Button onClick={close}>Cancel</Button>
            <Button onClick={open}>Open</Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
