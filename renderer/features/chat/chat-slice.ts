// renderer/features/chat/chat-slice.ts: what the person does in a chat: ask, edit, stop, try again, switch, open, jump.
// What happens then arrives as events (fold.ts). Text that was typed is never lost: it is on screen, in `sending`, or
// back in the draft.
import type { StateCreator } from 'zustand'
import type { NewAttachment } from '../../../engine/contract/attachment.ts'
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
  /** The chat that has no id yet will be a temporary one. */
  readonly startsTemporary: boolean
  /** By conversation; `new` for a chat without an id, `temporary` for one that will not be kept. */
  readonly drafts: Readonly<Record<string, string>>
  /** Why the last thing asked was not done. */
  readonly refused: Failure | null
  readonly jump: Jump | null
  readonly setDraft: (text: string) => void
  readonly newChat: (draft?: string) => void
  readonly newTemporaryChat: () => void
  /** Goes to a chat. */
  readonly openConversation: (id: ConversationId) => Promise<void>
  /** Reads a chat from the engine, wherever in the window the person is. */
  readonly readConversation: (id: ConversationId) => Promise<void>
  readonly jumpTo: (conversation: ConversationId, message: MessageId, words: readonly string[]) => Promise<void>
  readonly ask: (text: string, attachments?: readonly NewAttachment[]) => void
  /** Says `text` in the place of a message that was said before: another branch. */
  readonly askInstead: (instead: MessageId, text: string) => void
  readonly tryAgain: (instead: MessageId) => Promise<void>
  readonly selectBranch: (message: MessageId) => Promise<void>
  readonly stop: () => void
  readonly refuse: (error: unknown) => void
  readonly dismissRefusal: () => void
  /** Sends every turn again that the engine has not confirmed. */
  readonly resend: () => void
  readonly interruptStreaming: (failure: Failure) => void
}

type Place = Pick<ChatSlice, 'opening' | 'open' | 'startsTemporary'>

/** The chat that the composer writes to: one that is being opened already has the words that are typed meanwhile. */
export const composing = ({ opening, open }: Pick<ChatSlice, 'opening' | 'open'>) => opening ?? open
export const draftKey = (state: Place) => composing(state) ?? (state.startsTemporary ? 'temporary' : 'new')

type Listed = Pick<AppState, 'conversations'>
const isTemporary = ({ conversations }: Listed, id: string) =>
  id === 'temporary' || conversations.some((one) => one.id === id && one.temporary)

/** What may outlive a reload: nothing of a temporary chat. */
export const lastingDrafts = (state: Listed & Pick<ChatSlice, 'drafts'>) =>
  Object.fromEntries(Object.entries(state.drafts).filter(([key]) => !isTemporary(state, key)))
export const lastingSending = ({ sending }: Pick<ChatSlice, 'sending'>) =>
  Object.fromEntries(Object.entries(sending).filter(([, turn]) => turn.temporary !== true))

