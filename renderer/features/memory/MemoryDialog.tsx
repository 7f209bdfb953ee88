// renderer/features/memory/MemoryDialog.tsx: the frame of the page's dialogs. Esc and a click outside leave it.
import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { Icon } from '../../ui/Icon.tsx'

interface MemoryDialogProps {
  readonly open: boolean
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function MemoryDialog({ open, title, onClose, children }: MemoryDialogProps) {
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="rise fixed inset-0 bg-scrim" style={{ zIndex: 'var(--z-dialog)' }} />
        <Dialog.Popup
          ref={popup}
          // Where something is to be written, that is what it was opened for.
          initialFocus={() => popup.current?.querySelector('textarea') ?? true}
          className="rise fixed top-[10vh] left-1/2 -ml-[min(17.5rem,50vw-1rem)] flex max-h-[80vh] w-140 max-w-[calc(100vw-2rem)] flex-col rounded-5 bg-raised shadow-[0_0_0_1px_var(--line),var(--shadow-3)] outline-none"
          style={{ zIndex: 'var(--z-palette)' }}
        >
          <div className="flex items-center justify-between px-6 pt-5 pb-2">
            <Dialog.Title className="text-lg">{title}</Dialog.Title>
            <Dialog.Close
              aria-label="Close"
              className="quick -mr-1.5 grid size-7 place-items-center rounded-2 text-ink-2 hover:bg-hover"
            >
              <Icon of={X} />
            </Dialog.Close>
          </div>
          <div className="scrolls min-h-0 px-6 pb-6">{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
