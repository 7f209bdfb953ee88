// engine/traces/turn-trace.ts: writes the trace of one turn as it goes. Each step is a span of its own id, begun and ended in
// the database, so that steps that run at the same time do not mix and a process that dies leaves what was known.
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import { uuidv7 } from '../contract/ids.ts'
import type { Recipe, Span, SpanId, SpanStep, TraceId } from '../contract/trace.ts'
import type { Inference } from '../inference/inference.ts'
import type { Traces } from '../storage/traces.ts'

export type SpanDetail<S extends SpanStep> = Extract<Span, { step: S }>['detail']

export type OpenSpan<S extends SpanStep> = {
  readonly id: SpanId
  /** `problem`: a sentence where the step failed. Once. */
  end(detail: Partial<SpanDetail<S>>, problem?: string | null): void
}

export type TurnTrace = {
  readonly id: TraceId
  choose(questionClass: string, choices: Readonly<Record<string, string>>): void
  /** Begins a step; `detail` is what is known of it already. */
  span<S extends SpanStep>(step: S, detail: SpanDetail<S>, parent?: SpanId | null): OpenSpan<S>
  ask(recipe: Recipe, prompt: readonly number[]): void
  /** Tokens that the model wrote; call it as often as they come. */
  wrote(tokens: readonly number[]): void
  end(): void
}

export type TraceTurn = {
  readonly conversation: ConversationId
  readonly question: MessageId
  readonly reply: MessageId
}

/** `now`: unix milliseconds. */
export function beginTrace(traces: Traces, turn: TraceTurn, now: () => number): TurnTrace {
  const id = traces.begin({ ...turn, id: uuidv7(now()) as TraceId, startedAt: now() })
  const output: number[] = []
  return {
    id,
    choose: (questionClass, choices) => traces.choose(id, questionClass, choices),
    span: (step, detail, parent = null) => {
      const spanId = uuidv7(now()) as SpanId
      traces.startSpan(id, { id: spanId, parent, step, startedAt: now(), endedAt: null, problem: null, detail } as Span)
      return {
        id: spanId,
        end: (more, problem = null) => {
          traces.endSpan(spanId, now(), problem, { ...detail, ...more })
        },
      }
    },
    ask: (recipe, prompt) => traces.ask(id, recipe, prompt),
    wrote: (tokens) => void output.push(...tokens),
    end: () => {
      traces.answer(id, output)
      traces.end(id, now())
    },
  }
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

export const promptHashOf = (tokens: readonly number[]): string =>
  createHash('sha256')
    .update(new Uint8Array(Int32Array.from(tokens).buffer))
    .digest('hex')

const headBytes = 1 << 20
const tailBytes = 1 << 16
const known = new WeakMap<object, string>()

/**
 * What tells two model files apart without reading gigabytes: size, head (all metadata and the first tensors) and tail.
 * Where there is no file (a scripted model), its facts. Read once a loaded model.
 */
export function modelHashOf(inference: Pick<Inference, 'info'>): string {
  const before = known.get(inference)
  if (before !== undefined) return before
  const hash = hashOfFile(inference.info.path) ?? hashOf(JSON.stringify({ ...inference.info, path: '' }))
  known.set(inference, hash)
  return hash
}

function hashOfFile(path: string): string | null {
  try {
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      const head = Buffer.alloc(Math.min(size, headBytes))
      const tail = Buffer.alloc(Math.min(size, tailBytes))
      readSync(file, head, 0, head.length, 0)
      readSync(file, tail, 0, tail.length, size - tail.length)
      return createHash('sha256').update(`${size} `).update(head).update(tail).digest('hex')
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
}
