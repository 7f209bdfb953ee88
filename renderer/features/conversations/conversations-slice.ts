// renderer/features/conversations/conversations-slice.ts: the list of chats, newest first, and what a person does with one.
import type { StateCreator } from 'zustand'
import type { ConversationSummary } from '../../../engine/contract/conversation.ts'
import type { AppEvent } from '../../../engine/contract/events.ts'
import { toFailure } from '../../../engine/contract/failure.ts'
import type { ConversationId } from '../../../engine/contract/ids.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'

/** A deleted chat that can still be taken back. */
export interface Removed {
  readonly summary: ConversationSummary
  readonly wasOpen: boolean
  /** Unix milliseconds. */
  readonly at: number
}

export interface ConversationsSlice {
  readonly conversations: readonly ConversationSummary[]
  readonly removed: readonly Removed[]
  readonly rename: (id: ConversationId, title: string) => Promise<void>
  readonly remove: (id: ConversationId) => Promise<void>
  /** Takes the newest delete back, or that of `id`. */
  readonly undoRemove: (id?: ConversationId) => Promise<void>
  readonly forgetUndo: (id: ConversationId) => void
}

type ConversationEvent = Extract<AppEvent, { type: 'conversation-changed' | 'conversation-removed' }>

export function applyConversationEvent(
  list: readonly ConversationSummary[],
  event: ConversationEvent,
): readonly ConversationSummary[] {
  if (event.type === 'conversation-removed') return list.filter(({ id }) => id !== event.conversation)
  return place(list, event.summary)
}

function place(list: readonly ConversationSummary[], summary: ConversationSummary): readonly ConversationSummary[] {
  return [summary, ...list.filter(({ id }) => id !== summary.id)].sort((a, b) => b.updatedAt - a.updatedAt)
}

export const createConversationsSlice =
  (client: Client): StateCreator<AppState, [], [], ConversationsSlice> =>
  (set, get) => ({
    conversations: [],
    removed: [],
    rename: async (id, title) => {
      const before = get().conversations
      set({ conversations: before.map((one) => (one.id === id ? { ...one, title } : one)) })
      try {
        const summary = await client.call('conversation.rename', { id, title })
        set((state) => ({ conversations: place(state.conversations, summary) }))
      } catch (error) {
        set({ conversations: before, refused: toFailure(error) })
      }
    },
    remove: async (id) => {
      const summary = get().conversations.find((one) => one.id === id)
      if (!summary) return
      const wasOpen = get().open === id
      set((state) => ({
        conversations: state.conversations.filter((one) => one.id !== id),
        removed: [...state.removed, { summary, wasOpen, at: Date.now() }],
      }))
      if (wasOpen) get().newChat()
      try {
        await client.call('conversation.delete', { id })
        get().announce(`“${summary.title}” deleted`)
      } catch (error) {
        set((state) => ({ conversations: place(state.conversations, summary), refused: toFailure(error) }))
        get().forgetUndo(id)
      }
    },
    undoRemove: async (id) => {
      const removed = id ? get().removed.find(({ summary }) => summary.id === id) : get().removed.at(-1)
      if (!removed) return
      get().forgetUndo(removed.summary.id)
      try {
        const summary = await client.call('conversation.restore', { id: removed.summary.id })
        set((state) => ({ conversations: place(state.conversations, summary) }))
        get().announce(`“${summary.title}” is back`)
        if (removed.wasOpen && get().open === null) await get().openConversation(summary.id)
      } catch (error) {
        set({ refused: toFailure(error) })
      }
    },
    forgetUndo: (id) => set((state) => ({ removed: state.removed.filter(({ summary }) => summary.id !== id) })),
  })
