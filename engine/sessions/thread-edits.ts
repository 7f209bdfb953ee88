// engine/sessions/thread-edits.ts: what a person does with messages and a conversation as a whole, apart from replies.
import type { Overflow } from '../contract/context.ts'
import type { Conversation, ConversationSummary } from '../contract/conversation.ts'
import type { AppEvent } from '../contract/events.ts'
import { HearthError } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { TokenMarks } from '../contract/thread.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Live } from './live.ts'
import type { SessionCache } from './session-cache.ts'

/** Methods throw `HearthError`, and have written nothing when they do. */
export type ThreadEdits = {
  rename(id: ConversationId, title: string): ConversationSummary
  pin(id: ConversationId, pinned: boolean): ConversationSummary
  setOverflow(id: ConversationId, overflow: Overflow | null): ConversationSummary
  /** Hides a message and what follows it. */
  remove(id: MessageId): Conversation
  restore(id: MessageId): Conversation
  marks(id: MessageId): TokenMarks | null
}

export type ThreadEditsDeps = {
  readonly storage: Pick<Storage, 'conversations' | 'messages' | 'messageTrash'>
  readonly live: Live
  readonly cache: Pick<SessionCache, 'drop'>
  readonly emit: (event: AppEvent) => void
  readonly now: () => number
}

export function createThreadEdits({ storage, live, cache, emit, now }: ThreadEditsDeps): ThreadEdits {
  const { conversations, messages, messageTrash } = storage
  const told = (id: ConversationId) => {
    live.changed(id)
    return live.summary(id)
  }
  const reread = (id: ConversationId) => {
    live.changed(id)
    emit({ type: 'thread-changed', conversation: id })
    return live.open(id)
  }
  return {
    rename: (id, title) => {
      live.found(id)
      conversations.rename(id, title.toWellFormed())
      return told(id)
    },
    pin: (id, pinned) => {
      live.found(id)
      conversations.pin(id, pinned ? now() : null)
      return told(id)
    },
    setOverflow: (id, overflow) => {
      live.found(id)
      conversations.setOverflow(id, overflow)
      return told(id)
    },
    remove: (id) => {
      const { conversation } = live.foundMessage(id)
      live.mustBeFree(conversation)
      messageTrash.hide(id, now())
      cache.drop(conversation) // the model's memory of it holds the words
      return reread(conversation)
    },
    restore: (id) => {
      const conversation = messageTrash.restore(id)
      if (conversation === null) throw new HearthError('not-found', 'This message is gone and cannot come back.')
      live.found(conversation)
      return reread(conversation)
    },
    marks: (id) => {
      live.foundMessage(id)
      return messages.marks(id)
    },
  }
}
