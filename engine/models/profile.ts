// engine/models/profile.ts: how each model is talked to: system text, sampling, and how much it is asked to hold.
import type { ModelInfo } from '../contract/model.ts'
import type { Sampling } from '../inference/inference.ts'

export type ModelProfile = {
  readonly system: string | null
  /** `again`: another answer to the same question is wanted, so it should differ. */
  sampling(again: boolean, seed: number): Sampling
  readonly maxNewTokens: number
  /** Tokens of context kept free for the reply. */
  readonly reserveTokens: number
  /** See `PromptRequest.comfortTokens`. */
  readonly comfortTokens: number | null
  /** How many memories its system text may hold, the most fitting first; null: as many as there is room for. */
  readonly maxMemories: number | null
  /** How many tools one request may offer, the likeliest first; null: all that are switched on. */
  readonly maxTools: number | null
  /** Whether a tool call is held to the schemas of the offered tools while it is written. */
  readonly heldCalls: boolean
}

const plain = { topP: 1, minP: 0, repetitionPenalty: 1 }

type Entry = {
  readonly fits: (info: ModelInfo) => boolean
  readonly profile: (info: ModelInfo, now: number) => ModelProfile
}

/** The first entry that fits a model holds for it. */
const catalogue: readonly Entry[] = [
  { fits: (info) => info.starter, profile: kindling },
  { fits: (info) => info.plainText === true, profile: written },
  { fits: () => true, profile: gemma4 },
]

/** `now`: unix milliseconds, for the date in the system text. */
export function profileOf(info: ModelInfo, now: number): ModelProfile {
  const entry = catalogue.find(({ fits }) => fits(info))
  return (entry?.profile ?? gemma4)(info, now)
}

/** The values that Google recommends for Gemma 4, and that its files carry as `general.sampling.*`. */
function gemma4(info: ModelInfo): ModelProfile {
  return {
    system: null,
    sampling: (_again, seed) => ({ temperature: 1, topK: 64, topP: 0.95, minP: 0, repetitionPenalty: 1, seed }),
    maxNewTokens: Math.min(8192, info.contextTokens),
    reserveTokens: Math.min(2048, Math.floor(info.contextTokens / 4)),
    comfortTokens: null,
    maxMemories: null,
    maxTools: null,
    heldCalls: false,
  }
}

/** A model that only goes on with a written dialogue keeps to it at a lower temperature, and wanders off in long replies. */
function written(info: ModelInfo): ModelProfile {
  return {
    ...gemma4(info),
    sampling: (again, seed) => ({
      temperature: again ? 0.9 : 0.5,
      topK: 40,
      topP: 0.9,
      minP: 0,
      repetitionPenalty: 1.1,
      seed,
    }),
    maxNewTokens: Math.min(256, info.contextTokens),
    reserveTokens: Math.min(256, Math.floor(info.contextTokens / 4)),
    maxMemories: 4,
    maxTools: 0,
  }
}

/**
 * Kindling was trained with this sentence, sometimes a date after it, and on dialogues of at most 448 tokens: it answers
 * best greedily, and loses the thread in longer ones. A reply of hundreds of tokens is one that repeats itself.
 */
function kindling(info: ModelInfo, now: number): ModelProfile {
  return {
    system: `You are Kindling, a small assistant that runs on this device. Today is ${dateOf(now)}.`,
    sampling: (again, seed) =>
      again
        ? { temperature: 0.7, topK: 20, topP: 0.9, minP: 0, repetitionPenalty: 1, seed }
        : { ...plain, temperature: 0, topK: 0, seed },
    maxNewTokens: 384,
    reserveTokens: Math.min(384, Math.floor(info.contextTokens / 4)),
    comfortTokens: 400,
    maxMemories: 6,
    maxTools: 4,
    heldCalls: true,
  }
}

/** As in the training data: `Wednesday, 14 May 2031`, in the time zone of this machine. */
function dateOf(now: number): string {
  const date = new Date(now)
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options).format(date)
  return `${part({ weekday: 'long' })}, ${part({ day: 'numeric' })} ${part({ month: 'long' })} ${part({ year: 'numeric' })}`
}
