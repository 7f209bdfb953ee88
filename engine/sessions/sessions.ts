// engine/sessions/sessions.ts: the replies of one database's conversations: begun, written anew, written on, stopped.
import type { NewAttachment } from '../contract/attachment.ts'
import type { Conversation, ConversationSummary, Message } from '../contract/conversation.ts'
import type { AppEvent } from '../contract/events.ts'
import { HearthError, toFailure } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { MemoryId } from '../contract/memory.ts'
import type { Settings } from '../contract/settings.ts'
import type { Inference } from '../inference/inference.ts'
import { type Mind, noMind } from '../memory/mind.ts'
import type { Models } from '../models/models.ts'
import { profileOf } from '../models/profile.ts'
import type { Queue } from '../models/queue.ts'
import type { Said } from '../prompt/files.ts'
import { canCallTools } from '../prompt/tool-syntax.ts'
import type { ReplyEnd } from '../storage/messages.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Tools } from '../tools/tools.ts'
import { createDigestJobs, type DigestJobs } from './digest-jobs.ts'
import { createLive } from './live.ts'
import { createReplyWriter } from './reply-writer.ts'
import { closingError, runTurn, shutdownReason, type Turn } from './run-turn.ts'
import type { SessionCache } from './session-cache.ts'
import { createThreadEdits, type ThreadEdits } from './thread-edits.ts'
import { titleOf } from './title.ts'

export type SessionEvent = AppEvent

export type SessionsDeps = {
  readonly storage: Storage
  readonly models: Models
  readonly queue: Queue
  readonly cache: SessionCache
  readonly emit: (event: SessionEvent) => void
  readonly log: (event: string, fields: Record<string, unknown>) => void
  /** Unix milliseconds. */
  readonly now: () => number
  /** Asked when a turn begins. */
  readonly settings?: () => Pick<Settings, 'thinking' | 'overflow'>
  /** Absent: no reply calls anything. */
  readonly tools?: Pick<Tools, 'belt' | 'calledIn'>
  readonly flushEveryMs?: number
  /** Memory, learning and traces; absent where nothing may be kept. */
  readonly mind?: Mind
}

export type StartTurn = {
  readonly conversation: ConversationId
  readonly message: MessageId
  readonly reply: MessageId
  readonly text: string
  readonly attachments?: readonly NewAttachment[] | undefined
  /** The message of the person that this one takes the place of. */
  readonly instead?: MessageId | undefined
}

