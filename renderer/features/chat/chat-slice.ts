// renderer/features/chat/chat-slice.ts: what the person does in a chat: ask, stop, try again, switch, open, jump.
// What happens then arrives as events (fold.ts). Text that was typed is never lost: it is on screen, in `sending`, or
// back in the draft.
import type { StateCreator } from 'zustand'
import { type Failure, toFailure } from '../../../engine/contract/failure.ts'
import { type ConversationId, type MessageId, newConversationId, newMessageId } from '../../../engine/contract/ids.ts'
import type { Client } from '../../store/client.ts'
import { readTab } from '../../store/storage.ts'
import type { AppState } from '../../store/store.ts'
import {
  emptyThread,
  interrupt,
  type Sending,
  showConversation,
  showSending,
  streamingReply,
  type ThreadState,
  withdraw,
} from './fold.ts'

/** A message to scroll to, with the words to light in it. `turn` makes the same jump twice two jumps. */
export interface Jump {
  readonly message: MessageId
  readonly words: readonly string[]
  readonly turn: number
}

export interface ChatSlice extends ThreadState {
  /** The conversation being read from the engine. */
  readonly opening: ConversationId | null
  /** By conversation; `new` for a chat without an id. */
  readonly drafts: Readonly<Record<string, string>>
  /** Why the last thing asked was not done. */
  readonly refused: Failure | null
  readonly jump: Jump | null
  readonly setDraft: (text: string) => void
  readonly newChat: (draft?: string) => void
  /** Goes to a chat. */
  readonly openConversation: (id: ConversationId) => Promise<void>
  /** Reads a chat from the engine, wherever in the window the person is. */
  readonly readConversation: (id: ConversationId) => Promise<void>
  readonly jumpTo: (conversation: ConversationId, message: MessageId, words: readonly string[]) => Promise<void>
  readonly ask: (text: string) => void
  readonly tryAgain: (instead: MessageId) => Promise<void>
  readonly selectBranch: (message: MessageId) => Promise<void>
  readonly stop: () => void
  readonly dismissRefusal: () => void
  /** Sends every turn again that the engine has not confirmed. */
  readonly resend: () => void
  readonly interruptStreaming: (failure: Failure) => void
}

export const draftKey = (open: ConversationId | null) => open ?? 'new'

/** The chat that the composer writes to: one that is being opened already has the words that are typed meanwhile. */
export const composing = ({ opening, open }: Pick<ChatSlice, 'opening' | 'open'>) => opening ?? open

export const createChatSlice =
  (client: Client): StateCreator<AppState, [], [], ChatSlice> =>
  (set, get) => {
    const refuse = (error: unknown) => {
      const failure = toFailure(error)
      // When the engine is away the window says so already, in one place.
      if (failure.code !== 'engine-crashed') set({ refused: failure })
    }

    async function send(turn: Sending) {
      const { conversation, message, reply, text } = turn
      try {
        await client.call('turn.start', { conversation, message, reply, text })
        set((state) => {
          const { [message]: _, ...sending } = state.sending
          return { sending }
        })
      } catch (error) {
        const failure = toFailure(error)
        const waking = failure.code === 'no-model' && get().model.state === 'loading'
        if (failure.code === 'engine-crashed' || waking) return // it stays in `sending` and goes again
        set((state) => {
          const key = draftKey(conversation)
          const draft = [text, state.drafts[key]].filter(Boolean).join('\n')
          return { ...withdraw(state, message), drafts: { ...state.drafts, [key]: draft }, refused: failure }
        })
      }
    }

    return {
      ...emptyThread,
      sending: readTab('hearth.sending', {}),
      opening: null,
      drafts: readTab('hearth.drafts', {}),
      refused: null,
      jump: null,

      setDraft: (text) =>
        set((state) => {
          const key = draftKey(composing(state))
          const { [key]: _, ...drafts } = state.drafts
          return { drafts: text === '' ? drafts : { ...drafts, [key]: text } }
        }),

      newChat: (draft) => {
        set({
          ...emptyThread,
          opening: null,
          refused: null,
          jump: null,
          page: 'chat',
          overlay: null,
          sidebarOver: false,
        })
        if (draft) get().setDraft(draft)
        if (get().settings.lastConversation) void get().updateSettings({ lastConversation: null })
      },

      openConversation: async (id) => {
        set({ page: 'chat', overlay: null, sidebarOver: false, refused: null })
        await get().readConversation(id)
        if (get().open === id && get().settings.lastConversation !== id) {
          void get().updateSettings({ lastConversation: id })
        }
      },

      readConversation: async (id) => {
        set({ opening: id })
        try {
          const conversation = await client.call('conversation.open', { id })
          if (get().opening !== id) return // the person has gone elsewhere meanwhile
          set((state) => ({
            ...showConversation(conversation, state.sending),
            opening: null,
            jump: state.open === id ? state.jump : null,
          }))
        } catch (error) {
          if (get().opening === id) set({ opening: null })
          refuse(error)
        }
      },

      jumpTo: async (conversation, message, words) => {
        if (get().open !== conversation) await get().openConversation(conversation)
        else set({ page: 'chat', overlay: null, sidebarOver: false })
        if (get().open !== conversation) return
        if (!get().order.includes(message)) await get().selectBranch(message)
        set((state) => ({ jump: { message, words, turn: (state.jump?.turn ?? 0) + 1 } }))
      },

      ask: (text) => {
        const conversation = get().open ?? newConversationId()
        const turn = { conversation, message: newMessageId(), reply: newMessageId(), text, createdAt: Date.now() }
        get().setDraft('')
        set((state) => ({ ...showSending({ ...state, open: conversation }, turn), refused: null, jump: null }))
        if (get().settings.lastConversation !== conversation) {
          void get().updateSettings({ lastConversation: conversation })
        }
        void send(turn)
      },

      tryAgain: async (instead) => {
        set({ refused: null })
        try {
          await client.call('turn.retry', { instead, reply: newMessageId() })
        } catch (error) {
          refuse(error)
        }
      },

      selectBranch: async (message) => {
        try {
          const conversation = await client.call('conversation.select', { message })
          if (get().open === conversation.summary.id) set((state) => showConversation(conversation, state.sending))
        } catch (error) {
          refuse(error)
        }
      },

      stop: () => {
        const reply = streamingReply(get())
        if (reply) client.call('turn.stop', { reply }).catch(refuse)
      },

      dismissRefusal: () => set({ refused: null }),
      resend: () => {
        for (const turn of Object.values(get().sending)) void send(turn)
      },
      interruptStreaming: (failure) => set((state) => interrupt(state, failure)),
    }
  }
