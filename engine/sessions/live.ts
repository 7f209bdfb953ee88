// engine/sessions/live.ts: conversations of one database as they are now: what it holds, and the replies in flight. What
// the other parts of this folder share.
import type { Conversation, ConversationSummary, Message } from '../contract/conversation.ts'
import type { AppEvent } from '../contract/events.ts'
import { HearthError } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import { type StoredConversation, toSummary } from '../storage/conversations.ts'
import type { ReplyEnd } from '../storage/messages.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { ReplyWriter } from './reply-writer.ts'

export type ActiveReply = {
  readonly reply: MessageId
  readonly writer: ReplyWriter
  readonly controller: AbortController
  readonly ended: Promise<void>
}

/** What is said of a summary that is being written. */
export type WritingDigest = { readonly upto: MessageId; text: string }

export type Live = {
  /** Replies in flight, by conversation. */
  readonly active: Map<ConversationId, ActiveReply>
  /** Summaries being written, by conversation. */
  readonly digesting: Map<ConversationId, WritingDigest>
  /** Ends that could not be written, because the disk was full. They are shown as they are, and written when it works again. */
  readonly unwritten: Map<MessageId, ReplyEnd>
  /** Throws `HearthError` `not-found`, also for one that is deleted. */
  found(id: ConversationId): StoredConversation
  /** Throws `HearthError` `not-found`. */
  foundMessage(id: MessageId): Message
  summary(id: ConversationId): ConversationSummary
  list(): ConversationSummary[]
  /** From the first message down to `leaf`. */
  branch(leaf: MessageId | null): Message[]
  open(id: ConversationId): Conversation
  /** Tells the windows what a conversation is like now. */
  changed(id: ConversationId): void
  /** Throws `HearthError` `busy` where a reply or a summary is being written. */
  mustBeFree(id: ConversationId): void
  /** Writes what could not be written before, as far as it goes. */
  writeLeftovers(): void
}

export function createLive(
  { conversations, messages, digests }: Pick<Storage, 'conversations' | 'messages' | 'digests'>,
  emit: (event: AppEvent) => void,
): Live {
  const active = new Map<ConversationId, ActiveReply>()
  const digesting = new Map<ConversationId, WritingDigest>()
  const unwritten = new Map<MessageId, ReplyEnd>()

  const withLive = (summary: StoredConversation | ConversationSummary): ConversationSummary => ({
    ...summary,
    streaming: active.get(summary.id)?.reply ?? null,
  })
  const found = (id: ConversationId): StoredConversation => {
    const stored = conversations.find(id)
    if (stored !== null && stored.deletedAt === null) return stored
    throw new HearthError(
      'not-found',
      stored === null ? 'This conversation does not exist any more.' : 'This conversation was deleted.',
    )
  }
  /** A message as it is now, which for a reply in flight is ahead of the database. */
  const live = (message: Message): Message => {
    const running = active.get(message.conversation)
    if (running?.reply === message.id)
      return { ...message, text: running.writer.text(), thought: running.writer.thought() }
    const end = unwritten.get(message.id)
    if (end === undefined) return message
    const { marks: _, thought = '', context = null, ...rest } = end
    return { ...message, ...rest, thought, context }
  }
  const summary = (id: ConversationId) => withLive(toSummary(found(id)))
  const branch = (leaf: MessageId | null) => messages.branch(leaf).map(live)

  return {
    active,
    digesting,
    unwritten,
    found,
    foundMessage: (id) => {
      const message = messages.find(id)
      if (message === null) throw new HearthError('not-found', 'This message does not exist any more.')
      found(message.conversation)
      return live(message)
    },
    summary,
    list: () => conversations.list().map(withLive),
    branch,
    open: (id) => {
      const shown = branch(found(id).head)
      const writing = digesting.get(id)
      const stored = digests.find(
        id,
        shown.map((message) => message.id),
      )
      return {
        summary: summary(id),
        messages: shown,
        digest:
          writing !== undefined ? { ...writing, by: 'model', writing: true } : stored && { ...stored, writing: false },
      }
    },
    changed: (id) => {
      const stored = conversations.find(id)
      if (stored !== null && stored.deletedAt === null)
        emit({ type: 'conversation-changed', summary: withLive(toSummary(stored)) })
    },
    mustBeFree: (id) => {
      if (active.has(id))
        throw new HearthError(
          'busy',
          'A reply is being written in this conversation, and only one can be at a time.',
          'Wait for it to end, or stop it.',
        )
      if (digesting.has(id))
        throw new HearthError(
          'busy',
          'A summary of this conversation is being written.',
          'Wait for it to end, then try again.',
        )
    },
    writeLeftovers: () => {
      for (const [reply, end] of unwritten) {
        try {
          messages.end(reply, end)
          unwritten.delete(reply)
        } catch {
          return // still full: the next turn tries again
        }
      }
    },
  }
}
