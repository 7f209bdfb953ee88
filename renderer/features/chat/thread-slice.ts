// renderer/features/chat/thread-slice.ts: what the person does with messages that are there: edit, continue, delete and
// take back, judge, tint; and with the chat as a whole: pin, keep, summarise.
import type { StateCreator } from 'zustand'
import type { Overflow } from '../../../engine/contract/context.ts'
import type { AppEvent } from '../../../engine/contract/events.ts'
import { toFailure } from '../../../engine/contract/failure.ts'
import type { ConversationId, MessageId } from '../../../engine/contract/ids.ts'
import type { TokenMarks } from '../../../engine/contract/thread.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'
import { showConversation, streamingReply } from './fold.ts'

export type Thumb = 'up' | 'down'

/** A deleted message that can still be taken back. */
export interface RemovedMessage {
  readonly message: MessageId
  readonly conversation: ConversationId
  readonly words: string
  readonly at: number
}

export interface ThreadSlice {
  /** The message being edited, with words that were refused before. */
  readonly editing: { readonly message: MessageId; readonly words: string | null } | null
  readonly removedMessages: readonly RemovedMessage[]
  readonly thumbs: Readonly<Record<MessageId, Thumb>>
  /** The reply whose receipt is open. */
  readonly receipt: MessageId | null
  /** Are the tokens of replies tinted by who guessed them. */
  readonly tint: boolean
  /** What is known of the tokens of replies; null where nothing was recorded. */
  readonly marks: Readonly<Record<MessageId, TokenMarks | null>>
  /** An address in a reply that the person may want to open. */
  readonly asking: string | null
  /** Why a summary could not be written. */
  readonly digestProblem: string | null
  readonly askToOpen: (url: string | null) => void
  readonly edit: (message: MessageId | null) => void
  readonly editAgain: (message: MessageId, words: string) => void
  readonly goOn: (reply: MessageId) => Promise<void>
  readonly removeMessage: (message: MessageId) => Promise<void>
  /** Takes the newest delete of a message back, or that of `message`. */
  readonly undoRemoveMessage: (message?: MessageId) => Promise<void>
  readonly forgetMessageUndo: (message: MessageId) => void
  readonly readThumbs: (conversation: ConversationId) => void
  readonly giveThumb: (reply: MessageId, thumb: Thumb | null) => void
  readonly tellCopied: (reply: MessageId) => void
  readonly showReceipt: (reply: MessageId | null) => void
  readonly setTint: (on: boolean) => void
  readonly readMarks: (reply: MessageId) => void
  readonly pin: (conversation: ConversationId, pinned: boolean) => Promise<void>
  readonly keep: (conversation: ConversationId) => Promise<void>
  readonly chooseOverflow: (overflow: Overflow | null) => Promise<void>
  readonly summarise: () => Promise<void>
  readonly editDigest: (text: string) => Promise<void>
  readonly removeDigest: () => Promise<void>
  /** What events mean beyond the fold. */
  readonly followThread: (events: readonly AppEvent[]) => void
}

