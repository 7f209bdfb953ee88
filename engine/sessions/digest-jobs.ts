// engine/sessions/digest-jobs.ts: summaries that stand for the older messages of a chat that is too long: written by the
// model, in pieces where one pass does not hold them, edited by the person, taken away. The messages stay.
import type { Digest } from '../contract/context.ts'
import type { Message } from '../contract/conversation.ts'
import type { AppEvent } from '../contract/events.ts'
import { type Failure, HearthError, toFailure } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { Inference } from '../inference/inference.ts'
import type { Models } from '../models/models.ts'
import type { ModelProfile } from '../models/profile.ts'
import type { Queue } from '../models/queue.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Live } from './live.ts'
import type { SessionCache } from './session-cache.ts'
import { splitForDigest, writeDigest } from './write-digest.ts'

/** What of a branch a summary stands for. */
export type BranchDigest = { readonly messages: number; readonly text: string }

export type DigestJobs = {
  /** The summary that holds on `line`, from its oldest message on. */
  of(conversation: ConversationId, line: readonly Message[]): BranchDigest | null
  /** Begins to summarise the active branch. Throws `HearthError`. */
  write(conversation: ConversationId): void
  /** Summarises `line` at once, for a turn that has the model. Null when there is too little to summarise. */
  writeNow(
    conversation: ConversationId,
    line: readonly Message[],
    inference: Inference,
    signal: AbortSignal,
  ): Promise<BranchDigest | null>
  edit(conversation: ConversationId, upto: MessageId, text: string): Digest
  remove(conversation: ConversationId, upto: MessageId): void
  leave(conversation: ConversationId): void
  shutdown(): Promise<void>
}

export type DigestJobsDeps = {
  readonly storage: Pick<Storage, 'digests'>
  readonly live: Live
  readonly models: Pick<Models, 'current' | 'expected' | 'wake'>
  readonly queue: Queue
  readonly cache: SessionCache
  readonly emit: (event: AppEvent) => void
  readonly profile: (inference: Inference) => ModelProfile
  readonly log: (event: string, fields: Record<string, unknown>) => void
}

/** Pieces of a summary are told this often at most, in milliseconds. */
const tellEveryMs = 100

export function createDigestJobs(deps: DigestJobsDeps): DigestJobs {
  const { storage, live, models, queue, cache, emit, profile, log } = deps
  const { digests } = storage
  const running = new Map<ConversationId, { readonly controller: AbortController; readonly ended: Promise<void> }>()
  const tell = (conversation: ConversationId, digest: Digest | null, failure: Failure | null = null) =>
    emit({ type: 'digest-changed', conversation, digest, failure })
  const shown = (conversation: ConversationId, line: readonly Message[]) =>
    digests.find(
      conversation,
      line.map(({ id }) => id),
    )

  const writeNow: DigestJobs['writeNow'] = async (conversation, line, inference, signal) => {
    const before = shown(conversation, line)
    const from = before === null ? 0 : line.findIndex(({ id }) => id === before.upto) + 1
    const { system, comfortTokens, reserveTokens, sampling } = profile(inference)
    const limit = Math.min(inference.info.contextTokens - reserveTokens, comfortTokens ?? Number.POSITIVE_INFINITY)
    const count = splitForDigest(
      line.slice(from),
      limit,
      (text) => inference.encode(text, { bos: false, markers: 'none' }).length,
    )
    const last = line[from + count - 1]
    if (count === 0 || last === undefined) return null
    const writing = { upto: last.id, text: '' }
    live.digesting.set(conversation, writing)
    let toldAt = 0
    try {
      const session = await cache.take(inference, conversation)
      const text = await writeDigest({
        inference,
        session,
        system,
        sampling: sampling(false, 0),
        before: before?.text ?? null,
        messages: line.slice(from, from + count),
        limit,
        signal,
        onText: (whole) => {
          writing.text = whole
          if (performance.now() - toldAt < tellEveryMs) return
          toldAt = performance.now()
          tell(conversation, { ...writing, by: 'model', writing: true })
        },
      })
      const digest = { upto: last.id, text, by: 'model' as const }
      digests.put(conversation, digest)
      live.digesting.delete(conversation)
      tell(conversation, { ...digest, writing: false })
      return { messages: from + count, text }
    } finally {
      live.digesting.delete(conversation)
    }
  }

  return {
    writeNow,
    of: (conversation, line) => {
      const digest = shown(conversation, line)
      return digest && { text: digest.text, messages: line.findIndex(({ id }) => id === digest.upto) + 1 }
    },
    write: (conversation) => {
      const line = live.branch(live.found(conversation).head)
      live.mustBeFree(conversation)
      models.expected()
      const last = line.at(-1)
      if (line.length < 4 || last === undefined) throw tooLittle()
      models.wake()
      const controller = new AbortController()
      live.digesting.set(conversation, { upto: last.id, text: '' })
      const restore = () => {
        live.digesting.delete(conversation)
        const stored = shown(conversation, line)
        return stored && { ...stored, writing: false }
      }
      const ended = queue
        .run(controller.signal, async () => {
          const done = await writeNow(conversation, line, models.current(), controller.signal)
          if (done === null) throw tooLittle()
        })
        .then(
          (result) => {
            if (result === null) tell(conversation, restore())
          },
          (error: unknown) => {
            const failure = toFailure(error)
            log('digest-failed', { failure: failure.code })
            tell(conversation, restore(), controller.signal.aborted ? null : failure)
          },
        )
        .finally(() => running.delete(conversation))
      running.set(conversation, { controller, ended })
      tell(conversation, { upto: last.id, text: '', by: 'model', writing: true })
    },
    edit: (conversation, upto, text) => {
      live.found(conversation)
      live.mustBeFree(conversation)
      const digest = { upto, text: text.toWellFormed(), by: 'person' as const }
      digests.put(conversation, digest)
      tell(conversation, { ...digest, writing: false })
      return { ...digest, writing: false }
    },
    remove: (conversation, upto) => {
      const { head } = live.found(conversation)
      live.mustBeFree(conversation)
      digests.remove(conversation, upto)
      const left = shown(conversation, live.branch(head))
      tell(conversation, left && { ...left, writing: false })
    },
    leave: (conversation) => running.get(conversation)?.controller.abort(),
    shutdown: async () => {
      const jobs = [...running.values()]
      for (const { controller } of jobs) controller.abort()
      await Promise.all(jobs.map(({ ended }) => ended))
    },
  }
}

const tooLittle = () =>
  new HearthError('bad-request', 'This chat is too short to be summarised.', 'Go on writing; there is room.')
