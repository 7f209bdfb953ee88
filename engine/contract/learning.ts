// engine/contract/learning.ts: what the person's reactions say, what is chosen because of them, and the figures of the
// insights page. Feedback is counted per class of question and per choice; choices are drawn by Thompson sampling.
import { z } from 'zod'
import { conversationId, messageId } from './ids.ts'
import { memory } from './memory.ts'

const none = z.object({})

/**
 * `up`, `down`: thumbs. `copy`: taken from the reply. `retry`: another answer was wanted. `edit`: the question was put
 * anew after the reply. `stop`: enough of it. The last three are seen by the engine itself; a window need not send them.
 */
export const feedbackKind = z.enum(['up', 'down', 'copy', 'retry', 'edit', 'stop'])
export type FeedbackKind = z.infer<typeof feedbackKind>

/** What a question is, for learning: told by its words, the same way every time. */
export const questionClass = z.enum(['code', 'maths', 'writing', 'question', 'chat'])
export type QuestionClass = z.infer<typeof questionClass>

/** What is chosen for a reply. */
export const choiceName = z.enum(['length', 'format', 'thinking', 'drafting'])
export type ChoiceName = z.infer<typeof choiceName>

/** One option of a choice, in one class: Beta(α, β) over "the person was content". */
export const arm = z.object({
  /** Such as `short`; the first of a choice is what is done without any learning. */
  option: z.string(),
  /** For the screen: "Short answers". */
  label: z.string(),
  alpha: z.number(),
  beta: z.number(),
  /** α / (α + β). */
  mean: z.number(),
  /** Replies that were written with it. */
  tried: z.number().int(),
  /** Chance of being chosen next, between 0 and 1. */
  chance: z.number(),
})
export type Arm = z.infer<typeof arm>

export const choice = z.object({
  class: questionClass,
  choice: choiceName,
  /** Set by the person: always this one; null: learned. */
  fixed: z.string().nullable(),
  arms: z.array(arm),
})
export type Choice = z.infer<typeof choice>

/** One day or week of figures. Null: nothing was measured. */
const figure = z.number().nullable()

export const insightPoint = z.object({
  /** Start of the day, unix milliseconds, in the time zone of this machine. */
  at: z.number(),
  replies: z.number().int(),
  newTokens: z.number().int(),
  /** Median tokens a second, and an estimate of the same without guessing ahead: tokens a pass taken out. */
  tokensPerSecond: figure,
  plainTokensPerSecond: figure,
  /** New tokens by pass of the model. */
  tokensPerPass: figure,
  /** Of the tokens guessed, those that were right. */
  acceptance: figure,
  /** Where the new tokens came from; the four sum to `newTokens` of the replies that measured it. */
  sources: z.object({
    plain: z.number().int(),
    model: z.number().int(),
    lookup: z.number().int(),
    history: z.number().int(),
  }),
  /** Median milliseconds to the first token, and the share of the prompt that was reused. */
  firstTokenMs: figure,
  reused: figure,
})
export type InsightPoint = z.infer<typeof insightPoint>

export const insights = z.object({
  /** Replies in the whole span. The page has something to say from 50 on. */
  replies: z.number().int(),
  points: z.array(insightPoint),
  /** Learned or changed in the span, newest first, with the reason as a sentence and the words it rests on. */
  learned: z.array(z.object({ memory, why: z.string(), quote: z.string().nullable() })),
  /** Feedback in the span, by kind. */
  feedback: z.record(feedbackKind, z.number().int()),
  choices: z.array(choice),
  /** What is stored, in bytes of the disk (estimated where several share a file), largest first. */
  storage: z.array(
    z.object({
      what: z.enum(['messages', 'search', 'memory', 'traces', 'learning', 'snapshots', 'free', 'other']),
      bytes: z.number(),
      /** Rows or files; null where counting says nothing. */
      count: z.number().int().nullable(),
    }),
  ),
})
export type Insights = z.infer<typeof insights>

export const learningCommands = {
  /** Thumbs: sets or, with null, takes back. Idempotent. */
  'feedback.thumb': { input: z.object({ reply: messageId, thumb: z.enum(['up', 'down']).nullable() }), output: none },
  /** The person copied the reply, or a part of it. Counted once a reply. */
  'feedback.copied': { input: z.object({ reply: messageId }), output: none },
  /** The thumbs of a conversation, by reply id. */
  'feedback.thumbs': {
    input: z.object({ conversation: conversationId }),
    output: z.object({ replies: z.record(z.string(), z.enum(['up', 'down'])) }),
  },

  /** Everything that was learned about how to answer. */
  'learning.choices': { input: none, output: z.object({ choices: z.array(choice) }) },
  /** Always this option, or with null: learned again. */
  'learning.fix': {
    input: z.object({ class: questionClass, choice: choiceName, option: z.string().nullable() }),
    output: z.object({ choices: z.array(choice) }),
  },
  /** Forgets what was learned: of one class and choice, or (absent) of all. Thumbs stay where they are. */
  'learning.reset': {
    input: z.object({ class: questionClass.optional(), choice: choiceName.optional() }),
    output: z.object({ choices: z.array(choice) }),
  },

  /** The insights page. `since` and `until`: unix milliseconds; `by`: how wide a point is. */
  'insights.open': {
    input: z.object({ since: z.number(), until: z.number(), by: z.enum(['day', 'week']).default('day') }),
    output: insights,
  },
} as const

export const learningEvents = [
  /** Thumbs of a reply, in every window. */
  z.object({
    type: z.literal('feedback-changed'),
    conversation: conversationId,
    reply: messageId,
    thumb: z.enum(['up', 'down']).nullable(),
  }),
  /** What was learned is other than it was: ask again. */
  z.object({ type: z.literal('learning-changed') }),
] as const
export type LearningEvent = z.infer<(typeof learningEvents)[number]>