export const createThreadSlice =
  (client: Client): StateCreator<AppState, [], [], ThreadSlice> =>
  (set, get) => {
    const attempt = async (work: () => Promise<unknown>) => {
      try {
        await work()
      } catch (error) {
        get().refuse(error)
      }
    }
    const place = (summary: AppState['conversations'][number]) =>
      get().receive([{ type: 'conversation-changed', summary }])

    return {
      editing: null,
      removedMessages: [],
      thumbs: {},
      receipt: null,
      tint: false,
      marks: {},
      asking: null,
      digestProblem: null,

      askToOpen: (url) => set({ asking: url }),
      edit: (message) => set({ editing: message && { message, words: null } }),
      editAgain: (message, words) => set({ editing: { message, words } }),

      goOn: async (reply) => {
        set({ refused: null })
        await attempt(() => client.call('turn.continue', { reply }))
      },

      removeMessage: async (message) => {
        const found = get().messages[message]
        if (!found || streamingReply(get()) !== null) return
        await attempt(async () => {
          const conversation = await client.call('message.delete', { id: message })
          set((state) => ({
            ...(state.open === conversation.summary.id ? showConversation(conversation, state.sending) : {}),
            removedMessages: [
              ...state.removedMessages,
              { message, conversation: found.conversation, words: found.text.slice(0, 60), at: Date.now() },
            ],
          }))
          get().announce(found.role === 'user' ? 'Message deleted' : 'Reply deleted')
        })
      },
      undoRemoveMessage: async (message) => {
        const removed = message
          ? get().removedMessages.find((one) => one.message === message)
          : get().removedMessages.at(-1)
        if (!removed) return
        get().forgetMessageUndo(removed.message)
        await attempt(async () => {
          const conversation = await client.call('message.restore', { id: removed.message })
          if (get().open === conversation.summary.id) set((state) => showConversation(conversation, state.sending))
          get().announce('It is back')
        })
      },
      forgetMessageUndo: (message) =>
        set((state) => ({ removedMessages: state.removedMessages.filter((one) => one.message !== message) })),

      readThumbs: (conversation) => {
        client.call('feedback.thumbs', { conversation }).then(
          ({ replies }) => set((state) => ({ thumbs: { ...state.thumbs, ...replies } })),
          () => undefined, // thumbs that cannot be read are as if none had been given
        )
      },
      giveThumb: (reply, thumb) => {
        const before = get().thumbs
        const { [reply]: _, ...others } = before
        set({ thumbs: thumb === null ? others : { ...others, [reply]: thumb } })
        client.call('feedback.thumb', { reply, thumb }).catch((error: unknown) => {
          set({ thumbs: before })
          get().refuse(error)
        })
      },
      tellCopied: (reply) => {
        client.call('feedback.copied', { reply }).catch(() => undefined) // it is copied all the same
      },

      showReceipt: (reply) => {
        set({ receipt: reply })
        if (reply) get().readMarks(reply)
      },
      setTint: (on) => set({ tint: on }),
      readMarks: (reply) => {
        if (get().marks[reply] !== undefined) return
        client.call('message.marks', { id: reply }).then(
          ({ marks }) => set((state) => ({ marks: { ...state.marks, [reply]: marks } })),
          () => undefined,
        )
      },

      pin: (conversation, pinned) =>
        attempt(async () => place(await client.call('conversation.pin', { id: conversation, pinned }))),
      keep: (conversation) =>
        attempt(async () => {
          place(await client.call('conversation.keep', { id: conversation }))
          get().announce('This chat is kept')
          if (get().open === conversation) void get().updateSettings({ lastConversation: conversation })
        }),
      chooseOverflow: (overflow) =>
        attempt(async () => {
          const { open } = get()
          if (open) place(await client.call('conversation.overflow', { id: open, overflow }))
        }),
      summarise: async () => {
        const { open } = get()
        if (!open) return
        set({ digestProblem: null })
        try {
          await client.call('digest.write', { conversation: open })
        } catch (error) {
          const { message, remedy } = toFailure(error)
          set({ digestProblem: [message, remedy].filter(Boolean).join(' ') })
        }
      },
      editDigest: (text) =>
        attempt(async () => {
          const { open, digest } = get()
          if (open && digest) await client.call('digest.edit', { conversation: open, upto: digest.upto, text })
        }),
      removeDigest: () =>
        attempt(async () => {
          const { open, digest } = get()
          if (open && digest) await client.call('digest.remove', { conversation: open, upto: digest.upto })
        }),

      followThread: (events) => {
        for (const event of events) {
          if (event.type === 'feedback-changed')
            set((state) => {
              const { [event.reply]: _, ...others } = state.thumbs
              return { thumbs: event.thumb === null ? others : { ...others, [event.reply]: event.thumb } }
            })
          if (event.type === 'turn-done' || event.type === 'turn-failed') {
            const { [event.reply]: _, ...marks } = get().marks
            set({ marks })
            if (get().receipt === event.reply || get().tint) get().readMarks(event.reply)
          }
          if (event.type === 'digest-changed' && event.conversation === get().open)
            set({ digestProblem: event.failure === null ? null : event.failure.message })
          // Another window changed the messages of the chat on screen.
          if (event.type === 'thread-changed' && event.conversation === get().open && get().opening === null)
            void get().readConversation(event.conversation)
        }
      },
    }
  }
