// engine/sessions/write-reply.ts: the model writes a reply over a prompt, within what it may think, and what that cost.
import type { TurnStats } from '../contract/conversation.ts'
import type { GenerateResult, InferenceSession, Piece, Progress, Sampling } from '../inference/inference.ts'
import type { ReplyPiece, ReplyStream } from './reply-stream.ts'

/**
 * Tokens that a thought may have, by how long the person lets the model think. The model itself knows thinking on and
 * off only; a thought that reaches its end is closed for it, and it answers with what it has.
 */
export const thoughtBudget = { off: 0, short: 256, medium: 1024, long: Number.POSITIVE_INFINITY } as const

export type WriteReply = {
  readonly session: InferenceSession
  readonly stream: ReplyStream
  readonly tokens: readonly number[]
  readonly maxTokens: number
  readonly sampling: Sampling
  readonly thoughtTokens: number
  readonly onPiece: (piece: ReplyPiece) => void
  /** All tokens of the reply, and how each call of the model ended: for the trace. */
  readonly onTokens: (tokens: readonly number[]) => void
  readonly onResult: (result: GenerateResult) => void
  readonly onProgress: Progress
  /** Milliseconds of a clock that only goes forward, and when the turn began. */
  readonly clock: () => number
  readonly startedAt: number
  readonly signal: AbortSignal
}

/** Rejects as `InferenceSession.generate` does. */
export async function writeReply(request: WriteReply): Promise<TurnStats> {
  const { session, stream, sampling, clock, startedAt, signal, onProgress } = request
  const results: GenerateResult[] = []
  const written: number[] = []
  let firstTokenMs: number | null = null
  let firstWordMs: number | null = null
  const take = (piece: Piece) => {
    firstTokenMs ??= clock() - startedAt
    written.push(...piece.tokens)
    request.onTokens(piece.tokens)
    const shown = stream.read(piece)
    if (shown.text !== '') firstWordMs ??= clock() - startedAt
    request.onPiece(shown)
  }
  for (;;) {
    const enough = new AbortController()
    const result = await session.generate(
      { tokens: [...request.tokens, ...written], maxTokens: Math.max(1, request.maxTokens - written.length), sampling },
      (piece) => {
        take(piece)
        if (stream.thinking() && stream.thoughtTokens() >= request.thoughtTokens) enough.abort()
      },
      AbortSignal.any([signal, enough.signal]),
      onProgress,
    )
    results.push(result)
    request.onResult(result)
    if (!enough.signal.aborted || signal.aborted || !stream.thinking() || stream.closing === null) break
    take({ tokens: [stream.closing], text: '<channel|>' })
  }
  const totalMs = clock() - startedAt
  const thoughtTokens = stream.thoughtTokens()
  return {
    ...sumResults(results),
    firstTokenMs: firstTokenMs ?? totalMs,
    totalMs,
    ...(thoughtTokens === 0
      ? {}
      : { thoughtTokens, thoughtMs: Math.max(0, (firstWordMs ?? totalMs) - (firstTokenMs ?? totalMs)) }),
  }
}

export const noStats: TurnStats = {
  promptTokens: 0,
  reusedTokens: 0,
  newTokens: 0,
  firstTokenMs: 0,
  totalMs: 0,
  tokensPerSecond: 0,
}

/** The prompt is that of the first call: the later ones read what the model wrote itself. */
function sumResults(results: readonly GenerateResult[]): Omit<TurnStats, 'firstTokenMs' | 'totalMs'> {
  const [first] = results
  const newTokens = sum(results.map((result) => result.newTokens))
  const decodeMs = sum(results.map((result) => result.decodeMs))
  const speculations = results.flatMap(({ speculation }) => (speculation === undefined ? [] : [speculation]))
  const memory = results.at(-1)?.memory
  return {
    promptTokens: first?.promptTokens ?? 0,
    reusedTokens: first?.reusedTokens ?? 0,
    newTokens,
    tokensPerSecond: decodeMs > 0 ? (newTokens * 1000) / decodeMs : 0,
    prefillMs: sum(results.map((result) => result.prefillMs)),
    ...(memory === undefined ? {} : { memory }),
    ...(speculations.length === 0
      ? {}
      : speculations.reduce((left, right) => ({
          passes: left.passes + right.passes,
          drafted: bySource(left.drafted, right.drafted),
          accepted: bySource(left.accepted, right.accepted),
        }))),
  }
}

type BySource = NonNullable<TurnStats['drafted']>
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const bySource = (left: BySource, right: BySource): BySource => ({
  model: left.model + right.model,
  lookup: left.lookup + right.lookup,
  history: left.history + right.history,
  constraint: (left.constraint ?? 0) + (right.constraint ?? 0),
})

/** A reply that was written in two goes. Its first token came in the first; the prompt is that of the second. */
export function addStats(before: TurnStats, now: TurnStats): TurnStats {
  const writingMs = (stats: TurnStats) =>
    stats.tokensPerSecond > 0 ? (stats.newTokens * 1000) / stats.tokensPerSecond : 0
  const newTokens = before.newTokens + now.newTokens
  const decodeMs = writingMs(before) + writingMs(now)
  const both = <T>(left: T | undefined, right: T | undefined, add: (left: T, right: T) => T): T | undefined =>
    left === undefined ? right : right === undefined ? left : add(left, right)
  const add = (left: number, right: number) => left + right
  const added = {
    prefillMs: both(before.prefillMs, now.prefillMs, add),
    passes: both(before.passes, now.passes, add),
    drafted: both(before.drafted, now.drafted, bySource),
    accepted: both(before.accepted, now.accepted, bySource),
    thoughtTokens: both(before.thoughtTokens, now.thoughtTokens, add),
    thoughtMs: both(before.thoughtMs, now.thoughtMs, add),
  }
  return {
    ...now,
    newTokens,
    firstTokenMs: before.firstTokenMs,
    totalMs: before.totalMs + now.totalMs,
    tokensPerSecond: decodeMs > 0 ? (newTokens * 1000) / decodeMs : 0,
    ...Object.fromEntries(Object.entries(added).filter(([, value]) => value !== undefined)),
  }
}
