// engine/prompt/thoughts.ts: thoughts of earlier turns, which do not belong into a prompt.
import { closesThought, opensThought } from '../inference/thoughts.ts'

/**
 * Gemma 4 was trained on histories without the thoughts of earlier turns. Same rule as `strip_thinking` of its own
 * template, applied here because the guard hides the markers from the template.
 */
export function withoutThoughts(text: string): string {
  const kept = text.split(closesThought).map((part) => part.split(opensThought)[0] ?? '')
  return kept.join('').trim()
}
