// engine/memory/confidence.ts: how sure Hearth is of a belief, as Beta(α, β): what spoke for it and against it, faded with
// time. https://en.wikipedia.org/wiki/Beta_distribution
import type { Confidence, MemoryKind, MemoryOrigin } from '../contract/memory.ts'

const dayMs = 86_400_000

export type Weighed = {
  readonly alpha: number
  readonly beta: number
  readonly weighedAt: number
  readonly halfLife: number | null
}

/** What one piece of evidence weighs: nobody knows the person better than they do. */
export const weightOf: Readonly<Record<MemoryOrigin, number>> = { typed: 8, inferred: 2, tool: 1, file: 1 }

/** Days until half of it has faded. What the person said plainly holds until they say otherwise. */
export function halfLifeOf(origin: MemoryOrigin, kind: MemoryKind): number | null {
  if (origin === 'typed') return null
  if (origin === 'inferred') return kind === 'preference' || kind === 'instruction' ? 365 : 180
  return 90
}

/** α and β as they are at `now`: both fade towards 1, towards knowing nothing. */
export function faded({ alpha, beta, weighedAt, halfLife }: Weighed, now: number): { alpha: number; beta: number } {
  if (halfLife === null) return { alpha, beta }
  const left = 0.5 ** (Math.max(0, now - weighedAt) / (halfLife * dayMs))
  return { alpha: 1 + (alpha - 1) * left, beta: 1 + (beta - 1) * left }
}

export function confidenceOf(weighed: Weighed, now: number): Confidence {
  const { alpha, beta } = faded(weighed, now)
  const mean = alpha / (alpha + beta)
  return { alpha, beta, mean, words: mean >= 0.85 ? 'very sure' : mean >= 0.65 ? 'fairly sure' : 'a guess' }
}

/** With one more piece of evidence, weighed at `now`. */
export function weigh(weighed: Weighed, speaks: 'for' | 'against', weight: number, now: number) {
  const { alpha, beta } = faded(weighed, now)
  const more = speaks === 'for' ? { alpha: alpha + weight, beta } : { alpha, beta: beta + weight }
  return { ...more, weighedAt: now }
}

/** Below this a belief is not put into a prompt: it is as likely wrong as right. */
export const leastMean = 0.55
