// engine/contract/trace.ts: how a reply came about: one trace a turn, one span a step. Every turn of a stored
// conversation has one, however it ended; a temporary chat has none.
import { z } from 'zod'
import { messageStatus, turnStats } from './conversation.ts'
import { conversationId, messageId } from './ids.ts'
import { memoryId, usedMemory } from './memory.ts'

export const traceId = z.uuidv7().brand<'TraceId'>()
export type TraceId = z.infer<typeof traceId>
export const spanId = z.uuidv7().brand<'SpanId'>()
export type SpanId = z.infer<typeof spanId>

export const sampling = z.object({
  temperature: z.number(),
  topK: z.number(),
  topP: z.number(),
  minP: z.number(),
  repetitionPenalty: z.number(),
  seed: z.number(),
})

const timed = {
  id: spanId,
  /** The span that called it; null: the turn itself. */
  parent: spanId.nullable(),
  /** Unix milliseconds. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** A sentence where it failed. */
  problem: z.string().nullable(),
}

/** A step of a turn. */
export const span = z.discriminatedUnion('step', [
  /** Looked in memory. */
  z.object({
    ...timed,
    step: z.literal('retrieve'),
    detail: z.object({
      /** Memories looked at, and those that went into the prompt, in its order. */
      considered: z.number().int(),
      used: z.array(memoryId),
      /** Whether vectors took part. */
      meaning: z.boolean(),
    }),
  }),
  /** The model read the prompt and wrote. */
  z.object({
    ...timed,
    step: z.literal('generate'),
    detail: z.object({
      promptTokens: z.number().int(),
      reusedTokens: z.number().int(),
      newTokens: z.number().int(),
      prefillMs: z.number(),
      decodeMs: z.number(),
      stop: z.enum(['end', 'length', 'context', 'cancelled', 'failed']),
      passes: z.number().int().nullable(),
    }),
  }),
  /** A tool ran. */
  z.object({
    ...timed,
    step: z.literal('tool'),
    detail: z.object({ name: z.string(), call: z.string(), ok: z.boolean() }),
  }),
  /** The reply was written to the database. */
  z.object({
    ...timed,
    step: z.literal('respond'),
    detail: z.object({ status: messageStatus, characters: z.number().int() }),
  }),
])
export type Span = z.infer<typeof span>
export type SpanStep = Span['step']

/** What it takes to make the same reply again. */
export const recipe = z.object({
  /** `general.name` of the model and the hash of its file's head and size: another file is another model. */
  model: z.string(),
  modelHash: z.string(),
  /** SHA-256 of the chat template's text, in hexadecimal; null where the file has none. */
  templateHash: z.string().nullable(),
  /** SHA-256 of the prompt's token ids. */
  promptHash: z.string(),
  sampling,
  maxTokens: z.number().int(),
  /** Version of Hearth. */
  build: z.string(),
})
export type Recipe = z.infer<typeof recipe>

export const trace = z.object({
  id: traceId,
  conversation: conversationId,
  question: messageId,
  reply: messageId,
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  status: messageStatus,
  /** Null when the turn ended before the model was asked. */
  recipe: recipe.nullable(),
  /** Class of the question, and what was chosen for it; see learning.ts. */
  questionClass: z.string().nullable(),
  choices: z.record(z.string(), z.string()),
  memories: z.array(usedMemory),
  stats: turnStats.nullable(),
  spans: z.array(span),
  /** Whether the prompt is recorded; not after something in it was forgotten. */
  replayable: z.boolean(),
})
export type Trace = z.infer<typeof trace>

export const traceSummary = z.object({
  id: traceId,
  conversation: conversationId,
  title: z.string(),
  reply: messageId,
  startedAt: z.number(),
  tookMs: z.number().nullable(),
  status: messageStatus,
  model: z.string().nullable(),
  spans: z.number().int(),
})
export type TraceSummary = z.infer<typeof traceSummary>

/** What came of making a reply again. */
export const replayResult = z.discriminatedUnion('verdict', [
  z.object({ verdict: z.literal('identical'), tokens: z.number().int() }),
  z.object({
    verdict: z.literal('different'),
    /** Index of the first token that differs, counted from 0, and both texts from there on, a few tokens long. */
    at: z.number().int(),
    recorded: z.string(),
    now: z.string(),
    /** What else is different, as sentences: another model file, another build. */
    because: z.array(z.string()),
  }),
  z.object({ verdict: z.literal('impossible'), reason: z.string() }),
])
export type ReplayResult = z.infer<typeof replayResult>

export const traceCommands = {
  /** The trace of a reply. Fails with `not-found`: there is none for a reply written before traces were. */
  'trace.open': { input: z.object({ reply: messageId }), output: trace },
  /** Newest first. `before`: only older ones, for the next page. */
  'trace.list': {
    input: z.object({
      conversation: conversationId.nullable().default(null),
      before: traceId.nullable().default(null),
      limit: z.number().int().min(1).max(500).default(50),
    }),
    output: z.object({ traces: z.array(traceSummary) }),
  },
  /** Makes the reply again, without storing it. Answers at once; the end is `replay-done`. */
  'trace.replay': { input: z.object({ reply: messageId }), output: z.object({}) },
} as const

export const traceEvents = [
  z.object({ type: z.literal('replay-done'), reply: messageId, result: replayResult }),
] as const
export type TraceEvent = z.infer<(typeof traceEvents)[number]>
