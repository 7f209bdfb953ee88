// engine/contract/memory.ts: what Hearth believes about the person, as it crosses the port: each belief with the words it
// came from, which reply used it, and how it is forgotten.
//
// For the screens: `memory.list` fills the page, `memory.used` the chips of a conversation when it is opened, and the
// event `memory-used` those of a reply that begins now. `memory-heard` is a note under the person's own message ("Will
// remember: …, Undo"). Texts come in two voices: `text` speaks to the person ("Your name is Ines."), `statement` is what a
// model reads ("The user's name is Ines."). Show `text`.
import { z } from 'zod'
import { failure } from './failure.ts'
import { conversationId, messageId, uuidv7 } from './ids.ts'

const id = <B extends string>(brand: B) => z.uuidv7().brand<B>(brand)
const none = z.object({})

export const memoryId = id('MemoryId')
export type MemoryId = z.infer<typeof memoryId>
/** One thing that Hearth did to its memory because of what was said, which can be taken back. */
export const memoryActId = id('MemoryActId')
export type MemoryActId = z.infer<typeof memoryActId>
/** One run of forgetting. The window makes it. */
export const forgetId = id('ForgetId')
export type ForgetId = z.infer<typeof forgetId>

export const newMemoryId = () => uuidv7() as MemoryId
export const newForgetId = () => uuidv7() as ForgetId

/**
 * `preference`: how the person likes things. `instruction`: a standing order ("from now on…"). `fact`: about the person.
 * `person`: somebody or some animal around them.
 */
export const memoryKind = z.enum(['preference', 'instruction', 'fact', 'person'])
export type MemoryKind = z.infer<typeof memoryKind>

/** Where a memory holds. One of a conversation goes with it. */
export const memoryScope = z.discriminatedUnion('type', [
  z.object({ type: z.literal('everywhere') }),
  z.object({ type: z.literal('conversation'), conversation: conversationId }),
])
export type MemoryScope = z.infer<typeof memoryScope>

/**
 * `active`: replies may use it. `held`: waits for the person, since it came from a tool, a file or (where the setting
 * says so) from the model's reading; no reply uses it. `disputed`: contradicts something that the person said more
 * plainly; no reply uses it until they choose. `replaced`: something newer took its place; kept as history. `expired`: its
 * time has passed. `leaving`: the person asked in a chat to forget it; out of use at once, forgotten for good a minute
 * later unless they undo it.
 */
export const memoryStatus = z.enum(['active', 'held', 'disputed', 'replaced', 'expired', 'leaving'])
export type MemoryStatus = z.infer<typeof memoryStatus>

/**
 * Who it comes from, strongest first. `typed`: the person said it plainly or wrote it on the memory page. `inferred`: the
 * model read it from the person's words. `tool`, `file`: somebody else's words. The stronger outranks the weaker.
 */
export const memoryOrigin = z.enum(['typed', 'inferred', 'tool', 'file'])
export type MemoryOrigin = z.infer<typeof memoryOrigin>

/** A belief as Beta(α, β): α − 1 is what spoke for it, β − 1 what spoke against it, both faded by the half-life. */
export const confidence = z.object({
  alpha: z.number(),
  beta: z.number(),
  /** α / (α + β), between 0 and 1. */
  mean: z.number(),
  /** For the screen. */
  words: z.enum(['very sure', 'fairly sure', 'a guess']),
})
export type Confidence = z.infer<typeof confidence>

/** The words that a memory rests on. */
export const evidence = z.object({
  /** Null when it was written on the memory page, or its message was deleted since. */
  message: messageId.nullable(),
  conversation: conversationId.nullable(),
  /** Title of the conversation; null with it. */
  title: z.string().nullable(),
  /** The span of the message, [start, end) in UTF-16 units. */
  start: z.number().int(),
  end: z.number().int(),
  /** The whole sentence around the span, and where the span is in it. Empty when the message was deleted since. */
  quote: z.string(),
  mark: z.tuple([z.number().int(), z.number().int()]),
  /** What it did: it was said, it was said again, or it spoke against it. */
  speaks: z.enum(['for', 'against']),
  /** Unix milliseconds, as all times here. */
  at: z.number(),
})
export type Evidence = z.infer<typeof evidence>

