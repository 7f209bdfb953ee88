// renderer/features/chat/Receipt.tsx: the seconds of a reply, and what they were spent on: in a drawer beside the thread
// where there is room, else under the reply.
import { ReceiptText, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import type { Message, TurnStats } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { IconButton } from '../../ui/Button.tsx'
import { seconds } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { ReceiptSlip } from './ReceiptSlip.tsx'

/** The same width as `wide` in app.css: the drawer is a column from there on. */
const wide = '(min-width: 75rem)'

function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(wide)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => window.matchMedia(wide).matches,
  )
}

/** `5.4 s`, on the under-row. */
export function Receipt({ message, stats }: { readonly message: Message; readonly stats: TurnStats }) {
  const shown = useApp((state) => state.receipt === message.id)
  const showReceipt = useApp((state) => state.showReceipt)
  return (
    <button
      type="button"
      data-receipt=""
      aria-expanded={shown}
      onClick={() => showReceipt(shown ? null : message.id)}
      className="quick inline-flex h-6.5 items-center gap-1.5 rounded-2 px-2 text-xs whitespace-nowrap text-ink-2 tabular-nums hover:bg-hover hover:text-ink aria-expanded:bg-selected aria-expanded:text-ink"
    >
      <Icon of={ReceiptText} size="small" />
      <span className="sr-only">Receipt, </span>
      {seconds(stats.totalMs)}
    </button>
  )
}

/** Under the reply, where there is no room for a drawer. */
export function InlineReceipt({ message }: { readonly message: Message }) {
  const shown = useApp((state) => state.receipt === message.id)
  const isWide = useWide()
  if (!shown || isWide || message.stats === null) return null
  return (
    <section aria-label="Receipt" className="mt-2 ml-auto max-w-96">
      <ReceiptSlip message={message} stats={message.stats} />
    </section>
  )
}

/** Beside the thread. */
export function ReceiptDrawer() {
  const message = useApp((state) => (state.receipt === null ? undefined : state.messages[state.receipt]))
  const shown = useApp((state) => state.page === 'chat' && state.order.includes(state.receipt ?? ('' as never)))
  const showReceipt = useApp((state) => state.showReceipt)
  const isWide = useWide()
  if (!shown || !isWide || !message || message.stats === null) return null
  const close = () => {
    showReceipt(null)
    document.querySelector<HTMLElement>(`[data-message="${message.id}"] [data-receipt]`)?.focus()
  }
  return (
    <aside
      aria-label="Receipt"
      data-pane="drawer"
      className="flex w-94 flex-none flex-col border-l border-line bg-canvas"
    >
      <div className="flex h-13 flex-none items-center justify-between pr-3 pl-5">
        <h2 tabIndex={-1} data-drawer-title="" className="text-sm tracking-normal outline-none">
          Receipt
        </h2>
        <IconButton label="Close the receipt" keys="Esc" onClick={close}>
          <Icon of={X} />
        </IconButton>
      </div>
      <div className="scrolls min-h-0 flex-1 px-5 pt-1 pb-5">
        <ReceiptSlip message={message} stats={message.stats} />
      </div>
    </aside>
  )
}
