// renderer/store/store.ts: the one store, made of the slices. The screen is a fold over the engine's events: `receive`
// takes one batch, folds it with the pure functions of the slices and sets the state once.
import { createStore, type StoreApi } from 'zustand'
import type { AppEvent } from '../../engine/contract/events.ts'
import { type ChatSlice, createChatSlice, lastingDrafts, lastingSending } from '../features/chat/chat-slice.ts'
import { createFilesSlice, type FilesSlice } from '../features/chat/files-slice.ts'
import { applyTurnEvent } from '../features/chat/fold.ts'
import { createThreadSlice, type ThreadSlice } from '../features/chat/thread-slice.ts'
import { type ArchiveSlice, createArchiveSlice } from '../features/conversations/archive-slice.ts'
import {
  applyConversationEvent,
  type ConversationsSlice,
  createConversationsSlice,
} from '../features/conversations/conversations-slice.ts'
import { createInsightsSlice, type InsightsSlice } from '../features/insights/insights-slice.ts'
import { type ChoicesSlice, createChoicesSlice } from '../features/memory/choices-slice.ts'
import { applyMemoryEvent } from '../features/memory/memory-fold.ts'
import { createMemorySlice, type MemorySlice } from '../features/memory/memory-slice.ts'
import { createModelSlice, type ModelSlice } from '../features/model/model-slice.ts'
import { createSearchSlice, type SearchSlice } from '../features/search/search-slice.ts'
import { createSettingsSlice, type SettingsSlice } from '../features/settings/settings-slice.ts'
import { applyStepEvent, createToolsSlice, type ToolsSlice } from '../features/tools/tools-slice.ts'
import type { Client } from './client.ts'
import { type ConnectionSlice, createConnectionSlice } from './connection-slice.ts'
import { createShellSlice, type ShellSlice } from './shell-slice.ts'
import { writeTab } from './storage.ts'

export type AppState = ShellSlice &
  ConnectionSlice &
  ModelSlice &
  SettingsSlice &
  ConversationsSlice &
  ArchiveSlice &
  ChatSlice &
  ThreadSlice &
  FilesSlice &
  SearchSlice &
  MemorySlice &
  ChoicesSlice &
  ToolsSlice &
  InsightsSlice & { readonly receive: (events: readonly AppEvent[]) => void }

type Folded = Pick<
  AppState,
  | 'open'
  | 'order'
  | 'messages'
  | 'digest'
  | 'reading'
  | 'sending'
  | 'conversations'
  | 'model'
  | 'memory'
  | 'choices'
  | 'steps'
>

/** One event into the state. Pure, so that a recorded session replays in a test without a screen. */
export function applyEvent<S extends Folded>(state: S, event: AppEvent): S {
  switch (event.type) {
    case 'turn-start':
    case 'turn-progress':
    case 'turn-context':
    case 'turn-thought':
    case 'turn-delta':
    case 'turn-done':
    case 'turn-failed':
    case 'digest-changed':
      return { ...state, ...applyTurnEvent(state, event) }
    case 'conversation-changed':
    case 'conversation-removed':
      return { ...state, conversations: applyConversationEvent(state.conversations, event) }
    case 'model-changed':
      return { ...state, model: event.status }
    case 'memory-changed':
    case 'memory-used':
    case 'memory-heard':
    case 'forget-step':
    case 'forget-done':
    case 'forget-failed':
      return { ...state, memory: applyMemoryEvent(state.memory, event) }
    case 'learning-changed':
      return { ...state, choices: { ...state.choices, version: state.choices.version + 1 } }
    case 'tool-step':
      return { ...state, steps: applyStepEvent(state.steps, event) }
    default:
      return state // what a feature folds into its own slice
  }
}

export function createAppStore(client: Client): StoreApi<AppState> {
  const store = createStore<AppState>()((set, get, api) => ({
    ...createShellSlice(set, get, api),
    ...createConnectionSlice(client)(set, get, api),
    ...createModelSlice(client)(set, get, api),
    ...createSettingsSlice(client)(set, get, api),
    ...createConversationsSlice(client)(set, get, api),
    ...createArchiveSlice(client)(set, get, api),
    ...createChatSlice(client)(set, get, api),
    ...createThreadSlice(client)(set, get, api),
    ...createFilesSlice(set, get, api),
    ...createSearchSlice(client)(set, get, api),
    ...createMemorySlice(client)(set, get, api),
    ...createChoicesSlice(client)(set, get, api),
    ...createToolsSlice(client)(set, get, api),
    ...createInsightsSlice(client)(set, get, api),
    receive: (events) => {
      set((state) => events.reduce(applyEvent, state))
      get().memoryActions.follow(events)
      get().followThread(events)
      // A message that waited for the model goes as soon as there is one.
      if (events.some((event) => event.type === 'model-changed' && event.status.state === 'ready')) get().resend()
    },
  }))
  store.subscribe((state, before) => {
    // A browser writes what a tab remembers to the disk, so nothing of a temporary chat may go there.
    if (state.drafts !== before.drafts) writeTab('hearth.drafts', lastingDrafts(state))
    if (state.sending !== before.sending) writeTab('hearth.sending', lastingSending(state))
  })
  client.start({
    connected: () => void store.getState().sync(),
    events: (events) => store.getState().receive(events),
    lost: (failure, retryMs) => store.getState().lose(failure, retryMs),
  })
  return store
}
