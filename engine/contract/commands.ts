// engine/contract/commands.ts: what a window may ask of the engine. Each is one question with one answer;
// everything that takes time arrives as events. Inputs are parsed by the host, so they may be trusted inside.
import { z } from 'zod'
import { newAttachment } from './attachment.ts'
import { conversation, conversationSummary, searchHit } from './conversation.ts'
import { egressCommands } from './egress.ts'
import { gpuCommands } from './gpu.ts'
import { conversationId, messageId } from './ids.ts'
import { learningCommands } from './learning.ts'
import { memoryCommands, memoryId } from './memory.ts'
import { modelStatus } from './model.ts'
import { settings, settingsPatch } from './settings.ts'
import { threadCommands } from './thread.ts'
import { toolsCommands } from './tools.ts'
import { traceCommands } from './trace.ts'

const none = z.object({})

export const commands = {
  ...threadCommands,
  /** Everything a window needs to draw its first screen. Conversations newest first. */
  'app.snapshot': {
    input: none,
    output: z.object({
      version: z.string(),
      settings,
      model: modelStatus,
      conversations: z.array(conversationSummary),
    }),
  },
  'settings.update': { input: settingsPatch, output: settings },

  /** The active branch, with the text so far of a reply in flight. Fails with `not-found`. */
  'conversation.open': { input: z.object({ id: conversationId }), output: conversation },
  'conversation.rename': {
    input: z.object({ id: conversationId, title: z.string().trim().min(1).max(200) }),
    output: conversationSummary,
  },
  /** Hidden at once; gone for good a minute later or at the next start, unless `conversation.restore` comes first. */
  'conversation.delete': { input: z.object({ id: conversationId }), output: none },
  'conversation.restore': { input: z.object({ id: conversationId }), output: conversationSummary },
  /** Makes the branch that holds `message` (down to its newest leaf) the active one. */
  'conversation.select': { input: z.object({ message: messageId }), output: conversation },

  /** Full-text search over titles, messages and attached files. Words are prefixes; all must occur. */
  'search.messages': {
    input: z.object({
      query: z.string().max(500),
      limit: z.number().int().min(1).max(100).default(20),
      /** Only what this side said, only from then on (unix milliseconds), only in this conversation. */
      role: z.enum(['user', 'assistant']).optional(),
      since: z.number().optional(),
      conversation: conversationId.optional(),
    }),
    output: z.object({ hits: z.array(searchHit) }),
  },

  /**
   * Says `text` and has it answered. The window makes the ids, so sending the same start twice is one turn.
   * An unknown `conversation` is created; with `temporary` it is held in memory only. With `instead` the message takes
   * the place of one that was said before, as a sibling of it: another branch, and nothing is lost. Resolves when both
   * messages are in the database; the rest is events.
   * Fails with `no-model`, `busy`, `storage-full`…; then nothing was written.
   */
  'turn.start': {
    input: z.object({
      conversation: conversationId,
      message: messageId,
      reply: messageId,
      text: z.string().min(1).max(4_000_000),
      attachments: z.array(newAttachment).max(20).optional(),
      instead: messageId.optional(),
      temporary: z.boolean().optional(),
    }),
    output: none,
  },
  /**
   * Answers the question above `instead` once more, as a sibling of it named `reply`. `without`: memories that this
   * answer, and what follows it on its branch, must not use.
   */
  'turn.retry': {
    input: z.object({ instead: messageId, reply: messageId, without: z.array(memoryId).max(100).default([]) }),
    output: none,
  },
  /** Stops within one decode step. The text so far is kept. Harmless when the reply has ended. */
  'turn.stop': { input: z.object({ reply: messageId }), output: none },

  /** Loads a model file, or with null the starter model; the answer comes as `model-changed`. */
  'model.use': { input: z.object({ path: z.string().nullable() }), output: none },

  ...memoryCommands,
  ...learningCommands,
  ...traceCommands,
  ...toolsCommands,
  ...egressCommands,
  ...gpuCommands,
} as const

export type Commands = typeof commands
export type CommandName = keyof Commands
export type CommandInput<N extends CommandName> = z.input<Commands[N]['input']>
export type CommandOutput<N extends CommandName> = z.output<Commands[N]['output']>
