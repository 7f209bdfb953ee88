// renderer/features/search/Palette.tsx: search or jump to. Chats by title, messages by their words, and what can be done.
// A combobox over a listbox: the focus stays in the field, the arrows move the choice.
import { Dialog } from '@base-ui/react/dialog'
import clsx from 'clsx'
import { Keyboard, type LucideIcon, MessageSquare, PencilLine, Search, SlidersHorizontal } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { places } from '../../store/places.ts'
import { useApp, useAppStore } from '../../store/use-app.ts'
import { when } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { MarkedText, marksOf } from '../../ui/MarkedText.tsx'
import { spell } from '../../ui/platform.ts'

interface Choice {
  readonly key: string
  readonly group: 'Chats' | 'Messages' | 'Do'
  readonly icon: LucideIcon
  readonly title: ReactNode
  readonly aside: string
  /** What was said, in the face of who said it. */
  readonly excerpt?: ReactNode
  readonly serif?: boolean
  readonly run: () => void
}

export function Palette() {
  const open = useApp((state) => state.overlay === 'palette')
  const show = useApp((state) => state.show)
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && show(null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="rise fixed inset-0 bg-scrim" style={{ zIndex: 'var(--z-dialog)' }} />
        <Dialog.Popup
          aria-label="Search or jump to"
          className="rise fixed top-[min(6.5rem,12vh)] left-1/2 -ml-[min(21.25rem,50vw-1rem)] flex max-h-[76vh] w-170 max-w-[calc(100vw-2rem)] flex-col overflow-hidden rounded-5 bg-raised shadow-[0_0_0_1px_var(--line),var(--shadow-3)] outline-none"
          style={{ zIndex: 'var(--z-palette)' }}
        >
          <PaletteBody />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function PaletteBody() {
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const searchFor = useApp((state) => state.searchFor)
  const trimmed = query.trim()
  const problem = useApp((state) => (state.search.query === trimmed ? state.search.problem : null))
  const choices = useChoices(trimmed)
  const current = choices[Math.min(at, choices.length - 1)]

  useEffect(() => {
    const timer = setTimeout(() => void searchFor(trimmed), trimmed === '' ? 0 : 80)
    return () => clearTimeout(timer)
  }, [trimmed, searchFor])
  useEffect(() => {
    if (current) document.getElementById(current.key)?.scrollIntoView({ block: 'nearest' })
  }, [current])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setAt((Math.min(at, choices.length - 1) + step + choices.length) % Math.max(1, choices.length))
    else if (event.key === 'Enter') current?.run()
    else return
    event.preventDefault()
  }
  const found = choices.some(({ group }) => group !== 'Do')
  return (
    <>
      <div className="flex h-14 flex-none items-center gap-3 border-b border-line px-4.5">
        <Icon of={Search} className="text-ink-3" />
        <input
          role="combobox"
          aria-label="Search chats and messages"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={current?.key}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder="Search or jump to"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1 bg-transparent text-lg caret-ember outline-none"
        />
      </div>
      <div ref={list} id="palette-list" role="listbox" aria-label="Results" className="scrolls min-h-0 flex-1 pb-2">
        {(['Chats', 'Messages', 'Do'] as const).map((group) => {
          const members = choices.filter((choice) => choice.group === group)
          if (members.length === 0) return null
          return (
            // biome-ignore lint/a11y/useSemanticElements: a group inside a listbox, not a fieldset
            <div key={group} role="group" aria-label={group}>
              <div aria-hidden="true" className="px-4.5 pt-3 pb-1 text-2xs font-medium text-ink-3">
                {group}
              </div>
              {members.map((choice) => (
                <Option key={choice.key} choice={choice} selected={choice === current} />
              ))}
            </div>
          )
        })}
      </div>
      <div className="flex flex-none flex-wrap gap-x-5 border-t border-line px-4.5 py-2.5 text-xs text-ink-3">
        <span role="status" className="empty:-mr-5">
          {problem ?? (trimmed !== '' && !found ? `Nothing for “${trimmed}” here. Return starts a chat with it.` : '')}
        </span>
        {(trimmed === '' || found) && !problem && (
          <>
            <span>↩ open{current?.group === 'Messages' ? ' at the message' : ''}</span>
            <span>↑↓ choose</span>
            <span>Esc close</span>
          </>
        )}
      </div>
    </>
  )
}

function Option({ choice, selected }: { readonly choice: Choice; readonly selected: boolean }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names this with aria-activedescendant
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
    <div
      id={choice.key}
      role="option"
      aria-selected={selected}
      onClick={choice.run}
      className={clsx(
        'mx-2 grid cursor-default grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 rounded-3 px-2.5 py-1.75',
        selected ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <Icon of={choice.icon} className={selected ? 'text-ink' : 'text-ink-3'} />
      <span className={clsx('truncate', choice.excerpt && 'font-medium')}>{choice.title}</span>
      <span className={clsx('text-xs', selected ? 'text-ink-2' : 'text-ink-3')}>{choice.aside}</span>
      {choice.excerpt && (
        <span
          className={clsx(
            'col-start-2 col-end-4 truncate text-ink-2',
            choice.serif && 'font-serif text-[0.9375rem] leading-5.5',
          )}
        >
          {choice.excerpt}
        </span>
      )}
    </div>
  )
}

/** What fits the query: titles at once, message hits when they arrive, commands last. */
function useChoices(query: string): readonly Choice[] {
  const store = useAppStore()
  const conversations = useApp((state) => state.conversations)
  const search = useApp((state) => state.search)
  const now = Date.now()
  const { openConversation, jumpTo, newChat, go, show } = store.getState()
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (title: string) => wanted.every((word) => title.toLowerCase().includes(word))

  const chats = conversations
    .filter(({ title }) => fits(title))
    .slice(0, query === '' ? 7 : 4)
    .map(
      (one): Choice => ({
        key: `chat-${one.id}`,
        group: 'Chats',
        icon: MessageSquare,
        title: <MarkedText text={one.title} marks={marksOf(one.title, wanted)} />,
        aside: when(one.updatedAt, now),
        run: () => void openConversation(one.id),
      }),
    )
  const messages = (search.query === query ? search.hits : []).map(
    (hit): Choice => ({
      key: `hit-${hit.message}`,
      group: 'Messages',
      icon: MessageSquare,
      title: hit.title,
      aside: when(hit.createdAt, now),
      serif: hit.role === 'user',
      excerpt: <MarkedText text={hit.excerpt} marks={hit.marks} />,
      run: () =>
        void jumpTo(
          hit.conversation,
          hit.message,
          hit.marks.map(([start, end]) => hit.excerpt.slice(start, end)),
        ),
    }),
  )
  const deeds: readonly Choice[] = [
    {
      key: 'do-new',
      group: 'Do',
      icon: PencilLine,
      title: query === '' ? 'New chat' : `New chat: “${query}”`,
      aside: spell({ key: 'n', browserOwns: true }),
      run: () => newChat(query),
    },
    ...places.map(
      ({ page, name, icon, key }): Choice => ({
        key: `do-${page}`,
        group: 'Do',
        icon,
        title: name,
        aside: spell({ key, browserOwns: true }),
        run: () => go(page),
      }),
    ),
    {
      key: 'do-settings',
      group: 'Do',
      icon: SlidersHorizontal,
      title: 'Settings',
      aside: spell({ key: ',' }),
      run: () => go('settings'),
    },
    {
      key: 'do-keys',
      group: 'Do',
      icon: Keyboard,
      title: 'All keys',
      aside: spell({ key: '/' }),
      run: () => show('keys'),
    },
  ]
  const done = deeds.filter(({ key, title }) => key === 'do-new' || fits(String(title)))
  return [...chats, ...messages, ...done]
}
