// engine/contract/thread.ts: what can be done with messages and whole conversations beside asking: continue, delete, pin,
// keep, summarise, take out and bring in.
import { z } from 'zod'
import { digest, overflow } from './context.ts'
import { conversation, conversationSummary } from './conversation.ts'
import { failure } from './failure.ts'
import { conversationId, messageId } from './ids.ts'

const none = z.object({})

/**
 * The tokens of a reply, one by one, for tinting. `sources[i]`: 0 computed on its own; guessed and right by 1 the drafter,
 * 2 the conversation, 3 earlier answers. `lengths[i]`: UTF-16 units of the shown text; 0 for a token of a thought.
 * A pass of the model ends with each 0.
 */
export const tokenMarks = z.object({ sources: z.array(z.number().int()), lengths: z.array(z.number().int()) })
export type TokenMarks = z.infer<typeof tokenMarks>

export const exportFormat = z.enum(['markdown', 'json'])
export type ExportFormat = z.infer<typeof exportFormat>

export const threadCommands = {
  /**
   * Writes on where a stopped, failed or interrupted reply ended; the same message grows. It must be the last of its
   * branch. Fails with `not-found`, `busy`, `bad-request`.
   */
  'turn.continue': { input: z.object({ reply: messageId }), output: none },

  /** Hides a message and all that follows it, on every branch below; gone for good a minute later. */
  'message.delete': { input: z.object({ id: messageId }), output: conversation },
  /** Takes `message.delete` of the same message back. Fails with `not-found` when it is gone. */
  'message.restore': { input: z.object({ id: messageId }), output: conversation },
  /** Null where the tokens of this reply were not recorded. */
  'message.marks': { input: z.object({ id: messageId }), output: z.object({ marks: tokenMarks.nullable() }) },

  'conversation.pin': { input: z.object({ id: conversationId, pinned: z.boolean() }), output: conversationSummary },
  /** Writes a temporary conversation into the database, whole. Fails with `busy` while a reply is written. */
  'conversation.keep': { input: z.object({ id: conversationId }), output: conversationSummary },
  /** What happens when this conversation is too long; null: as the settings say. */
  'conversation.overflow': {
    input: z.object({ id: conversationId, overflow: overflow.nullable() }),
    output: conversationSummary,
  },

  /**
   * Has the older messages of the active branch summarised. The text comes as `digest-changed`; the messages stay.
   * Fails with `bad-request` where there is too little to summarise, `busy`, `no-model`.
   */
  'digest.write': { input: z.object({ conversation: conversationId }), output: none },
  /** Replaces the words of a summary by the person's own. */
  'digest.edit': {
    input: z.object({ conversation: conversationId, upto: messageId, text: z.string().trim().min(1).max(100_000) }),
    output: digest,
  },
  'digest.remove': { input: z.object({ conversation: conversationId, upto: messageId }), output: none },

  /** One conversation with all its branches, or (null) all of them. Markdown has the active branch only. */
  'archive.export': {
    input: z.object({ conversation: conversationId.nullable(), format: exportFormat }),
    output: z.object({ name: z.string(), type: z.string(), text: z.string() }),
  },
  /** Reads a JSON export. What is here already is left alone. Fails with `bad-request` and then nothing was written. */
  'archive.import': {
    input: z.object({ text: z.string() }),
    output: z.object({ added: z.array(conversationSummary), known: z.number().int() }),
  },
} as const

export const threadEvents = [
  /** A summary is being written, was written, edited or (null) removed or failed. */
  z.object({
    type: z.literal('digest-changed'),
    conversation: conversationId,
    digest: digest.nullable(),
    failure: failure.nullable(),
  }),
  /** Messages were removed or came back: a window that shows this conversation reads it anew. */
  z.object({ type: z.literal('thread-changed'), conversation: conversationId }),
] as const
