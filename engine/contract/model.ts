// engine/contract/model.ts: the model as the screen sees it.
import { z } from 'zod'
import { failure } from './failure.ts'

export const modelInfo = z.object({
  /** `general.name`, or the file's name. */
  name: z.string(),
  path: z.string(),
  fileBytes: z.number(),
  architecture: z.string(),
  parameterCount: z.number(),
  layers: z.number().int(),
  vocabularySize: z.number().int(),
  /** The context the model was trained for, in tokens. */
  trainedContextTokens: z.number().int(),
  /** The context this engine runs it with, in tokens. */
  contextTokens: z.number().int(),
  /** True for Kindling, the small model that ships inside: the screen then says what it can and cannot do. */
  starter: z.boolean(),
  /**
   * True where the file says nothing about turns, for it was trained on text and not on conversations: it is talked to
   * as a written dialogue, and the screen says so.
   */
  plainText: z.boolean().optional(),
  /** True where it can think before it answers. */
  thinks: z.boolean().optional(),
})
export type ModelInfo = z.infer<typeof modelInfo>

export const modelStatus = z.discriminatedUnion('state', [
  /** No model file is known. */
  z.object({ state: z.literal('none') }),
  /** `waking`: it was resting, and a message waits for it. */
  z.object({ state: z.literal('loading'), name: z.string(), waking: z.boolean().optional() }),
  z.object({ state: z.literal('ready'), info: modelInfo, memoryBytes: z.number() }),
  /** Not used for a while, and out of memory. The next message wakes it. */
  z.object({ state: z.literal('resting'), info: modelInfo }),
  /** The file is gone (`failure.code` is `model-missing`) or cannot be run (`model-invalid`). `fallback`: a model that could be used instead. */
  z.object({ state: z.literal('failed'), name: z.string(), failure, fallback: z.string().nullable() }),
])
export type ModelStatus = z.infer<typeof modelStatus>
