// engine/contract/events.ts: what the engine tells every window. The screen is a fold over these.
import { z } from 'zod'
import { promptContext } from './context.ts'
import { conversationSummary, message, turnStats } from './conversation.ts'
import { egressEvents } from './egress.ts'
import { failure } from './failure.ts'
import { gpuEvents } from './gpu.ts'
import { conversationId, messageId } from './ids.ts'
import { learningEvents } from './learning.ts'
import { memoryEvents } from './memory.ts'
import { modelStatus } from './model.ts'
import { threadEvents } from './thread.ts'
import { toolsEvents } from './tools.ts'
import { traceEvents } from './trace.ts'

const turn = { conversation: conversationId, reply: messageId }

/** Per reply: one `turn-start`, any number of `turn-progress`, of `turn-delta`, then exactly one `turn-done` or `turn-failed`. */
export const turnEvent = z.discriminatedUnion('type', [
  /** Both messages of the turn are in the database. `question` is null when a reply is written anew. */
  z.object({ type: z.literal('turn-start'), ...turn, question: message.nullable(), message }),
  /** While a long prompt is read, before the first word: tokens of it that the model has, and all. */
  z.object({ type: z.literal('turn-progress'), ...turn, done: z.number().int(), total: z.number().int() }),
  /** What the model is given to read, as soon as that is known. */
  z.object({ type: z.literal('turn-context'), ...turn, context: promptContext }),
  /** A piece of what the model thinks before it answers. */
  z.object({ type: z.literal('turn-thought'), ...turn, text: z.string() }),
  z.object({ type: z.literal('turn-delta'), ...turn, text: z.string() }),
  z.object({ type: z.literal('turn-done'), ...turn, stopped: z.boolean(), stats: turnStats }),
  z.object({ type: z.literal('turn-failed'), ...turn, failure }),
])
export type TurnEvent = z.infer<typeof turnEvent>

export const appEvent = z.discriminatedUnion('type', [
  ...turnEvent.options,
  ...threadEvents,
  /** Created, renamed, restored, or its order in the list changed. */
  z.object({ type: z.literal('conversation-changed'), summary: conversationSummary }),
  z.object({ type: z.literal('conversation-removed'), conversation: conversationId }),
  z.object({ type: z.literal('model-changed'), status: modelStatus }),
  ...memoryEvents,
  ...learningEvents,
  ...traceEvents,
  ...toolsEvents,
  ...egressEvents,
  ...gpuEvents,
])
export type AppEvent = z.infer<typeof appEvent>
