// engine/contract/conversation.ts: conversations and messages as they cross the port.
import { z } from 'zod'
import { attachment } from './attachment.ts'
import { digest, overflow, promptContext } from './context.ts'
import { failure } from './failure.ts'
import { conversationId, messageId } from './ids.ts'

/**
 * `streaming`: being written now. `done`: finished by itself (or a person's message).
 * `stopped`: the person stopped it; the text is kept. `failed`: see `failure`; any text is kept.
 * `interrupted`: a process ended while it was written; the flushed text is kept.
 */
export const messageStatus = z.enum(['streaming', 'done', 'stopped', 'failed', 'interrupted'])
export type MessageStatus = z.infer<typeof messageStatus>

/** `constraint`: what the form that a reply is held to leaves no choice about; absent in older messages. */
const bySource = z.object({
  model: z.number().int(),
  lookup: z.number().int(),
  history: z.number().int(),
  constraint: z.number().int().optional(),
})

/** Bytes, when the reply ended. */
export const memoryUse = z.object({
  /** What the model remembers of this conversation. */
  keysValuesBytes: z.number(),
  /** Of the engine's process: model, all conversations that are held, and the engine itself; now, and at most so far. */
  residentBytes: z.number(),
  peakBytes: z.number(),
})
export type MemoryUse = z.infer<typeof memoryUse>

/** What a reply cost. Times in milliseconds, speeds in tokens per second. Absent means: not measured. */
export const turnStats = z.object({
  promptTokens: z.number().int(),
  /** Prompt tokens whose keys and values were reused from the last turn. */
  reusedTokens: z.number().int(),
  newTokens: z.number().int(),
  firstTokenMs: z.number(),
  totalMs: z.number(),
  tokensPerSecond: z.number(),
  prefillMs: z.number().optional(),
  /** Passes of the model after the prompt; fewer than new tokens where guesses were right. */
  passes: z.number().int().optional(),
  /** Tokens guessed ahead and verified, and those that were right: by drafter, this conversation, earlier answers. */
  drafted: bySource.optional(),
  accepted: bySource.optional(),
  memory: memoryUse.optional(),
  /** Of the new tokens, those of thoughts; and how long the model thought before its first word. */
  thoughtTokens: z.number().int().optional(),
  thoughtMs: z.number().optional(),
})
export type TurnStats = z.infer<typeof turnStats>

export const message = z.object({
  id: messageId,
  conversation: conversationId,
  /** The message before this one on its branch; null for the first. Siblings share a parent. */
  parent: messageId.nullable(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  /** What the model thought before it answered; empty where it did not. */
  thought: z.string(),
  status: messageStatus,
  /** Unix milliseconds. */
  createdAt: z.number(),
  /** Name of the model that wrote it; null for the person's messages. */
  model: z.string().nullable(),
  stats: turnStats.nullable(),
  failure: failure.nullable(),
  /** Files that the person put into this message. */
  attachments: z.array(attachment),
  /** What the model was given to read for this reply; null for the person's messages, and where it is not known. */
  context: promptContext.nullable(),
  /** All messages with the same parent and role, oldest first, this one among them: the `‹1 of 2›` switch. */
  siblings: z.array(messageId),
})
export type Message = z.infer<typeof message>

export const conversationSummary = z.object({
  id: conversationId,
  title: z.string(),
  createdAt: z.number(),
  /** When its newest message was written; the list is ordered by it. */
  updatedAt: z.number(),
  messageCount: z.number().int(),
  /** The reply being written now, if any. */
  streaming: messageId.nullable(),
  pinned: z.boolean(),
  /** Held in memory only, and gone with the engine unless it is kept. */
  temporary: z.boolean(),
  /** What the person chose for the case that it grows too long; null: as the settings say. */
  overflow: overflow.nullable(),
})
export type ConversationSummary = z.infer<typeof conversationSummary>

/** A conversation with the messages of its active branch, oldest first, and the summary that stands for some of them. */
export const conversation = z.object({
  summary: conversationSummary,
  messages: z.array(message),
  digest: digest.nullable(),
})
export type Conversation = z.infer<typeof conversation>

export const searchHit = z.object({
  conversation: conversationId,
  title: z.string(),
  message: messageId,
  role: z.enum(['user', 'assistant']),
  createdAt: z.number(),
  /** The file that holds the words, where it is not the message itself. */
  file: z.string().nullable(),
  /** A piece of the message around the hit. */
  excerpt: z.string(),
  /** Hits inside `excerpt`: [start, end) in UTF-16 units. */
  marks: z.array(z.tuple([z.number().int(), z.number().int()])),
})
export type SearchHit = z.infer<typeof searchHit>
