// renderer/features/search/choices.tsx: what fits the words in the palette: chats at once, messages and memories when they
// arrive, settings, and everything that can be done.
import {
  FileText,
  Link,
  type LucideIcon,
  MessageSquare,
  NotebookText,
  PencilLine,
  SlidersHorizontal,
  Zap,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { readLink } from '../../store/links.ts'
import { settingEntries, settingsPageNames } from '../../store/settings-index.ts'
import type { AppState } from '../../store/store.ts'
import { useApp, useAppStore } from '../../store/use-app.ts'
import { when } from '../../ui/format.ts'
import { MarkedText, marksOf } from '../../ui/MarkedText.tsx'
import { type Chord, spell } from '../../ui/platform.ts'

export const groups = ['Chats', 'Messages', 'Memory', 'Settings', 'Do'] as const

export interface Choice {
  readonly key: string
  readonly group: (typeof groups)[number]
  readonly icon: LucideIcon
  readonly title: ReactNode
  readonly aside: string
  /** What was said, in the face of who said it. */
  readonly excerpt?: ReactNode
  readonly serif?: boolean
  readonly run: () => void
}

/** Something that has a key of its own; handed in by the app, which knows all of them. */
export interface PaletteCommand {
  readonly chord: Chord
  readonly does: string
  readonly run: (state: AppState) => boolean
}

/** What a query is about: `>` commands, `@` memory, else everything. */
export type Scope = 'all' | 'commands' | 'memory'

export function scopeOf(query: string): { readonly scope: Scope; readonly words: string } {
  const words = query.trim()
  if (words.startsWith('>')) return { scope: 'commands', words: words.slice(1).trim() }
  if (words.startsWith('@')) return { scope: 'memory', words: words.slice(1).trim() }
  return { scope: 'all', words }
}

const wordsOf = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean)
const fits = (text: string, wanted: readonly string[]) => wanted.every((word) => text.toLowerCase().includes(word))

export function useChoices(query: string, commands: readonly PaletteCommand[]): readonly Choice[] {
  const { scope, words } = scopeOf(query)
  const wanted = wordsOf(words)
  const inOneChat = useApp((state) => state.searchFilter.conversation !== null)
  const chats = useChats(words, wanted)
  const messages = useMessages(words)
  const memories = useMemories(words)
  const link = useLink(words)
  const deeds = useDeeds(words, wanted, commands)
  const settings = useSettingChoices(wanted)
  if (inOneChat) return messages
  if (scope === 'commands') return deeds.filter(({ key }) => key !== 'do-new')
  if (scope === 'memory') return memories
  return [...link, ...chats, ...messages, ...memories, ...(words === '' ? [] : settings), ...deeds]
}

function useChats(query: string, wanted: readonly string[]): readonly Choice[] {
  const conversations = useApp((state) => state.conversations)
  const { openConversation } = useAppStore().getState()
  return conversations
    .filter(({ title }) => fits(title, wanted))
    .slice(0, query === '' ? 7 : 4)
    .map((one) => ({
      key: `chat-${one.id}`,
      group: 'Chats',
      icon: MessageSquare,
      title: <MarkedText text={one.title} marks={marksOf(one.title, wanted)} />,
      aside: when(one.updatedAt, Date.now()),
      run: () => void openConversation(one.id),
    }))
}

function useMessages(query: string): readonly Choice[] {
  const search = useApp((state) => state.search)
  const { jumpTo } = useAppStore().getState()
  if (search.query !== query) return []
  return search.hits.map((hit) => ({
    key: `hit-${hit.message}${hit.file === null ? '' : '-file'}`,
    group: 'Messages',
    icon: hit.file === null ? MessageSquare : FileText,
    title: hit.file === null ? hit.title : `${hit.file}, in ${hit.title}`,
    aside: when(hit.createdAt, Date.now()),
    serif: hit.role === 'user' && hit.file === null,
    excerpt: <MarkedText text={hit.excerpt} marks={hit.marks} />,
    run: () =>
      void jumpTo(
        hit.conversation,
        hit.message,
        hit.file === null ? hit.marks.map(([start, end]) => hit.excerpt.slice(start, end)) : [],
      ),
  }))
}

