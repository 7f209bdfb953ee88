// engine/traces/replay.ts: makes a recorded reply again, from its own prompt and seed, and says whether it is the same, or
// which token is the first that differs and what else is different now.
import type { MessageId } from '../contract/ids.ts'
import type { Recipe, ReplayResult } from '../contract/trace.ts'
import type { Inference } from '../inference/inference.ts'
import type { Traces } from '../storage/traces.ts'
import { hashOf, modelHashOf, promptHashOf } from './turn-trace.ts'

export type ReplayDeps = {
  readonly traces: Pick<Traces, 'ofReply' | 'promptOf' | 'outputOf'>
  readonly inference: Inference
  /** Text of the reply as it is stored, and whether it ended by itself. */
  readonly stored: { readonly text: string; readonly whole: boolean }
  /** Version of Hearth. */
  readonly build: string
}

/** A few tokens' worth of text, for the person to see where two replies part. */
const shownCharacters = 40

/** Rejects with `HearthError` where the model fails. Stores nothing. */
export async function replay(reply: MessageId, deps: ReplayDeps, signal: AbortSignal): Promise<ReplayResult> {
  const { traces, inference, stored } = deps
  const trace = traces.ofReply(reply)
  if (trace === null)
    return impossible('This reply has no trace: it was written before traces were, or in a temporary chat.')
  if (trace.recipe === null) return impossible('The model was never asked in this turn.')
  const { recipe } = trace
  const [prompt, recorded] = [traces.promptOf(trace.id), traces.outputOf(trace.id)]
  if (prompt === null || recorded === null)
    return impossible('Its prompt is not recorded any more: something in it was forgotten.')
  if (promptHashOf(prompt) !== recipe.promptHash)
    return impossible('The recorded prompt is damaged: it does not have the hash that was recorded with it.')
  if (prompt.some((token) => token >= inference.info.vocabularySize))
    return impossible(`It was written by ${recipe.model}, and ${inference.info.name} has other tokens.`)

  const now: number[] = []
  let text = ''
  const enough = new AbortController()
  const session = inference.createSession()
  try {
    const maxTokens = stored.whole ? recipe.maxTokens : Math.max(1, recorded.length)
    const stop = AbortSignal.any([signal, enough.signal])
    await session.generate(
      { tokens: prompt, maxTokens, sampling: recipe.sampling },
      (piece) => {
        now.push(...piece.tokens)
        text += piece.text
        const differs = firstDifference(recorded, now, false)
        if (differs !== null && now.length > differs + 12) enough.abort()
      },
      stop,
    )
  } finally {
    session.close()
  }
  if (signal.aborted) return impossible('It was stopped before it was done.')
  const at = firstDifference(recorded, now, stored.whole)
  if (at === null) return { verdict: 'identical', tokens: recorded.length }
  return {
    verdict: 'different',
    at,
    ...parting(stored.text, text),
    because: differences(recipe, deps),
  }
}

const impossible = (reason: string): ReplayResult => ({ verdict: 'impossible', reason })

/** Index of the first token that differs; with `whole`, an end that comes sooner or later differs, too. Null: none does. */
export function firstDifference(recorded: readonly number[], now: readonly number[], whole: boolean): number | null {
  const common = Math.min(recorded.length, now.length)
  for (let i = 0; i < common; i++) if (recorded[i] !== now[i]) return i
  return whole && recorded.length !== now.length ? common : null
}

/** Both texts from where they part. */
function parting(recorded: string, now: string): { recorded: string; now: string } {
  let at = 0
  while (at < recorded.length && at < now.length && recorded[at] === now[at]) at++
  const from = Math.max(0, at - 8)
  return { recorded: recorded.slice(from, from + shownCharacters), now: now.slice(from, from + shownCharacters) }
}

function differences(recipe: Recipe, { inference, build }: ReplayDeps): string[] {
  const template = inference.chatTemplate === null ? null : hashOf(inference.chatTemplate)
  return [
    ...(recipe.modelHash === modelHashOf(inference)
      ? []
      : [`The model is another file: it was ${recipe.model}, and now it is ${inference.info.name}.`]),
    ...(recipe.templateHash === template ? [] : ['The chat template of the model is another one.']),
    ...(recipe.build === build ? [] : [`Hearth was version ${recipe.build}, and now it is ${build}.`]),
  ]
}