/** Methods throw `HearthError`, and have written nothing when they do. */
export type Sessions = {
  /** Idempotent by message id. Afterwards both messages are in the database. */
  start(turn: StartTurn): void
  /** Idempotent by reply id. */
  retry(turn: { readonly instead: MessageId; readonly reply: MessageId; readonly without?: readonly MemoryId[] }): void
  /** Writes on behind a reply that has ended. */
  resume(reply: MessageId): void
  stop(reply: MessageId): void
  list(): ConversationSummary[]
  summary(id: ConversationId): ConversationSummary
  open(id: ConversationId): Conversation
  /** Makes the branch through `message` the active one. */
  select(message: MessageId): Conversation
  readonly edits: ThreadEdits
  readonly digests: DigestJobs
  /** Stops what runs in it and frees what the model remembers of it. */
  leave(id: ConversationId): void
  /** Ends all replies as `interrupted`. Resolves when their text is written; the cache can be closed then. */
  shutdown(): Promise<void>
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { storage, models, queue, cache, emit, log, now, flushEveryMs = 200, mind = noMind } = deps
  const { conversations, messages } = storage
  const settings = deps.settings ?? (() => storage.settings.read())
  const live = createLive(storage, emit)
  const { active, unwritten, found, branch, changed, writeLeftovers } = live
  const profile = ({ info }: Pick<Inference, 'info'>) => profileOf(info, now())
  const digests = createDigestJobs({ storage, live, models, queue, cache, emit, profile, log })
  let closing = false

  const mustBeFree = (id: ConversationId) => {
    if (closing) throw closingError()
    live.mustBeFree(id)
  }

  /** The branch as the model is to read it: with the words of its files. */
  const toSaid = (line: readonly Message[]): (Said & { readonly id: MessageId })[] => {
    const holders = line.filter(({ attachments }) => attachments.length > 0).map(({ id }) => id)
    const words = holders.length === 0 ? new Map() : messages.filesOf(holders)
    const called = deps.tools?.calledIn(line.map(({ id }) => id))
    return line.map(({ id, role, text, attachments }) => {
      if (role === 'assistant') return { id, role, text, calls: called?.get(id) ?? [] }
      if (attachments.length === 0) return { id, role, text }
      const texts = new Map((words.get(id) ?? []).map((file: { id: string; text: string }) => [file.id, file.text]))
      return { id, role, text, files: attachments.map((file) => ({ ...file, text: String(texts.get(file.id) ?? '') })) }
    })
  }

  /** What a turn over `line` is given beside the history. */
  const circumstances = (conversation: ConversationId, line: readonly Message[]) => {
    const { thinking, overflow } = settings()
    return {
      thinking,
      overflow: found(conversation).overflow ?? overflow,
      digest: digests.of(conversation, line),
    }
  }

  /** Attached files are a stranger's words as much as what a tool reads. */
  const beltFor = ({ conversation, reply }: Turn, line: readonly Message[], inference: Inference) => {
    if (deps.tools === undefined || !canCallTools(inference)) return null
    const before = line.flatMap(({ id, role }) => (role === 'assistant' ? [id] : []))
    const read = line.flatMap(({ attachments }) => attachments.map(({ name }) => ({ kind: 'file', name }) as const))
    return deps.tools.belt({ conversation, reply, before, read, basic: inference.info.starter })
  }

  /** Writes nothing: the messages are in the database already. */
  const begin = (
    turn: Turn,
    line: readonly Message[],
    question: MessageId | null,
    without: readonly MemoryId[] = [],
  ) => {
    models.wake()
    const { conversation, reply, begun } = turn
    const controller = new AbortController()
    const writer = createReplyWriter(reply, messages, flushEveryMs, () => controller.abort('storage'), begun)
    const turnMind = mind.turn({ conversation, question: line.at(-1)?.id ?? reply, reply, without })
    const run = async () => {
      const { end, written } = await runTurn(
        turn,
        {
          messages,
          queue,
          cache,
          writer,
          model: models.current,
          profile,
          mind: turnMind,
          onText: (text) => emit({ type: 'turn-delta', conversation, reply, text }),
          onThought: (text) => emit({ type: 'turn-thought', conversation, reply, text }),
          onContext: (context) => emit({ type: 'turn-context', conversation, reply, context }),
          onProgress: (done, total) => emit({ type: 'turn-progress', conversation, reply, done, total }),
          belt: (inference) => beltFor(turn, line, inference),
          summarise: (inference, signal) => digests.writeNow(conversation, line, inference, signal),
          clock: () => performance.now(),
          seed: () => Math.floor(Math.random() * 2 ** 31),
        },
        controller.signal,
      )
      turnMind.end(end)
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

  /** Where a new message goes: behind the head, or beside the message that it takes the place of. */
  const parentOf = (conversation: ConversationId, instead: MessageId | undefined): MessageId | null => {
    if (instead === undefined) return found(conversation).head
    const old = live.foundMessage(instead)
    if (old.conversation === conversation && old.role === 'user') return old.parent
    throw new HearthError('bad-request', 'A message of the person in this conversation was expected, to be replaced.')
  }

  return {
    start: ({ conversation, message, reply, text: said, attachments = [], instead }) => {
      const text = said.toWellFormed()
      if (isKnown(messages.find(message), messages.find(reply), conversation)) return
      writeLeftovers()
      mustBeFree(conversation)
      const model = models.expected()
      const at = now()
      const files = attachments.map((file) => ({ ...file, text: file.text.toWellFormed() }))
      storage.atomically(() => {
        if (conversations.find(conversation) === null) conversations.create(conversation, titleOf(text), at)
        const parent = parentOf(conversation, instead)
        messages.begin({ conversation, question: { id: message, text, attachments: files }, parent, reply, model, at })
      })
      mind.heard({ conversation, message, text })
      if (instead !== undefined) mind.edited(instead)
      const line = branch(message)
      const history = toSaid(line)
      const turn = { conversation, reply, history, again: false, begun: null, ...circumstances(conversation, line) }
      begin(turn, line, message)
    },
    retry: ({ instead, reply, without = [] }) => {
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
      mind.reacted(instead, 'retry')
      const line = branch(question.id)
      const history = toSaid(line)
      begin(
        { conversation, reply, history, again: true, begun: null, ...circumstances(conversation, line) },
        line,
        null,
        without,
      )
    },
    resume: (reply) => {
      const message = live.foundMessage(reply)
      const { conversation, parent } = message
      writeLeftovers()
      mustBeFree(conversation)
      if (
        message.role !== 'assistant' ||
        parent === null ||
        message.status === 'done' ||
        found(conversation).head !== reply
      )
        throw new HearthError('bad-request', 'A reply that was cut short, at the end of its branch, was expected.')
      models.expected()
      messages.resume(reply)
      const line = branch(parent)
      const { text, thought, stats, context } = message
      const begun = { text, thought, stats, context, marks: messages.marks(reply) }
      const history = toSaid(line)
      begin({ conversation, reply, history, again: false, begun, ...circumstances(conversation, line) }, line, null)
    },
    stop: (reply) => {
      for (const running of active.values()) if (running.reply === reply) running.controller.abort()
    },
    list: live.list,
    summary: live.summary,
    open: (id) => {
      writeLeftovers()
      return live.open(id)
    },
    select: (id) => {
      const { conversation } = live.foundMessage(id)
      conversations.setHead(conversation, messages.newestLeaf(id))
      return live.open(conversation)
    },
    edits: createThreadEdits({ storage, live, cache, emit, now }),
    digests,
    leave: (id) => {
      digests.leave(id)
      const running = active.get(id)
      if (running === undefined) return cache.drop(id)
      running.controller.abort()
      void running.ended.then(() => cache.drop(id))
    },
    shutdown: async () => {
      closing = true
      const running = [...active.values()]
      for (const { controller } of running) controller.abort(shutdownReason)
      await Promise.all([...running.map(({ ended }) => ended), digests.shutdown()])
      writeLeftovers()
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
