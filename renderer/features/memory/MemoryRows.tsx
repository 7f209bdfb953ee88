// renderer/features/memory/MemoryRows.tsx: memories as a list. One stop for Tab; arrows move, Return opens, Space takes
// several, Delete asks what forgetting would touch.
import clsx from 'clsx'
import { Pin } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, useRef, useState } from 'react'
import type { Memory, MemoryId } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'
import { day, groupNames, kinds, whereFrom } from './words.ts'

interface MemoryRowsProps {
  readonly memories: readonly Memory[]
  /** By kind, as the page; or in the order given, as a search or history. */
  readonly grouped: boolean
  readonly onOpen: () => void
}

export function MemoryRows({ memories, grouped, onOpen }: MemoryRowsProps) {
  const chosen = useApp((state) => state.memory.chosen)
  const { choose, planForget } = useApp((state) => state.memoryActions)
  const list = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState<MemoryId | null>(null)
  const groups = grouped
    ? kinds.map((kind) => ({ name: groupNames[kind], members: memories.filter((memory) => memory.kind === kind) }))
    : [{ name: '', members: memories }]
  const shown = groups.flatMap(({ members }) => members)
  const has = (id: MemoryId | null | undefined) => shown.find((memory) => memory.id === id)?.id
  const reachable = has(focused) ?? has(chosen[0]) ?? shown[0]?.id

  const toggle = (id: MemoryId) =>
    choose(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id])
  const click = (event: MouseEvent, id: MemoryId) => {
    if (event.metaKey || event.ctrlKey) toggle(id)
    else if (event.shiftKey && chosen[0] !== undefined) {
      const [from, to] = [chosen[0], id]
        .map((one) => shown.findIndex((memory) => memory.id === one))
        .sort((a, b) => a - b)
      choose(shown.slice(from, (to ?? 0) + 1).map((memory) => memory.id))
    } else choose([id])
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // The row that has the key, and no other: Delete must never mean another one.
    const id = event.target instanceof HTMLElement ? event.target.dataset.memory : undefined
    const at = shown.findIndex((memory) => memory.id === id)
    const here = shown[at]?.id
    const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key]
    if (here === undefined || event.altKey) return
    if (move !== undefined && !event.metaKey && !event.ctrlKey) {
      const next = shown[Math.max(0, Math.min(shown.length - 1, move))]
      if (next) list.current?.querySelector<HTMLElement>(`[data-memory="${next.id}"]`)?.focus()
    } else if (event.key === 'Enter') {
      choose([here])
      onOpen()
    } else if (event.key === ' ') toggle(here)
    else if (event.key === 'a' && (event.metaKey || event.ctrlKey)) choose(shown.map((memory) => memory.id))
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      const ids = chosen.includes(here) ? chosen : [here]
      choose(ids)
      void planForget(ids) // its question takes the focus
    } else return
    event.preventDefault()
  }

  return (
    <div
      ref={list}
      role="listbox"
      aria-label="Memories"
      aria-multiselectable="true"
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const id = shown.find((memory) => memory.id === event.target.dataset.memory)?.id
        if (id) setFocused(id)
      }}
      className="@container pt-1 outline-none"
    >
      {groups.map(({ name, members }) =>
        members.length === 0 ? null : name === '' ? (
          members.map((memory) => row(memory))
        ) : (
          // biome-ignore lint/a11y/useSemanticElements: a group inside a listbox, not a fieldset
          <div key={name} role="group" aria-label={name} className="mt-4.5">
            <div aria-hidden="true" className="mb-1 text-xs font-strong text-ink-2">
              {name}
            </div>
            {members.map((memory) => row(memory))}
          </div>
        ),
      )}
    </div>
  )

  function row(memory: Memory) {
    return (
      <MemoryRow
        key={memory.id}
        memory={memory}
        selected={chosen.includes(memory.id)}
        reachable={memory.id === reachable}
        onClick={(event) => click(event, memory.id)}
      />
    )
  }
}

interface MemoryRowProps {
  readonly memory: Memory
  readonly selected: boolean
  readonly reachable: boolean
  readonly onClick: (event: MouseEvent) => void
}

function MemoryRow({ memory, selected, reachable, onClick }: MemoryRowProps) {
  const scope = useScopeName(memory.scope)
  const label = exception(memory)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
    <div
      role="option"
      aria-selected={selected}
      tabIndex={reachable ? 0 : -1}
      data-memory={memory.id}
      data-state={memory.status}
      onClick={onClick}
      className={clsx(
        'relative -mx-3 grid min-h-10 cursor-default grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 rounded-3 px-3 py-1.5 text-xs -outline-offset-2 @min-[40rem]:grid-cols-[minmax(0,1fr)_9.5rem_6.5rem_4.5rem]',
        'before:absolute before:inset-x-3 before:top-0 before:border-t before:border-line first:before:hidden [[aria-hidden]+&]:before:hidden',
        selected
          ? 'bg-selected text-ink-2 before:hidden [&+*]:before:hidden'
          : 'text-ink-3 hover:bg-hover hover:before:hidden hover:[&+*]:before:hidden',
      )}
    >
      <span className="min-w-0 text-[0.875rem]/5 text-ink [overflow-wrap:anywhere]">
        {memory.pinned && (
          <>
            <Icon of={Pin} size="tiny" className="mr-1.5 inline text-ink-3" />
            <span className="sr-only">Pinned. </span>
          </>
        )}
        {memory.text}
        {label && <span className="ml-2 text-xs text-caution">{label}</span>}
      </span>
      <span className="text-right tabular-nums @min-[40rem]:order-last">
        <span className="sr-only">, last used </span>
        {memory.lastUsedAt === null ? <span className="sr-only">never</span> : day(memory.lastUsedAt)}
      </span>
      <span className="col-span-2 truncate @min-[40rem]:col-span-1">
        <span className="sr-only">, </span>
        {whereFrom(memory)}
        {memory.scope.type === 'conversation' && <span className="@min-[40rem]:hidden">, only in “{scope}”</span>}
      </span>
      <span className="hidden truncate @min-[40rem]:block">{scope}</span>
    </div>
  )
}

/** Only what is not as usual has a label. */
function exception({ status, confidence }: Memory): string | null {
  switch (status) {
    case 'disputed':
      return 'Disagrees'
    case 'leaving':
      return 'Being forgotten'
    case 'expired':
      return 'Expired'
    case 'replaced':
    case 'held':
      return null
    case 'active':
      return confidence.words === 'a guess' ? 'A guess' : null
  }
}

export function useScopeName(scope: Memory['scope']): string {
  const title = useApp((state) =>
    scope.type === 'conversation' ? state.conversations.find(({ id }) => id === scope.conversation)?.title : undefined,
  )
  return scope.type === 'everywhere' ? 'Everywhere' : (title ?? 'One chat')
}
