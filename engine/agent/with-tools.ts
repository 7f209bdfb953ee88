// engine/agent/with-tools.ts: the agent loop. A session that may call tools looks like one that may not: it is asked for a
// reply and writes one; in between it calls, is told, and goes on in the same turn.
//
// Inside a turn nothing is rendered again: what tools answered is put behind what the model wrote, so the model's memory
// of the turn stays valid to the last token. While tools run (or wait for the person), the model is free for others.
import type {
  GenerateRequest,
  GenerateResult,
  Inference,
  InferenceSession,
  Piece,
  Progress,
} from '../inference/inference.ts'
import { createGuard } from '../prompt/guard.ts'
import { type ParsedCall, printResponse } from '../prompt/tool-syntax.ts'
import type { Belt, CallResult } from '../tools/belt.ts'
import { createCallReader } from './call-reader.ts'

export type WithToolsDeps = {
  readonly belt: Pick<Belt, 'call' | 'done'>
  readonly inference: Pick<Inference, 'encode' | 'markers' | 'info'>
  readonly session: InferenceSession
  /** UTF-16 units of the reply's text so far: where a call stands in it. */
  readonly textLength: () => number
  /** Does `work` without holding the model; resolves when the model is held again. */
  readonly outside: <T>(work: () => Promise<T>) => Promise<T>
  /** The session again, after others had the model. Throws when the model is another one now. */
  readonly reopen: () => Promise<InferenceSession>
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number
  readonly limits?: Partial<Limits>
}

export type Limits = {
  /** Times that the model is asked to go on. */
  readonly passes: number
  /** Time of the model over all passes; what tools and the person take is not counted. */
  readonly modelMs: number
}

export const usualLimits: Limits = { passes: 12, modelMs: 20 * 60_000 }

export function withTools(deps: WithToolsDeps): InferenceSession {
  const { belt, inference, textLength, outside, reopen, clock } = deps
  const limits = { ...usualLimits, ...deps.limits }
  let session = deps.session

  const answer = (calls: readonly ParsedCall[], signal: AbortSignal): Promise<CallResult[]> =>
    outside(async () => {
      const results: CallResult[] = []
      // One after the other: a later one may rest on what an earlier one did, and the person is asked one thing at a time.
      for (const call of calls) {
        if (signal.aborted) break
        const at = textLength()
        results.push(
          await belt.call(
            call.ok
              ? { name: call.name, arguments: call.arguments, problem: null, at }
              : { name: call.name, arguments: null, problem: call.problem, at },
            signal,
          ),
        )
      }
      return results
    })
  const encodeResults = (results: readonly CallResult[]): number[] => {
    const guard = createGuard(textsIn(results), inference.markers)
    const text = results.map(({ name, told }) => printResponse(name, told, guard.protect)).join('')
    return inference.encode(text, { bos: false, markers: 'all', guard: guard.character })
  }

  const generate = async (
    request: GenerateRequest,
    onPiece: (piece: Piece) => void,
    signal: AbortSignal,
    onProgress?: Progress,
  ): Promise<GenerateResult> => {
    const results: GenerateResult[] = []
    const tokens = [...request.tokens]
    let left = request.maxTokens
    let modelMs = 0
    let last = false
    for (let pass = 1; ; pass++) {
      const reader = createCallReader(inference)
      const startedAt = clock()
      const result = await session.generate(
        { ...request, tokens: [...tokens], maxTokens: left },
        (piece) => {
          tokens.push(...piece.tokens)
          for (const part of reader.read(piece)) onPiece(part)
        },
        signal,
        pass === 1 ? onProgress : undefined,
      )
      results.push(result)
      modelMs += clock() - startedAt
      left -= result.newTokens
      if (signal.aborted || result.stop !== 'end') break
      reader.end()
      const calls = reader.calls()
      if (calls.length === 0 || last || pass >= limits.passes || modelMs > limits.modelMs || left < 1) break
      const told = await answer(calls, signal)
      if (signal.aborted) {
        results.push({ ...nothing, stop: 'cancelled' })
        break
      }
      session = await reopen()
      const given = encodeResults(told)
      if (tokens.length + given.length + 1 >= inference.info.contextTokens) {
        results.push({ ...nothing, stop: 'context' })
        break
      }
      tokens.push(...given)
      onPiece({ tokens: given, text: '', given: true })
      last = belt.done() // it may still answer, and is not asked for more calls
    }
    return sum(results)
  }
  return {
    generate,
    close: () => session.close(),
    ...(session.snapshot === undefined ? {} : { snapshot: session.snapshot }),
  }
}

const nothing: GenerateResult = {
  stop: 'end',
  promptTokens: 0,
  reusedTokens: 0,
  newTokens: 0,
  prefillMs: 0,
  decodeMs: 0,
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap((inner: unknown) => textsIn(inner))
  if (value !== null && typeof value === 'object')
    return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)])
  return []
}

/** The prompt is that of the first pass. */
function sum(results: readonly GenerateResult[]): GenerateResult {
  const first = results[0] ?? nothing
  const total = (of: (result: GenerateResult) => number) => results.reduce((all, result) => all + of(result), 0)
  const speculations = results.flatMap(({ speculation }) => (speculation === undefined ? [] : [speculation]))
  const sums = {
    stop: results.at(-1)?.stop ?? first.stop,
    promptTokens: first.promptTokens,
    reusedTokens: first.reusedTokens,
    newTokens: total(({ newTokens }) => newTokens),
    prefillMs: total(({ prefillMs }) => prefillMs),
    decodeMs: total(({ decodeMs }) => decodeMs),
  }
  if (speculations.length === 0) return sums
  const speculation = speculations.reduce((a, b) => ({
    passes: a.passes + b.passes,
    drafted: bySource(a.drafted, b.drafted),
    accepted: bySource(a.accepted, b.accepted),
  }))
  return { ...sums, speculation }
}

type BySource = NonNullable<GenerateResult['speculation']>['drafted']
const bySource = (a: BySource, b: BySource): BySource => ({
  model: a.model + b.model,
  lookup: a.lookup + b.lookup,
  history: a.history + b.history,
})
