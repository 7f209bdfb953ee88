// renderer/features/search/Palette.tsx: search or jump to. Chats by title, messages by their words, memories, settings, and
// what can be done. A combobox over a listbox: the focus stays in the field, the arrows move the choice.
import { Dialog } from '@base-ui/react/dialog'
import clsx from 'clsx'
import { Search, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Segments } from '../../ui/Segments.tsx'
import { type Choice, groups, type PaletteCommand, scopeOf, useChoices } from './choices.tsx'
import { everywhere, type SearchFilter } from './search-slice.ts'

/** `commands`: everything that has a key, from the app. */
export function Palette({ commands }: { readonly commands: readonly PaletteCommand[] }) {
  const open = useApp((state) => state.overlay === 'palette')
  const show = useApp((state) => state.show)
  const setSearchFilter = useApp((state) => state.setSearchFilter)
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => !next && show(null)}
      onOpenChangeComplete={(next) => !next && setSearchFilter(everywhere)}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="rise fixed inset-0 bg-scrim" style={{ zIndex: 'var(--z-dialog)' }} />
        <Dialog.Popup
          aria-label="Search or jump to"
          className="rise fixed top-[min(6.5rem,12vh)] left-1/2 -ml-[min(21.25rem,50vw-1rem)] flex max-h-[76vh] w-170 max-w-[calc(100vw-2rem)] flex-col overflow-hidden rounded-5 bg-raised shadow-[0_0_0_1px_var(--line),var(--shadow-3)] outline-none"
          style={{ zIndex: 'var(--z-palette)' }}
        >
          <PaletteBody commands={commands} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function PaletteBody({ commands }: { readonly commands: readonly PaletteCommand[] }) {
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const searchFor = useApp((state) => state.searchFor)
  const filter = useApp((state) => state.searchFilter)
  const trimmed = query.trim()
  const { scope, words } = scopeOf(query)
  const problem = useApp((state) => (state.search.query === words ? state.search.problem : null))
  const choices = useChoices(trimmed, commands)
  const current = choices[Math.min(at, choices.length - 1)]

  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter is another question
  useEffect(() => {
    const wanted = scope === 'commands' ? '' : words
    const timer = setTimeout(() => void searchFor(wanted), wanted === '' ? 0 : 80)
    return () => clearTimeout(timer)
  }, [words, scope, searchFor, filter])
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
  const found = choices.some(({ group }) => group !== 'Do' && group !== 'Settings')
  const nothing = trimmed !== '' && !found && scope === 'all'
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
          placeholder={filter.conversation === null ? 'Search or jump to' : 'Find in this chat'}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1 bg-transparent text-lg caret-ember outline-none"
        />
      </div>
      {words !== '' && scope === 'all' && <Filters filter={filter} />}
      <div id="palette-list" role="listbox" aria-label="Results" className="scrolls min-h-0 flex-1 pb-2">
        {groups.map((group) => {
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
          {problem ?? (nothing ? nothingWords(trimmed, filter) : '')}
        </span>
        {!nothing && !problem && (
          <>
            <span>↩ open{current?.group === 'Messages' ? ' at the message' : ''}</span>
            <span>↑↓ choose</span>
            <span>&gt; commands</span>
            <span>@ memory</span>
            <span>Esc close</span>
          </>
        )}
      </div>
    </>
  )
}

const nothingWords = (query: string, { conversation, role, since }: SearchFilter) => {
  if (conversation !== null) return `Nothing for “${query}” in this chat.`
  const narrowed = role !== 'anyone' || since !== 'ever'
  return narrowed
    ? `Nothing for “${query}” with these filters.`
    : `Nothing for “${query}” here. Return starts a chat with it.`
}

/** Who said it, when, and where. */
function Filters({ filter }: { readonly filter: SearchFilter }) {
  const setSearchFilter = useApp((state) => state.setSearchFilter)
  return (
    <div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-4.5 py-2">
      <Segments<SearchFilter['role']>
        label="Said by"
        value={filter.role}
        options={[
          { value: 'anyone', name: 'Anyone' },
          { value: 'user', name: 'You' },
          { value: 'assistant', name: 'Hearth' },
        ]}
        onChange={(role) => setSearchFilter({ role })}
      />
      <Segments<SearchFilter['since']>
        label="When"
        value={filter.since}
        options={[
          { value: 'ever', name: 'Any time' },
          { value: 'week', name: 'Last week' },
          { value: 'month', name: 'Last month' },
        ]}
        onChange={(since) => setSearchFilter({ since })}
      />
      {filter.conversation !== null && (
        <button
          type="button"
          onClick={() => setSearchFilter({ conversation: null })}
          className="quick flex h-7 items-center gap-1.5 rounded-2 bg-selected px-2.5 text-xs hover:bg-hover"
        >
          In this chat
          <Icon of={X} size="tiny" />
          <span className="sr-only">, look everywhere</span>
        </button>
      )}
    </div>
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