export const createChatSlice =
  (client: Client): StateCreator<AppState, [], [], ChatSlice> =>
  (set, get) => {
    async function send(turn: Sending) {
      const { createdAt: _, ...start } = turn
      try {
        await client.call('turn.start', { ...start, attachments: start.attachments && [...start.attachments] })
        set((state) => {
          const { [turn.message]: _, ...sending } = state.sending
          return { sending }
        })
      } catch (error) {
        const failure = toFailure(error)
        const waking = failure.code === 'no-model' && get().model.state === 'loading'
        if (failure.code === 'engine-crashed' || waking) return // it stays in `sending` and goes again
        takeBack(turn, failure)
      }
    }

    /** A refused message goes back to where it was written. */
    function takeBack(turn: Sending, failure: Failure) {
      const { conversation, message, text, instead } = turn
      set((state) => {
        const key = draftKey(state)
        const draft = instead === undefined ? [text, state.drafts[key]].filter(Boolean).join('\n') : state.drafts[key]
        return {
          ...withdraw(state, message),
          drafts: draft === undefined ? state.drafts : { ...state.drafts, [key]: draft },
          refused: failure,
        }
      })
      get().putFilesBack(turn.attachments ?? [])
      // What the edited message hid is shown again, and its new words stay in the field they were written in.
      if (instead !== undefined)
        void get()
          .readConversation(conversation)
          .then(() => get().editAgain(instead, text))
    }

    const begin = (turn: Sending) => {
      set((state) => ({ ...showSending({ ...state, open: turn.conversation }, turn), refused: null, jump: null }))
      if (turn.temporary !== true && get().settings.lastConversation !== turn.conversation) {
        void get().updateSettings({ lastConversation: turn.conversation })
      }
      void send(turn)
    }
    const ids = () => ({ message: newMessageId(), reply: newMessageId(), createdAt: Date.now() })

    const leaveFor = (startsTemporary: boolean) => {
      set({
        ...emptyThread,
        opening: null,
        startsTemporary,
        refused: null,
        jump: null,
        editing: null,
        page: 'chat',
        overlay: null,
        sidebarOver: false,
      })
      if (get().settings.lastConversation) void get().updateSettings({ lastConversation: null })
    }

    return {
      ...emptyThread,
      sending: readTab('hearth.sending', {}),
      opening: null,
      startsTemporary: false,
      drafts: readTab('hearth.drafts', {}),
      refused: null,
      jump: null,

      setDraft: (text) =>
        set((state) => {
          const key = draftKey(state)
          const { [key]: _, ...drafts } = state.drafts
          return { drafts: text === '' ? drafts : { ...drafts, [key]: text } }
        }),

      newChat: (draft) => {
        leaveFor(false)
        if (draft) get().setDraft(draft)
      },
      newTemporaryChat: () => leaveFor(true),

      openConversation: async (id) => {
        set({ page: 'chat', overlay: null, sidebarOver: false, refused: null, editing: null })
        await get().readConversation(id)
        const { open, settings } = get()
        if (open === id && settings.lastConversation !== id && !isTemporary(get(), id)) {
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
            startsTemporary: false,
            jump: state.open === id ? state.jump : null,
          }))
          get().readThumbs(id)
        } catch (error) {
          if (get().opening === id) set({ opening: null })
          get().refuse(error)
        }
      },

      jumpTo: async (conversation, message, words) => {
        if (get().open !== conversation) await get().openConversation(conversation)
        else set({ page: 'chat', overlay: null, sidebarOver: false })
        if (get().open !== conversation) return
        if (!get().order.includes(message)) await get().selectBranch(message)
        set((state) => ({ jump: { message, words, turn: (state.jump?.turn ?? 0) + 1 } }))
      },

      ask: (text, attachments = []) => {
        const { open, startsTemporary } = get()
        const temporary = open === null ? startsTemporary : isTemporary(get(), open)
        const conversation = open ?? newConversationId()
        get().setDraft('')
        begin({
          conversation,
          ...ids(),
          text,
          ...(temporary ? { temporary } : {}),
          ...(attachments.length > 0 ? { attachments } : {}),
        })
      },

      askInstead: (instead, text) => {
        const old = get().messages[instead]
        if (!old) return
        const { conversation } = old
        set({ editing: null })
        begin({
          conversation,
          ...ids(),
          text,
          instead,
          ...(isTemporary(get(), conversation) ? { temporary: true } : {}),
        })
      },

      tryAgain: async (instead) => {
        set({ refused: null })
        try {
          await client.call('turn.retry', { instead, reply: newMessageId() })
        } catch (error) {
          get().refuse(error)
        }
      },

      selectBranch: async (message) => {
        try {
          const conversation = await client.call('conversation.select', { message })
          if (get().open === conversation.summary.id) set((state) => showConversation(conversation, state.sending))
        } catch (error) {
          get().refuse(error)
        }
      },

      stop: () => {
        const reply = streamingReply(get())
        if (reply) client.call('turn.stop', { reply }).catch(get().refuse)
      },

      refuse: (error) => {
        const failure = toFailure(error)
        // When the engine is away the window says so already, in one place.
        if (failure.code !== 'engine-crashed') set({ refused: failure })
      },
      dismissRefusal: () => set({ refused: null }),
      resend: () => {
        for (const turn of Object.values(get().sending)) void send(turn)
      },
      interruptStreaming: (failure) => set((state) => interrupt(state, failure)),
    }
  }
