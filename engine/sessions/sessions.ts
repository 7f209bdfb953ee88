// engine/sessions/sessions.ts: all conversations as they are now: what the database holds, and the replies in flight.
import type { Conversation, ConversationSummary, Message } from '../contract/conversation.ts'
import type { TurnEvent } from '../contract/events.ts'
import { HearthError, toFailure } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { Models } from '../models/models.ts'
import { profileOf } from '../models/profile.ts'
import type { Queue } from '../models/queue.ts'
import { type StoredConversation, toSummary } from '../storage/conversations.ts'
import type { ReplyEnd } from '../storage/messages.ts'
import type { Storage } from '../storage/open-storage.ts'
import { createReplyWriter, type ReplyWriter } from './reply-writer.ts'
import { runTurn, shutdownReason, type Turn } from './run-turn.ts'
import type { SessionCache } from './session-cache.ts'
import { titleOf } from './title.ts'

export type SessionEvent = TurnEvent | { type: 'conversation-changed'; summary: ConversationSummary }

export type SessionsDeps = {
  readonly storage: Storage
  readonly models: Models
  readonly queue: Queue
  readonly cache: SessionCache
  readonly emit: (event: SessionEvent) => void
  readonly log: (event: string, fields: Record<string, unknown>) => void
  /** Unix milliseconds. */
  readonly now: () => number
  readonly flushEveryMs?: number
}

export type StartTurn = {
  readonly conversation: ConversationId
  readonly message: MessageId
  readonly reply: MessageId
  readonly text: string
}

/** Methods throw `HearthError`, and have written nothing when they do. */
export type Sessions = {
  /** Idempotent by message id. Afterwards both messages are in the database. */
  start(turn: StartTurn): void
  /** Idempotent by reply id. */
  retry(turn: { readonly instead: MessageId; readonly reply: MessageId }): void
  stop(reply: MessageId): void
  list(): ConversationSummary[]
  summary(id: ConversationId): ConversationSummary
  open(id: ConversationId): Conversation
  /** Makes the branch through `message` the active one. */
  select(message: MessageId): Conversation
  /** Stops what runs in it and frees what the model remembers of it. */
  leave(id: ConversationId): void
  /** Ends all replies as `interrupted`. Resolves when their text is written. */
  shutdown(): Promise<void>
}