function useMemories(query: string): readonly Choice[] {
  const search = useApp((state) => state.search)
  const store = useAppStore()
  if (search.query !== query) return []
  return search.memories.map((memory) => ({
    key: `memory-${memory.id}`,
    group: 'Memory',
    icon: NotebookText,
    title: memory.text,
    aside: 'Memory',
    run: () => {
      store.getState().go('memory')
      store.getState().memoryActions.open(memory.id)
    },
  }))
}

/** An address of a message, pasted into the field. */
function useLink(query: string): readonly Choice[] {
  const { jumpTo } = useAppStore().getState()
  const link = readLink(query)
  if (link === null) return []
  return [
    {
      key: 'link',
      group: 'Messages',
      icon: Link,
      title: 'Go to this message',
      aside: '',
      run: () => void jumpTo(link.conversation, link.message, []),
    },
  ]
}

function useSettingChoices(wanted: readonly string[]): readonly Choice[] {
  const { goSettings } = useAppStore().getState()
  return settingEntries
    .filter(({ name, words, page }) => fits(`${name} ${words} ${settingsPageNames[page]} settings`, wanted))
    .slice(0, 5)
    .map(({ page, name }) => ({
      key: `setting-${page}-${name}`,
      group: 'Settings',
      icon: SlidersHorizontal,
      title: name,
      aside: settingsPageNames[page],
      run: () => goSettings(page),
    }))
}

/** Keys that mean nothing from here: they move inside what lies under the palette. */
const notFromHere = new Set(['Search or jump to', 'Previous message', 'Next message', 'New chat', 'Find in this chat'])

function useDeeds(query: string, wanted: readonly string[], commands: readonly PaletteCommand[]): readonly Choice[] {
  const store = useAppStore()
  const open = useApp((state) => state.conversations.find(({ id }) => id === state.open))
  const tint = useApp((state) => state.tint)
  const { newChat, updateSettings, exportChats, pin, keep, remove, setTint, show } = store.getState()
  const deed = (key: string, title: string, run: () => void): Choice => ({
    key: `do-${key}`,
    group: 'Do',
    icon: Zap,
    title,
    aside: '',
    run: () => {
      show(null)
      run()
    },
  })
  const fresh: Choice = {
    key: 'do-new',
    group: 'Do',
    icon: PencilLine,
    title: query === '' ? 'New chat' : `New chat: “${query}”`,
    aside: spell({ key: 'n', browserOwns: true }),
    run: () => newChat(query),
  }
  const withKeys = commands
    .filter(({ does }) => !notFromHere.has(does))
    .map(({ chord, does, run }) => ({
      ...deed(does, does, () => void run(store.getState())),
      aside: spell(chord),
    }))
  const others = [
    deed('light', 'Theme: light', () => void updateSettings({ theme: 'light' })),
    deed('dark', 'Theme: dark', () => void updateSettings({ theme: 'dark' })),
    deed('system', 'Theme: as the system', () => void updateSettings({ theme: 'system' })),
    deed('tint', tint ? 'Tint the text: off' : 'Tint the text: on', () => setTint(!tint)),
    deed('export', 'Export all chats as JSON', () => void exportChats(null, 'json')),
    deed('export-md', 'Export all chats as Markdown', () => void exportChats(null, 'markdown')),
    ...(open === undefined
      ? []
      : [
          open.temporary
            ? deed('keep', 'Keep this chat', () => void keep(open.id))
            : deed('pin', open.pinned ? 'Unpin this chat' : 'Pin this chat', () => void pin(open.id, !open.pinned)),
          deed('export-this', 'Export this chat as Markdown', () => void exportChats(open.id, 'markdown')),
          deed('export-this-json', 'Export this chat as JSON', () => void exportChats(open.id, 'json')),
          deed('delete-this', 'Delete this chat', () => void remove(open.id)),
        ]),
  ]
  if (query === '') return [fresh, ...withKeys]
  return [...[...withKeys, ...others].filter(({ title }) => fits(String(title), wanted)), fresh]
}