export const memory = z.object({
  id: memoryId,
  kind: memoryKind,
  /** What it is about, such as `name` or `pet.dog`: two memories of one key contradict each other. Null: nothing can. */
  key: z.string().nullable(),
  /** To the person: "Your name is Ines." */
  text: z.string(),
  /** To a model: "The user's name is Ines." */
  statement: z.string(),
  scope: memoryScope,
  status: memoryStatus,
  origin: memoryOrigin,
  confidence,
  /** Days after which half of what spoke for it has faded; null: it does not fade. */
  halfLifeDays: z.number().nullable(),
  /** Not used after this; null: until changed. */
  expiresAt: z.number().nullable(),
  /** Part of every conversation's prompt. */
  pinned: z.boolean(),
  evidenceCount: z.number().int(),
  /** What took its place; set when `replaced`. */
  replacedBy: memoryId.nullable(),
  /** What it contradicts; set when `disputed`. */
  against: memoryId.nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  lastUsedAt: z.number().nullable(),
  useCount: z.number().int(),
})
export type Memory = z.infer<typeof memory>

/** One memory in the prompt of one reply: a chip under it. */
export const usedMemory = z.object({
  memory: memoryId,
  text: z.string(),
  kind: memoryKind,
  /** `block`: at the top of the prompt, as in the reply before. `turn`: added with the question. */
  place: z.enum(['block', 'turn']),
  /** Why it was chosen. */
  because: z.enum(['pinned', 'standing', 'words', 'meaning', 'both']),
})
export type UsedMemory = z.infer<typeof usedMemory>

/**
 * What a message of the person made happen. `remembered`: new. `confirmed`: known already, and now surer. `corrected`: in
 * place of something else. `forgetting`: out of use, and gone in a minute. `nothing`: asked to forget what is not known.
 */
export const heardAct = z.object({
  message: messageId,
  act: memoryActId,
  did: z.enum(['remembered', 'confirmed', 'corrected', 'forgetting', 'nothing']),
  memories: z.array(z.object({ memory: memoryId, text: z.string() })),
})
export type HeardAct = z.infer<typeof heardAct>

const memoryText = z.string().trim().min(1).max(400)

/** What of a memory a person may change by hand. */
export const memoryChange = z.object({
  /** In either voice, or in the first person ("I live in Cardiff"). The old wording is kept as history. */
  text: memoryText.optional(),
  kind: memoryKind.optional(),
  scope: memoryScope.optional(),
  pinned: z.boolean().optional(),
  halfLifeDays: z.number().min(1).max(36_500).nullable().optional(),
  expiresAt: z.number().nullable().optional(),
})
export type MemoryChange = z.infer<typeof memoryChange>

/** A place that holds something of a memory, and what forgetting does to it. */
export const forgetStore = z.enum([
  'memory',
  'history', // what it replaced
  'evidence',
  'index', // full text
  'vectors',
  'uses', // which replies used it
  'traces', // recorded prompts that held it
  'steps', // calls of tools that said it, such as the call that remembered it
  'summaries',
  'snapshots', // what a model remembers of conversations that used it
  'drafts', // the index that guesses ahead from earlier answers
  'messages',
])
export type ForgetStore = z.infer<typeof forgetStore>

export const forgetLine = z.object({
  store: forgetStore,
  verb: z.enum(['removed', 'rewritten', 'rebuilt', 'kept']),
  count: z.number().int(),
  /** A sentence for the person where the number alone does not say it; without the content. */
  note: z.string().nullable(),
})
export type ForgetLine = z.infer<typeof forgetLine>

/** What a forget will touch. `kept` messages are named, so that the person can go and delete them. */
export const forgetPlan = z.object({
  memories: z.array(memoryId),
  lines: z.array(forgetLine),
  messages: z.array(z.object({ message: messageId, conversation: conversationId, title: z.string() })),
})
export type ForgetPlan = z.infer<typeof forgetPlan>

/** What remains of a forget: counts and checks, nothing of the content. */
export const forgetReceipt = z.object({
  id: forgetId,
  at: z.number(),
  memories: z.number().int(),
  lines: z.array(forgetLine),
  /** One a store: asked again afterwards, it must not answer. */
  checks: z.array(
    z.object({ store: z.enum([...forgetStore.options, 'pages']), passed: z.boolean(), found: z.number().int() }),
  ),
  /** All checks passed. Otherwise nothing uses what is left, and `memory.forget` with the same id tries again. */
  complete: z.boolean(),
})
export type ForgetReceipt = z.infer<typeof forgetReceipt>