type Active = {
  readonly reply: MessageId
  readonly writer: ReplyWriter
  readonly controller: AbortController
  readonly ended: Promise<void>
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { storage, models, queue, cache, emit, log, now, flushEveryMs = 200 } = deps
  const { conversations, messages } = storage
  const active = new Map<ConversationId, Active>()
  /** Ends that could not be written, because the disk was full. They are shown as they are, and written when it works again. */
  const unwritten = new Map<MessageId, ReplyEnd>()
  let closing = false

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
  const summary = (id: ConversationId) => withLive(toSummary(found(id)))
  const changed = (id: ConversationId) => {
    const stored = conversations.find(id)
    if (stored !== null && stored.deletedAt === null)
      emit({ type: 'conversation-changed', summary: withLive(toSummary(stored)) })
  }

  /** A message as it is now, which for a reply in flight is ahead of the database. */
  const live = (message: Message): Message => {
    const running = active.get(message.conversation)
    if (running?.reply === message.id) return { ...message, text: running.writer.text() }
    const end = unwritten.get(message.id)
    return end === undefined ? message : { ...message, ...end }
  }
  const branch = (leaf: MessageId | null) => messages.branch(leaf).map(live)

  const writeLeftovers = () => {
    for (const [reply, end] of unwritten) {
      try {
        messages.end(reply, end)
        unwritten.delete(reply)
      } catch {
        return // still full: the next turn tries again
      }
    }
  }

  /** Writes nothing: the messages are in the database already. */
  const begin = (turn: Turn, question: MessageId | null) => {
    models.wake()
    const { conversation, reply } = turn
    const controller = new AbortController()
    const writer = createReplyWriter(reply, messages, flushEveryMs, () => controller.abort('storage'))
    const run = async () => {
      const { end, written } = await runTurn(
        turn,
        {
          messages,
          queue,
          cache,
          writer,
          model: models.current,
          profile: (inference) => profileOf(inference.info, now()),
          onText: (text) => emit({ type: 'turn-delta', conversation, reply, text }),
          onProgress: (done, total) => emit({ type: 'turn-progress', conversation, reply, done, total }),
          clock: () => performance.now(),
          seed: () => Math.floor(Math.random() * 2 ** 31),
        },
        controller.signal,
      )
      if (!written) unwritten.set(reply, end)
      active.delete(conversation)
      tellEnd(turn, end)
    }
    // The promise starts in a later task, so that `turn-start` comes before anything it emits.
    const ended = Promise.resolve()
      .then(run)
      .catch((error: unknown) => {
        active.delete(conversation)
        log('turn-broken', { failure: toFailure(error).code })
        emit({ type: 'turn-failed', conversation, reply, failure: toFailure(error) })
      })
    active.set(conversation, { reply, writer, controller, ended })
    const [message, asked] = [messages.find(reply), question === null ? null : messages.find(question)]
    if (message !== null) emit({ type: 'turn-start', conversation, reply, question: asked, message })
    changed(conversation)
  }

  const tellEnd = ({ conversation, reply }: Turn, { status, failure, stats }: ReplyEnd) => {
    log('turn-end', { status, failure: failure?.code, stats })
    if (failure !== null) emit({ type: 'turn-failed', conversation, reply, failure })
    else if (stats !== null) emit({ type: 'turn-done', conversation, reply, stopped: status !== 'done', stats })
    try {
      changed(conversation)
      models.measure()
    } catch (error) {
      log('turn-end-untold', { failure: toFailure(error).code })
    }
  }

  const mustBeFree = (conversation: ConversationId) => {
    if (closing) throw new HearthError('internal', 'Hearth is closing, so no reply can begin.')
    if (active.has(conversation))
      throw new HearthError(
        'busy',
        'A reply is being written in this conversation, and only one can be at a time.',
        'Wait for it to end, or stop it.',
      )
  }

  return {
    start: ({ conversation, message, reply, text: said }) => {
      const text = said.toWellFormed()
      if (isKnown(messages.find(message), messages.find(reply), conversation)) return
      writeLeftovers()
      mustBeFree(conversation)
      const model = models.expected()
      const at = now()
      const head = storage.atomically(() => {
        if (conversations.find(conversation) === null) conversations.create(conversation, titleOf(text), at)
        const parent = found(conversation).head
        messages.begin({ conversation, question: { id: message, text }, parent, reply, model, at })
        return parent
      })
      begin({ conversation, reply, history: [...branch(head), { role: 'user', text }], again: false }, message)
    },
    retry: ({ instead, reply }) => {
      const old = messages.find(instead)
      const question = old === null || old.parent === null ? null : messages.find(old.parent)
      if (old === null || old.role !== 'assistant' || question === null)
        throw new HearthError('not-found', 'A reply to answer anew was expected, and there is none.')
      const { conversation } = found(old.conversation) && old
      const known = messages.find(reply)
      if (known !== null && known.parent === question.id) return
      if (known !== null) throw idTaken()
      writeLeftovers()
      mustBeFree(conversation)
      messages.begin({
        conversation,
        question: null,
        parent: question.id,
        reply,
        model: models.expected(),
        at: now(),
      })
      begin({ conversation, reply, history: branch(question.id), again: true }, null)
    },
    stop: (reply) => {
      for (const running of active.values()) if (running.reply === reply) running.controller.abort()
    },
    list: () => conversations.list().map(withLive),
    summary,
    open: (id) => {
      writeLeftovers()
      return { summary: summary(id), messages: branch(found(id).head) }
    },
    select: (id) => {
      const message = messages.find(id)
      if (message === null) throw new HearthError('not-found', 'This message does not exist any more.')
      const { conversation } = message
      found(conversation)
      conversations.setHead(conversation, messages.newestLeaf(id))
      return { summary: summary(conversation), messages: branch(found(conversation).head) }
    },
    leave: (id) => {
      const running = active.get(id)
      if (running === undefined) return cache.drop(id)
      running.controller.abort()
      void running.ended.then(() => cache.drop(id))
    },
    shutdown: async () => {
      closing = true
      const running = [...active.values()]
      for (const { controller } of running) controller.abort(shutdownReason)
      await Promise.all(running.map(({ ended }) => ended))
      writeLeftovers()
      await cache.close()
    },
  }
}

/** True when this turn was begun before. Throws when its ids mean something else already. */
function isKnown(question: Message | null, reply: Message | null, conversation: ConversationId): boolean {
  if (question === null && reply === null) return false
  const same = question?.conversation === conversation && question.role === 'user' && reply?.parent === question.id
  if (!same) throw idTaken()
  return true
}

const idTaken = () =>
  new HearthError('bad-request', 'A new message needs an id of its own, and this one is taken by another message.')
