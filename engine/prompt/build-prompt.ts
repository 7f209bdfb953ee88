// engine/prompt/build-prompt.ts: history, files and system text in, tokens out. Pure: no storage, no clock.
import type { ContextOrigin, PromptContext } from '../contract/context.ts'
import { HearthError } from '../contract/failure.ts'
import type { EncodeOptions } from '../inference/inference.ts'
import { closesThought, opensThought } from '../inference/thoughts.ts'
import { type ChatFormat, type ChatMessage, fromTemplate, gemma4Format } from './chat-template.ts'
import { declare, type ToolDeclaration, textsOfTools } from './declare.ts'
import { placeFiles, type Said, sumUses } from './files.ts'
import { createGuard, type Guard } from './guard.ts'
import { printCall, printResponse } from './tool-syntax.ts'
import { type Turn, toTurns } from './turns.ts'

/** What a prompt needs to know of a model. `Inference` has it all. */
export type PromptModel = {
  readonly info: { readonly contextTokens: number; readonly layers: number; readonly name: string }
  readonly chatTemplate: string | null
  readonly specialTokens: { readonly bos: string; readonly eos: string }
  readonly markers: readonly string[]
  encode(text: string, options: EncodeOptions): number[]
}

export type PromptRequest = {
  /** The active branch, oldest first, ending with the question. */
  readonly history: readonly Said[]
  readonly system: string | null
  /** More of the system text, each from its own origin, in this order. They should stay the same from turn to turn. */
  readonly blocks?: readonly { readonly origin: ContextOrigin; readonly text: string }[]
  /** Stands for the oldest `messages` of the history, which are then left out. */
  readonly digest?: { readonly messages: number; readonly text: string } | null
  /** What the model may call, in an order that stays the same. */
  readonly tools?: readonly ToolDeclaration[]
  /** The model may think before it answers, where its template knows how. */
  readonly thinking?: boolean
  /** The reply so far: the model writes on behind it. */
  readonly begun?: { readonly thought: string; readonly text: string } | null
  /** Tokens kept free for the reply. */
  readonly reserveTokens: number
  /** Older messages are left out where the prompt would be longer than this, even if it fits. Null: only where it must. */
  readonly comfortTokens?: number | null
  /** What is done where not all messages fit. `refuse`: throw `context-full`. Absent: leave out the oldest. */
  readonly overflow?: 'roll' | 'refuse'
}

export type Prompt = {
  readonly tokens: readonly number[]
  /** How many of the oldest messages were left out, because the context is full. */
  readonly dropped: number
  readonly context: PromptContext
}

/** Shares of the room that files may take: all whole ones, and the passages in front of one message. */
const wholeShare = 0.5
const passagesShare = 0.2

/**
 * Keeps the system text and the newest messages whole and leaves out the oldest pairs that do not fit.
 * Throws `HearthError` `prompt-too-long` when the newest message alone does not fit, `context-full` when messages would
 * have to be left out and may not, `model-invalid` for a template that cannot be rendered.
 */
export function buildPrompt(request: PromptRequest, model: PromptModel): Prompt {
  const { reserveTokens, comfortTokens = null, digest = null, begun = null, blocks = [], tools = [] } = request
  const limit = model.info.contextTokens - reserveTokens
  const comfort = Math.min(limit, comfortTokens ?? limit)
  const plainly = (text: string) => model.encode(text, { bos: false, markers: 'none' }).length
  const placed = placeFiles(request.history, {
    whole: limit * wholeShare,
    passages: limit * passagesShare,
    count: plainly,
  })
  const digested = Math.min(digest?.messages ?? 0, Math.max(0, placed.length - 1))
  const turns = toTurns(placed.slice(digested))
  const systemText = [
    // Memories are lines of the system text: that is how the starter model has always seen them.
    [request.system ?? '', ...blocks.flatMap(({ origin, text }) => (origin === 'memory' ? [text] : []))]
      .filter((text) => text !== '')
      .join('\n'),
    ...blocks.flatMap(({ origin, text }) => (origin === 'memory' ? [] : [text])),
    digest === null ? '' : `Summary of the conversation so far:\n${digest.text}`,
  ]
  const system = systemOf(systemText)
  const format = formatOf(model)
  const guard = createGuard(
    [
      ...[...system, ...turns].map(({ content }) => content),
      ...textsOfTools(tools),
      ...turns.map(({ calls }) => JSON.stringify(calls)),
      begun?.text ?? '',
      begun?.thought ?? '',
    ],
    model.markers,
  )
  const encodeFrom = (first: number): number[] => {
    const messages = [
      ...system.map(({ role, content }) => ({ role, content: guard.protect(content) })),
      ...turns
        .slice(first)
        .map(({ role, content, calls }) => ({ role, content: called(calls, guard) + guard.protect(content) })),
    ]
    const declared = tools.map((tool) => declare(tool, guard.protect))
    const text =
      format.render(messages, request.thinking ?? false, declared) + (begun === null ? '' : beginning(begun, guard))
    return model.encode(text, { bos: false, markers: 'all', guard: guard.character })
  }

  // Where a prompt may begin: at a question. The last is the newest, which is never left out.
  const starts = turns.flatMap(({ role }, index) => (role === 'user' ? [index] : []))
  const newest = starts.at(-1) ?? 0
  const fits = (index: number) => encodeFrom(starts[index] ?? newest).length <= comfort
  const first = starts[firstFitting(starts.length, fits)] ?? newest
  const tokens = encodeFrom(first)
  if (tokens.length > limit) throw tooLong(tokens.length, limit, model.info.name)
  if (first > 0 && request.overflow === 'refuse') throw full(model.info.name, comfort)
  const kept = turns.slice(first)
  const dropped = turns.slice(0, first).reduce((sum, { messages }) => sum + messages, 0)
  const context = {
    tokens: tokens.length,
    limit: comfort,
    origins: originsOf(kept, request, digest?.text ?? '', begun?.text ?? '', tokens.length, plainly),
    dropped,
    digested,
    files: sumUses(kept.flatMap(({ uses }) => uses)),
  }
  return { tokens, dropped, context }
}