export const memoryCommands = {
  /**
   * The memory page. `all`: active, disputed and leaving ones, pinned first, then by kind and use. `query`: by words and
   * by meaning, best first, in any of these tabs.
   */
  'memory.list': {
    input: z.object({
      tab: z.enum(['all', 'held', 'replaced', 'disputed']).default('all'),
      query: z.string().max(500).default(''),
      limit: z.number().int().min(1).max(1000).default(500),
    }),
    output: z.object({
      memories: z.array(memory),
      counts: z.object({
        all: z.number().int(),
        held: z.number().int(),
        replaced: z.number().int(),
        disputed: z.number().int(),
      }),
      /** Whether search goes by meaning too; a sentence why not, where it does not. */
      meaning: z.object({ on: z.boolean(), reason: z.string().nullable() }),
    }),
  },
  /** "Why do you think so?": the exact words, what it replaced (newest first), and the replies that used it. */
  'memory.open': {
    input: z.object({ id: memoryId }),
    output: z.object({
      memory,
      evidence: z.array(evidence),
      history: z.array(memory),
      uses: z.array(z.object({ reply: messageId, conversation: conversationId, title: z.string(), at: z.number() })),
    }),
  },
  /** By hand. Idempotent by id. A contradiction replaces what it contradicts; what is known already is answered as it is. */
  'memory.add': {
    input: z.object({
      id: memoryId,
      text: memoryText,
      kind: memoryKind.optional(),
      scope: memoryScope.default({ type: 'everywhere' }),
    }),
    output: memory,
  },
  'memory.update': { input: z.object({ id: memoryId, change: memoryChange }), output: memory },
  /** Puts `from` into `into`: their evidence moves, and they become its history. */
  'memory.merge': { input: z.object({ into: memoryId, from: z.array(memoryId).min(1).max(50) }), output: memory },
  /** Groups that mean nearly the same, for `memory.merge`. */
  'memory.duplicates': { input: none, output: z.object({ groups: z.array(z.array(memory)) }) },
  /** "It is true, I said so": a held memory becomes active, and the person's own. */
  'memory.accept': { input: z.object({ id: memoryId }), output: memory },
  /** Ends a dispute. `keep` null: both hold, and no longer contradict each other. */
  'memory.resolve': {
    input: z.object({ disputed: memoryId, keep: memoryId.nullable() }),
    output: z.object({ memories: z.array(memory) }),
  },
  /** Speaks for or against a memory: "still true", "not any more". */
  'memory.judge': { input: z.object({ id: memoryId, right: z.boolean() }), output: memory },
  /** Takes back what a `memory-heard` did. Harmless when it was taken back already. */
  'memory.undo': { input: z.object({ act: memoryActId }), output: none },

  /**
   * The chips of a conversation: all its replies that used something, by reply id; and what the person's messages in it
   * did to memory, in their order, as far as it still holds and can be taken back.
   */
  'memory.used': {
    input: z.object({ conversation: conversationId }),
    output: z.object({ replies: z.record(z.string(), z.array(usedMemory)), heard: z.array(heardAct) }),
  },
  /** Whether memory is used and learned in this conversation. It is, until switched off. */
  'memory.pause': { input: z.object({ conversation: conversationId, paused: z.boolean() }), output: none },
  'memory.paused': { input: z.object({ conversation: conversationId }), output: z.object({ paused: z.boolean() }) },

  /** What forgetting these would touch. Nothing is changed. */
  'memory.forgetPlan': { input: z.object({ memories: z.array(memoryId).min(1).max(1000) }), output: forgetPlan },
  /**
   * Forgets. Answers at once; each store then says `forget-step`, and the end is `forget-done` with the receipt.
   * Idempotent by `run`. From the answer on, no reply uses the memories.
   */
  'memory.forget': { input: z.object({ run: forgetId, memories: z.array(memoryId).min(1).max(1000) }), output: none },
  /** Receipts, newest first. */
  'memory.receipts': { input: none, output: z.object({ receipts: z.array(forgetReceipt) }) },
} as const

export const memoryEvents = [
  /** Something about these memories is other than it was: ask again. */
  z.object({ type: z.literal('memory-changed'), memories: z.array(memoryId) }),
  /** What a reply's prompt holds of memory: its chips. Comes before its first text, and never for a temporary chat. */
  z.object({
    type: z.literal('memory-used'),
    conversation: conversationId,
    reply: messageId,
    memories: z.array(usedMemory),
  }),
  /** The person's message asked for it, and it is done. A message may ask for several things. */
  z.object({ type: z.literal('memory-heard'), conversation: conversationId, ...heardAct.shape }),
  z.object({ type: z.literal('forget-step'), run: forgetId, line: forgetLine }),
  z.object({ type: z.literal('forget-done'), run: forgetId, receipt: forgetReceipt }),
  z.object({ type: z.literal('forget-failed'), run: forgetId, failure }),
] as const
export type MemoryEvent = z.infer<(typeof memoryEvents)[number]>
