// engine/contract/settings.ts: what the person chose. Every field has a default, so an old row never fails to parse.
import { z } from 'zod'
import { conversationId } from './ids.ts'

export const settings = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** True once the first-run screen was finished or skipped. */
  welcomed: z.boolean().default(false),
  /** The conversation to open at start: where the person left. */
  lastConversation: conversationId.nullable().default(null),
  /** Absolute path of the chosen model; null means the starter model that ships inside. */
  modelPath: z.string().nullable().default(null),
})
export type Settings = z.infer<typeof settings>
