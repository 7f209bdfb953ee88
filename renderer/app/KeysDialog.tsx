// renderer/app/KeysDialog.tsx: every key that works here, as it works here.
import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useApp } from '../store/use-app.ts'
import { Icon } from '../ui/Icon.tsx'
import { spell } from '../ui/platform.ts'
import { keyActions } from './keys.ts'

const others: readonly (readonly [string, string])[] = [
  ['↩', 'Send'],
  ['⇧↩', 'New line'],
  ['Esc', 'Close what is open, else stop'],
  ['F6, ⇧F6', 'Next, previous pane'],
  ['↑ ↓', 'Between chats, between messages'],
  ['F2', 'Rename the focused chat'],
  ['Delete', 'Delete the focused chat'],
]

export function KeysDialog() {
  const open = useApp((state) => state.overlay === 'keys')
  const show = useApp((state) => state.show)
  const keys = [...keyActions.map(({ chord, does }) => [spell(chord), does] as const), ...others]
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && show(null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="rise fixed inset-0 bg-scrim" style={{ zIndex: 'var(--z-dialog)' }} />
        <Dialog.Popup
          className="rise fixed top-[10vh] left-1/2 -ml-[min(21.25rem,50vw-1rem)] flex max-h-[80vh] w-170 max-w-[calc(100vw-2rem)] flex-col rounded-5 bg-raised shadow-[0_0_0_1px_var(--line),var(--shadow-3)] outline-none"
          style={{ zIndex: 'var(--z-palette)' }}
        >
          <div className="flex items-center justify-between px-6 pt-5 pb-2">
            <Dialog.Title className="text-lg">Keys</Dialog.Title>
            <Dialog.Close
              aria-label="Close"
              className="quick grid size-7 place-items-center rounded-2 text-ink-2 hover:bg-hover"
            >
              <Icon of={X} />
            </Dialog.Close>
          </div>
          <dl
            tabIndex={0}
            aria-label="Keys"
            className="scrolls grid grid-cols-2 gap-x-10 px-6 pb-6 max-side:grid-cols-1"
          >
            {keys.map(([key, does]) => (
              <div key={does} className="flex items-center justify-between gap-4 border-t border-line py-1.75">
                <dt className="text-ink-2">{does}</dt>
                <dd className="text-xs whitespace-nowrap text-ink-3">{key}</dd>
              </div>
            ))}
          </dl>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
