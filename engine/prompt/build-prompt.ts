// engine/prompt/build-prompt.ts: history and system text in, tokens out. Pure: no storage, no clock.
import type { Message } from '../contract/conversation.ts'
import { HearthError } from '../contract/failure.ts'
import type { EncodeOptions } from '../inference/inference.ts'
import { type ChatFormat, type ChatMessage, fromTemplate, gemma4Format } from './chat-template.ts'
import { createGuard } from './guard.ts'

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
  readonly history: readonly Pick<Message, 'role' | 'text'>[]
  readonly system: string | null
  /** Tokens kept free for the reply. */
  readonly reserveTokens: number
  /** Older messages are left out where the prompt would be longer than this, even if it fits. Null: only where it must. */
  readonly comfortTokens?: number | null
}

export type Prompt = {
  readonly tokens: readonly number[]
  /** How many of the oldest messages were left out, because the context is full. */
  readonly dropped: number
}

/**
 * Keeps the system text and the newest messages whole and leaves out the oldest pairs that do not fit.
 * Throws `HearthError` `prompt-too-long` when the newest message alone does not fit, `model-invalid` for a template
 * that cannot be rendered.
 */
export function buildPrompt(request: PromptRequest, model: PromptModel): Prompt {
  const { reserveTokens, comfortTokens = null } = request
  const limit = model.info.contextTokens - reserveTokens
  const comfort = Math.min(limit, comfortTokens ?? limit)
  const turns = toTurns(request.history)
  const system: ChatMessage[] = request.system === null ? [] : [{ role: 'system', content: request.system }]
  const format = formatOf(model)
  const guard = createGuard(
    [...system, ...turns].map(({ content }) => content),
    model.markers,
  )
  const encodeFrom = (first: number): number[] => {
    const messages = [...system, ...turns.slice(first)].map(({ role, content }) => ({
      role,
      content: guard.protect(content),
    }))
    return model.encode(format.render(messages), { bos: false, markers: 'all', guard: guard.character })
  }

  // Where a prompt may begin: at a question. The last is the newest, which is never left out.
  const starts = turns.flatMap(({ role }, index) => (role === 'user' ? [index] : []))
  const newest = starts.at(-1) ?? 0
  const fits = (index: number) => encodeFrom(starts[index] ?? newest).length <= comfort
  const first = starts[firstFitting(starts.length, fits)] ?? newest
  const tokens = encodeFrom(first)
  if (tokens.length > limit) throw tooLong(tokens.length, limit, model.info.name)
  return { tokens, dropped: turns.slice(0, first).reduce((sum, { messages }) => sum + messages, 0) }
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

type Turn = ChatMessage & { readonly messages: number }

/**
 * Messages as turns that alternate, as templates expect: a reply without text says nothing, and two questions in a row
 * (the first was never answered) are one.
 */
function toTurns(history: PromptRequest['history']): Turn[] {
  const turns: Turn[] = []
  for (const { role, text } of history) {
    const content = role === 'assistant' ? withoutThoughts(text) : text
    if (role === 'assistant' && content === '') continue
    const last = turns.at(-1)
    if (last?.role === role)
      turns[turns.length - 1] = { role, content: `${last.content}\n\n${content}`, messages: last.messages + 1 }
    else turns.push({ role, content, messages: 1 })
  }
  return turns
}

/**
 * Gemma 4 was trained on histories without the thoughts of earlier turns. Same rule as `strip_thinking` of its own
 * template, applied here because the guard hides the markers from the template.
 */
export function withoutThoughts(text: string): string {
  const kept = text.split('<channel|>').map((part) => part.split('<|channel>')[0] ?? '')
  return kept.join('').trim()
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

const count = (tokens: number) => tokens.toLocaleString('en')
