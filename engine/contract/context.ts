// engine/contract/context.ts: what the model was given to read for a reply, and what is done when it does not all fit.
import { z } from 'zod'
import { attachmentId } from './attachment.ts'
import { messageId } from './ids.ts'

/**
 * Where tokens of a prompt come from. `files`: attached. `digest`: the summary that stands for older messages. `memory`:
 * what is known about the person. `format`: the marks between turns.
 */
export const contextOrigin = z.enum(['system', 'memory', 'digest', 'tools', 'files', 'messages', 'question', 'format'])
export type ContextOrigin = z.infer<typeof contextOrigin>

/** How much of an attached file the model was given. */
export const fileUse = z.object({
  attachment: attachmentId,
  name: z.string(),
  /** `whole`: all of it. `parts`: the passages that fit the question best. */
  mode: z.enum(['whole', 'parts']),
  parts: z.number().int(),
  of: z.number().int(),
})
export type FileUse = z.infer<typeof fileUse>

export const promptContext = z.object({
  /** Tokens of the whole prompt, and the most it may have beside a reply. */
  tokens: z.number().int(),
  limit: z.number().int(),
  origins: z.array(z.object({ origin: contextOrigin, tokens: z.number().int() })),
  /** Oldest messages of the branch that were left out because there was no room. */
  dropped: z.number().int(),
  /** Oldest messages that a summary stood for. */
  digested: z.number().int(),
  files: z.array(fileUse),
})
export type PromptContext = z.infer<typeof promptContext>

/**
 * When a chat is longer than the model can read. `ask`: the reply is refused until the person chooses. `roll`: the oldest
 * messages are left out. `digest`: they become a summary. `stop`: the chat ends here.
 */
export const overflow = z.enum(['ask', 'roll', 'digest', 'stop'])
export type Overflow = z.infer<typeof overflow>

/** A summary that stands for the messages down to `upto` on every branch that holds it. The messages stay. */
export const digest = z.object({
  upto: messageId,
  text: z.string(),
  /** Who wrote it as it stands. */
  by: z.enum(['model', 'person']),
  writing: z.boolean(),
})
export type Digest = z.infer<typeof digest>
