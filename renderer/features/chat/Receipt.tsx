// renderer/features/chat/Receipt.tsx: the seconds of a reply and, on a click, what they were spent on. Only what was
// measured is shown; the rest is a dash.
import { Popover } from '@base-ui/react/popover'
import { ReceiptText } from 'lucide-react'
import type { Message, TurnStats } from '../../../engine/contract/conversation.ts'
import { clock, count, plural, seconds, words } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'

export function Receipt({ message, stats }: { readonly message: Message; readonly stats: TurnStats }) {
  return (
    <Popover.Root>
      <Popover.Trigger
        data-receipt=""
        className="quick inline-flex h-6.5 items-center gap-1.5 rounded-2 px-2 text-xs whitespace-nowrap text-ink-2 tabular-nums hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink"
      >
        <Icon of={ReceiptText} size="small" />
        <span className="sr-only">Receipt, </span>
        {seconds(stats.totalMs)}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner
          side="bottom"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          style={{ zIndex: 'var(--z-popover)' }}
        >
          <Popover.Popup className="popup rise w-76 p-4.5 pb-3.5 outline-none">
            <div className="flex items-start justify-between gap-4">
              <div>
                <Popover.Title className="text-xl tracking-tight tabular-nums">{seconds(stats.totalMs)}</Popover.Title>
                <p className="mt-0.5 text-xs text-ink-2">{plural(words(message.text), 'word')}</p>
              </div>
              <p className="pt-2 text-right text-2xs leading-4.5 text-ink-3 tabular-nums">
                {clock(message.createdAt)}
                <br />
                {message.model ?? '–'}
              </p>
            </div>
            <Split stats={stats} />
            <dl className="-mx-4.5 mt-3.5 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 border-t border-dashed border-line px-4.5 pt-3 text-xs leading-5">
              <Row name="Written" value={plural(stats.newTokens, 'token')} />
              <Row name="Speed" value={`${count(stats.tokensPerSecond)} tokens a second`} />
              <Row name="Read" value={plural(stats.promptTokens, 'token')} />
              <Row name="Reused from before" value={`${count(stats.reusedTokens)} of ${count(stats.promptTokens)}`} />
              <Row name="Energy" value="–" />
            </dl>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

/** How the seconds split into waiting for the first token and writing the rest. The words below say the same. */
function Split({ stats }: { readonly stats: TurnStats }) {
  const writingMs = Math.max(0, stats.totalMs - stats.firstTokenMs)
  return (
    <div className="mt-3.5">
      <div aria-hidden="true" className="flex h-2 gap-0.5 *:rounded-[1px] *:first:rounded-l-1 *:last:rounded-r-1">
        <i className="bg-ink-3" style={{ flexGrow: stats.firstTokenMs, minWidth: 3 }} />
        <i className="bg-ember" style={{ flexGrow: writingMs, minWidth: 3 }} />
      </div>
      <p className="mt-1.5 flex justify-between text-2xs text-ink-3 tabular-nums">
        <span>First token {seconds(stats.firstTokenMs)}</span>
        <span>Writing {seconds(writingMs)}</span>
      </p>
    </div>
  )
}

function Row({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="text-right tabular-nums">{value}</dd>
    </>
  )
}
