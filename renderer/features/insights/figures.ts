// renderer/features/insights/figures.ts: what the figures of a period say, worked out for the page. Pure; a figure that
// was not measured is null and becomes a dash, never a zero.
import type { InsightPoint, Insights } from '../../../engine/contract/learning.ts'

/** From here on the page has something to say. */
export const enoughReplies = 50
/** Below this gain it is as fast as plain, as far as anybody can tell. */
export const leastGain = 1.05

export type Source = 'plain' | 'model' | 'lookup' | 'history'

/** Top to bottom, as they are stacked; each with its name and its colour token. */
export const sources: readonly { readonly source: Source; readonly name: string; readonly token: string }[] = [
  { source: 'history', name: 'How you write', token: '--src-you' },
  { source: 'lookup', name: 'This chat', token: '--src-chat' },
  { source: 'model', name: 'Drafter', token: '--src-drafter' },
  { source: 'plain', name: 'One by one', token: '--src-model' },
]

type Figure = 'tokensPerSecond' | 'plainTokensPerSecond' | 'tokensPerPass' | 'acceptance' | 'firstTokenMs' | 'reused'

/** The mean of a figure over the points that have it, by the tokens behind each. Null where none has. */
export function mean(points: readonly InsightPoint[], figure: Figure): number | null {
  let sum = 0
  let weight = 0
  for (const point of points) {
    const value = point[figure]
    if (value === null) continue
    sum += value * point.newTokens
    weight += point.newTokens
  }
  return weight === 0 ? null : sum / weight
}

/** How many times as fast as plain decoding, over the points that have both. Null where that is not known. */
export function gainOf(points: readonly InsightPoint[]): number | null {
  const both = points.filter((point) => point.tokensPerSecond !== null && point.plainTokensPerSecond !== null)
  const fast = mean(both, 'tokensPerSecond')
  const plain = mean(both, 'plainTokensPerSecond')
  return fast === null || plain === null || plain <= 0 ? null : fast / plain
}

export function sumSources(points: readonly InsightPoint[]): Readonly<Record<Source, number>> {
  const sum = { plain: 0, model: 0, lookup: 0, history: 0 }
  for (const point of points) for (const { source } of sources) sum[source] += point.sources[source]
  return sum
}

/** `how you write` is said only where at least half of what was guessed right came from there. */
export type Cause = 'you' | 'drafter' | 'drafting'
export function causeOf(points: readonly InsightPoint[]): Cause {
  const { model, lookup, history } = sumSources(points)
  const guessed = model + lookup + history
  if (guessed > 0 && history >= guessed / 2) return 'you'
  return guessed > 0 && model >= guessed / 2 ? 'drafter' : 'drafting'
}

export type Headline =
  /** Nothing was written yet. */
  | { readonly kind: 'new' }
  | { readonly kind: 'early'; readonly replies: number }
  /** Also where no reply measured it. */
  | { readonly kind: 'same' }
  | { readonly kind: 'faster'; readonly gain: number; readonly cause: Cause }

export function headline({ replies, points }: Pick<Insights, 'replies' | 'points'>): Headline {
  if (replies === 0) return { kind: 'new' }
  if (replies < enoughReplies) return { kind: 'early', replies }
  const gain = gainOf(points)
  if (gain === null || gain < leastGain) return { kind: 'same' }
  return { kind: 'faster', gain, cause: causeOf(points) }
}

/** With an empty point for every day or week without a reply, so that a line keeps its time. */
export function withGaps(points: readonly InsightPoint[], by: 'day' | 'week'): readonly InsightPoint[] {
  const filled: InsightPoint[] = []
  for (const point of points) {
    for (let last = filled.at(-1); last !== undefined; last = filled.at(-1)) {
      const at = nextOf(last.at, by)
      if (at >= point.at) break
      filled.push({ ...nothing, at })
    }
    filled.push(point)
  }
  return filled
}

const nothing: Omit<InsightPoint, 'at'> = {
  replies: 0,
  newTokens: 0,
  tokensPerSecond: null,
  plainTokensPerSecond: null,
  tokensPerPass: null,
  acceptance: null,
  sources: { plain: 0, model: 0, lookup: 0, history: 0 },
  firstTokenMs: null,
  reused: null,
}

/** By the calendar: a day of the clock change has 23 or 25 hours. */
function nextOf(at: number, by: 'day' | 'week'): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + (by === 'day' ? 1 : 7)).getTime()
}

/** Points put together so that no more than `most` are left, the newest whole. Each stands at its first day. */
export function together(
  points: readonly InsightPoint[],
  most: number,
  by: 'day' | 'week',
): readonly { readonly at: number; readonly points: readonly InsightPoint[] }[] {
  const least = Math.ceil(points.length / most)
  // Days are put together by the week where they have to be, since weeks are what people count in.
  const size = by === 'day' && least > 1 ? Math.max(7, least) : Math.max(1, least)
  const groups: { readonly at: number; readonly points: readonly InsightPoint[] }[] = []
  for (let end = points.length; end > 0; end -= size) {
    const members = points.slice(Math.max(0, end - size), end)
    groups.unshift({ at: members[0]?.at ?? 0, points: members })
  }
  return groups
}
