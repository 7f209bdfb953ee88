// engine/sessions/run-turn.ts: one turn, from two messages in the database to the end of the reply. The order of a turn
// is here and nowhere else: wait for the model, build the prompt, stream, flush, write the end.
import type { TurnStats } from '../contract/conversation.ts'
import { type Failure, toFailure } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { GenerateResult, Inference } from '../inference/inference.ts'
import type { ModelProfile } from '../models/profile.ts'
import type { Queue } from '../models/queue.ts'
import { buildPrompt, type PromptRequest } from '../prompt/build-prompt.ts'
import type { Messages, ReplyEnd } from '../storage/messages.ts'
import type { ReplyWriter } from './reply-writer.ts'
import type { SessionCache } from './session-cache.ts'
import { createSpokenText } from './spoken-text.ts'

export type Turn = {
  readonly conversation: ConversationId
  readonly reply: MessageId
  /** The question, and what came before it on its branch. */
  readonly history: PromptRequest['history']
  /** The question has been answered before, and another answer is wanted. */
  readonly again: boolean
}

export type TurnDeps = {
  readonly messages: Pick<Messages, 'end'>
  readonly queue: Queue
  /** The loaded model; throws `HearthError` `no-model`. Asked when the turn's time has come. */
  readonly model: () => Inference
  readonly profile: (inference: Inference) => ModelProfile
  readonly cache: SessionCache
  readonly writer: ReplyWriter
  readonly onText: (text: string) => void
  /** Tokens of the prompt that the model has read, and all. */
  readonly onProgress: (done: number, total: number) => void
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number
  readonly seed: () => number
}

/** `aborted` with reason `shutdown`: the process ends, and nobody chose to stop the reply. */
export const shutdownReason = 'shutdown'

export type TurnEnd = {
  readonly end: ReplyEnd
  /** False when even the end could not be written: the caller keeps it and tries again. */
  readonly written: boolean
}

/** Never throws, and always ends with one `ReplyEnd`. What was said is kept, however it ends. */
export async function runTurn(turn: Turn, deps: TurnDeps, signal: AbortSignal): Promise<TurnEnd> {
  const { writer } = deps
  let model: string | null = null
  let stats = nothing
  let failure: Failure | null = null
  try {
    await deps.queue.run(signal, async () => {
      const inference = deps.model()
      model = inference.info.name
      stats = await generate(turn, inference, deps, signal)
    })
  } catch (error) {
    failure = toFailure(error)
  }
  writer.close()
  if (writer.problem() !== null) failure = toFailure(writer.problem())
  return writeEnd(turn.reply, endOf(writer.text(), model, stats, failure, signal), deps.messages)
}

async function generate(turn: Turn, inference: Inference, deps: TurnDeps, signal: AbortSignal): Promise<TurnStats> {
  const { clock, writer, cache } = deps
  const startedAt = clock()
  const { system, sampling, maxNewTokens, reserveTokens, comfortTokens } = deps.profile(inference)
  const { tokens } = buildPrompt({ history: turn.history, system, reserveTokens, comfortTokens }, inference)
  const maxTokens = Math.max(1, Math.min(maxNewTokens, inference.info.contextTokens - tokens.length))
  let firstTokenMs: number | null = null
  const spoken = createSpokenText(inference)
  try {
    const session = await cache.take(inference, turn.conversation)
    const result = await session.generate(
      { tokens, maxTokens, sampling: sampling(turn.again, deps.seed()) },
      (piece) => {
        firstTokenMs ??= clock() - startedAt
        const text = spoken(piece)
        if (text === '') return
        writer.append(text)
        deps.onText(text)
      },
      signal,
      deps.onProgress,
    )
    return toStats(result, firstTokenMs, clock() - startedAt)
  } catch (error) {
    cache.drop(turn.conversation) // what it holds is no longer known
    throw error
  }
}

const nothing: TurnStats = {
  promptTokens: 0,
  reusedTokens: 0,
  newTokens: 0,
  firstTokenMs: 0,
  totalMs: 0,
  tokensPerSecond: 0,
}

function toStats(result: GenerateResult, firstTokenMs: number | null, totalMs: number): TurnStats {
  const { promptTokens, reusedTokens, newTokens, prefillMs, decodeMs, speculation, memory } = result
  return {
    promptTokens,
    reusedTokens,
    newTokens,
    firstTokenMs: firstTokenMs ?? totalMs,
    totalMs,
    tokensPerSecond: decodeMs > 0 ? (newTokens * 1000) / decodeMs : 0,
    prefillMs,
    ...speculation,
    ...(memory === undefined ? {} : { memory }),
  }
}

function endOf(text: string, model: string | null, stats: TurnStats, failure: Failure | null, signal: AbortSignal) {
  const common = { text, model }
  if (failure !== null) return { ...common, status: 'failed', stats: null, failure } as const
  if (!signal.aborted) return { ...common, status: 'done', stats, failure } as const
  return { ...common, status: signal.reason === shutdownReason ? 'interrupted' : 'stopped', stats, failure } as const
}

function writeEnd(reply: MessageId, end: ReplyEnd, messages: TurnDeps['messages']): TurnEnd {
  try {
    messages.end(reply, end)
    return { end, written: true }
  } catch (error) {
    const failure = end.failure ?? toFailure(error)
    return { end: { ...end, status: 'failed', stats: null, failure }, written: false }
  }
}