/** Calls and what they were told, as every revision of the template prints them: in front of the reply's text. */
const called = (calls: Turn['calls'], { protect }: Guard): string =>
  calls
    .map((call) => printCall(call.name, call.arguments, protect) + printResponse(call.name, call.told, protect))
    .join('')

const systemOf = (texts: readonly string[]): ChatMessage[] => {
  const content = texts.filter((text) => text !== '').join('\n\n')
  return content === '' ? [] : [{ role: 'system', content }]
}

/** The reply so far, as the model wrote it. */
function beginning({ thought, text }: { readonly thought: string; readonly text: string }, guard: Guard): string {
  if (thought === '') return guard.protect(text)
  const closed = text === '' ? '' : closesThought
  return `${opensThought}thought\n${guard.protect(thought)}${closed}${guard.protect(text)}`
}

/** Tokens by where they come from. Counted text by text; what the whole has beyond that are the marks between them. */
function originsOf(
  kept: readonly Turn[],
  { system, blocks = [], tools = [] }: PromptRequest,
  digest: string,
  begun: string,
  total: number,
  count: (text: string) => number,
): PromptContext['origins'] {
  const question = kept.at(-1)
  const parts: readonly (readonly [ContextOrigin, string])[] = [
    ['system', system ?? ''],
    ...blocks.map(({ origin, text }) => [origin, text] as const),
    ['digest', digest],
    ['tools', textsOfTools(tools).join('\n')],
    [
      'files',
      kept
        .map(({ filesText }) => filesText)
        .join('\n\n')
        .trim(),
    ],
    [
      'messages',
      kept
        .slice(0, -1)
        .map(({ said }) => said)
        .join('\n'),
    ],
    ['question', [question?.said ?? '', begun].join('\n').trim()],
  ]
  const sums = new Map<ContextOrigin, number>()
  for (const [origin, text] of parts) if (text !== '') sums.set(origin, (sums.get(origin) ?? 0) + count(text))
  const counted = [...sums.values()].reduce((sum, tokens) => sum + tokens, 0)
  return [
    ...[...sums].map(([origin, tokens]) => ({ origin, tokens })),
    { origin: 'format', tokens: Math.max(0, total - counted) },
  ]
}

/** Questions are cut off in steps of this many, so that the beginning of the prompt stays the same for some turns. */
const cutStep = 4

/**
 * The first of `count` starts that fits; a later start gives a shorter prompt, so halving finds it. Rounded up to whole
 * steps while that leaves a step's worth: a prompt that loses one pair each turn would be computed anew each turn.
 */
function firstFitting(count: number, fits: (index: number) => boolean): number {
  if (count === 0 || fits(0)) return 0
  let short = 0
  let enough = count - 1
  while (enough - short > 1) {
    const middle = (short + enough) >> 1
    if (fits(middle)) enough = middle
    else short = middle
  }
  const rounded = Math.ceil(enough / cutStep) * cutStep
  return count - rounded >= cutStep ? rounded : enough
}

function formatOf({ chatTemplate, specialTokens, info }: PromptModel): ChatFormat {
  if (chatTemplate !== null && chatTemplate.trim() !== '') return fromTemplate(chatTemplate, specialTokens)
  const smallModel = info.layers === 35 || info.layers === 42 // E2B, E4B
  return gemma4Format(specialTokens.bos, !smallModel)
}

const tooLong = (found: number, limit: number, name: string) =>
  new HearthError(
    'prompt-too-long',
    `This message is ${count(found)} tokens long with what belongs to it; ${name} has room for ${count(limit)} and the reply.`,
    'Shorten the message, or send it in parts.',
  )

const full = (name: string, limit: number) =>
  new HearthError(
    'context-full',
    `This chat is longer than ${name} can read at once: it has room for ${count(limit)} tokens and the reply.`,
    'Choose what to do with the oldest messages, then try again.',
  )

const count = (tokens: number) => tokens.toLocaleString('en')
