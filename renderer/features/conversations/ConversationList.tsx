// renderer/features/conversations/ConversationList.tsx: the chats by day. One stop for Tab; arrows move between chats.
import { Fragment, type KeyboardEvent, useRef, useState } from 'react'
import type { ConversationId } from '../../../engine/contract/ids.ts'
import { useApp } from '../../store/use-app.ts'
import { ConversationRow } from './ConversationRow.tsx'
import { groupByDay } from './group-by-day.ts'

export function ConversationList() {
  const conversations = useApp((state) => state.conversations)
  const open = useApp((state) => state.open)
  const page = useApp((state) => state.page)
  const [renaming, setRenaming] = useState<ConversationId | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const current = page === 'chat' ? open : null
  // The row that Tab reaches: where the focus was last, else the open chat, else the first.
  const [focused, setFocused] = useState<string | null>(null)
  const has = (wanted: string | null) => conversations.find(({ id }) => id === wanted)?.id
  const reachable = has(focused) ?? has(current) ?? conversations[0]?.id
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows inside take the focus, this moves it between them
    <div
      ref={list}
      onFocus={(event) => {
        const id = event.target.dataset.conversation
        if (id) setFocused(id)
      }}
      onKeyDown={(event) => moveBetweenRows(event, list.current)}
      className="scrolls min-h-0 flex-1 px-2 pb-3"
    >
      {conversations.length === 0 && <p className="px-2 pt-4 text-xs text-ink-3">Your chats will be listed here.</p>}
      {groupByDay(conversations, Date.now()).map((group) => (
        <Fragment key={group.name}>
          <h2 id={headingId(group.name)} className="px-2 pt-4 pb-1.5 text-2xs font-medium tracking-normal text-ink-3">
            {group.name}
          </h2>
          <ul aria-labelledby={headingId(group.name)}>
            {group.conversations.map((summary) => (
              <ConversationRow
                key={summary.id}
                summary={summary}
                current={summary.id === current}
                reachable={summary.id === reachable}
                renaming={summary.id === renaming}
                onRename={(on) => setRenaming(on ? summary.id : null)}
              />
            ))}
          </ul>
        </Fragment>
      ))}
    </div>
  )
}

/** Without a space: `aria-labelledby` would read two ids in it. */
const headingId = (group: string) => `day-${group.replaceAll(' ', '-')}`

function moveBetweenRows(event: KeyboardEvent, list: HTMLElement | null) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!list || !step || !(event.target instanceof HTMLElement) || !event.target.matches('[data-row]')) return
  const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')]
  const next = rows[rows.indexOf(event.target) + step]
  if (!next) return
  event.preventDefault()
  next.focus()
}
