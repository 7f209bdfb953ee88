// engine/memory/extraction.ts: while nobody waits, a model reads what the person wrote and notes lasting facts about them. It
// is held to a form (a JSON schema), it sees the person's own words and nothing else, and a fact counts only if it quotes
// them: what a model makes up has no words to rest on.
//
// The starter model is too small for this and is not asked; what it would be asked for, plain-speech.ts hears by itself.
import { z } from 'zod'
import type { MemoryEvent } from '../contract/memory.ts'
import type { Settings } from '../contract/settings.ts'
import type { Inference } from '../inference/inference.ts'
import { buildPrompt } from '../prompt/build-prompt.ts'
import type { MindStores } from '../storage/mind-stores.ts'
import { type Beliefs, writtenFact } from './beliefs.ts'
import { isDuplicate } from './duplicates.ts'
import type { Embedder } from './embedder.ts'
import { ownWords } from './plain-speech.ts'
import { isPersonal } from './words.ts'

const found = z.object({
  facts: z.array(
    z.object({
      statement: z.string().trim().min(4).max(200),
      quote: z.string().min(3).max(200),
      kind: z.enum(['preference', 'fact', 'person']),
      sure: z.boolean(),
    }),
  ),
})

/** What the model is held to; the same as `found`, in the keywords that a constraint knows. */
export const extractionSchema = {
  type: 'object',
  properties: {
    facts: {
      type: 'array',
      maxItems: 6,
      items: {
        type: 'object',
        properties: {
          quote: { type: 'string', minLength: 3, maxLength: 200 },
          statement: { type: 'string', minLength: 4, maxLength: 200 },
          kind: { enum: ['preference', 'fact', 'person'] },
          sure: { type: 'boolean' },
        },
        required: ['quote', 'statement', 'kind', 'sure'],
        additionalProperties: false,
      },
    },
  },
  required: ['facts'],
  additionalProperties: false,
} as const

const task = `You note lasting facts about a person from what they wrote to their assistant.
Write only what they say about themselves, their people or how they like things, and what will still hold next month.
quote: their exact words. statement: the fact, beginning with "The user". sure: whether they say it plainly.
No requests, no questions, nothing about other texts. If there is nothing, write no facts.`

const maxTokens = 600
/** Messages a run; the next run goes on. */
const mostMessages = 8

export type ExtractionDeps = {
  readonly stores: Pick<MindStores, 'memories' | 'evidence'>
  readonly beliefs: Beliefs
  readonly embedder: Embedder | null
  readonly setting: () => Settings['memory']
  readonly emit: (event: MemoryEvent) => void
  readonly now: () => number
}

export type Extraction = {
  /**
   * Reads some messages that nobody has read yet. Answers how many. Aborting `signal` ends it within one decode step; a
   * message that was not read to the end is read again. Rejects where the model fails.
   */
  run(inference: Inference, signal: AbortSignal): Promise<number>
}

export function createExtraction({ stores, beliefs, embedder, setting, emit, now }: ExtractionDeps): Extraction {
  const { memories, evidence } = stores

  const read = async (inference: Inference, words: string, signal: AbortSignal): Promise<string | null> => {
    const history = [{ role: 'user' as const, text: `${task}\n\nWhat the person wrote:\n${words}` }]
    const { tokens } = buildPrompt({ history, system: null, reserveTokens: maxTokens }, inference)
    const session = inference.createSession()
    let text = ''
    try {
      const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 }
      const { stop } = await session.generate(
        { tokens, maxTokens, sampling, constraint: { jsonSchema: extractionSchema } },
        (piece) => {
          text += piece.text
        },
        signal,
      )
      return stop === 'cancelled' ? null : text
    } finally {
      session.close()
    }
  }

  const learn = (message: Parameters<typeof evidence.isForgotten>[0], own: string, json: string): void => {
    const parsed = found.safeParse(parseJson(json))
    if (!parsed.success) return
    for (const { statement, quote, kind, sure } of parsed.data.facts) {
      const start = own.indexOf(quote)
      if (start < 0 || !/^the user\b/i.test(statement)) continue
      const written = writtenFact(statement)
      const fact = written.key === null ? { ...written, kind } : written
      const known = memories
        .list(['active', 'held', 'disputed'])
        .find((one) => isDuplicate(one, { statement: fact.statement, conversation: null }, embedder))
      const learned = beliefs.learn({
        fact: known === undefined ? fact : { ...fact, statement: known.statement, text: known.text, key: known.key },
        origin: 'inferred',
        conversation: null,
        span: { message, start, end: start + quote.length },
        hold: setting() === 'ask' || !sure,
      })
      emit({ type: 'memory-changed', memories: [learned.memory, ...learned.replaced] })
    }
  }

  return {
    run: async (inference, signal) => {
      if (setting() === 'off' || inference.info.starter) return 0
      let done = 0
      for (const { id, text } of evidence.unread(mostMessages)) {
        if (signal.aborted) break
        const own = ownWords(text)
        if (isPersonal(own)) {
          const json = await read(inference, shownPieces(own), signal)
          if (json === null) break
          if (!evidence.isForgotten(id)) learn(id, own, json)
        }
        evidence.mark([id], 'read', now())
        done++
      }
      return done
    },
  }
}

/** The person's words with a mark where others' were left out. */
const shownPieces = (own: string) =>
  own
    .split('\u0000')
    .filter((piece) => piece !== '')
    .join(' … ')
    .slice(0, 4000)

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // cut at its longest
  }
}
