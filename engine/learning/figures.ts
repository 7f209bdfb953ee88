// engine/learning/figures.ts: what many replies cost, as points over time: medians, shares and sums. Pure.
import type { TurnStats } from '../contract/conversation.ts'
import type { InsightPoint } from '../contract/learning.ts'

export type Measured = { readonly at: number; readonly stats: TurnStats }

/** Start of the day or the week (Monday) that `at` is in, in the time zone of this machine. */
export function startOf(at: number, by: 'day' | 'week'): number {
  const day = new Date(at)
  day.setHours(0, 0, 0, 0)
  if (by === 'week') day.setDate(day.getDate() - ((day.getDay() + 6) % 7))
  return day.getTime()
}

/** One point a day or week that has replies, oldest first. */
export function pointsOf(replies: readonly Measured[], by: 'day' | 'week'): InsightPoint[] {
  const groups = Map.groupBy(replies, ({ at }) => startOf(at, by))
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([at, group]) =>
      pointOf(
        at,
        group.map(({ stats }) => stats),
      ),
    )
}

export function pointOf(at: number, stats: readonly TurnStats[]): InsightPoint {
  const written = stats.filter(({ newTokens }) => newTokens > 0)
  const paced = written.filter(({ tokensPerSecond }) => tokensPerSecond > 0)
  const passed = written.filter(({ passes }) => passes !== undefined && passes > 0)
  const drafting = passed.filter(({ accepted }) => accepted !== undefined)
  const tokens = sum(passed, ({ newTokens }) => newTokens)
  const passes = sum(passed, (one) => one.passes ?? 0)
  const kept = (source: 'model' | 'lookup' | 'history') => sum(drafting, ({ accepted }) => accepted?.[source] ?? 0)
  const [model, lookup, history] = [kept('model'), kept('lookup'), kept('history')]
  const drafted = sum(drafting, ({ drafted: d }) => (d === undefined ? 0 : d.model + d.lookup + d.history))
  const perPass = passes > 0 ? tokens / passes : null
  const speed = median(paced.map(({ tokensPerSecond }) => tokensPerSecond))
  const prompts = sum(written, ({ promptTokens }) => promptTokens)
  return {
    at,
    replies: stats.length,
    newTokens: sum(stats, ({ newTokens }) => newTokens),
    tokensPerSecond: speed,
    // A pass over several rows costs a little more than one over a single row, so this is the most that guessing can
    // have gained: an estimate, and shown as one.
    plainTokensPerSecond: speed === null || perPass === null ? null : speed / perPass,
    tokensPerPass: perPass,
    acceptance: drafted > 0 ? (model + lookup + history) / drafted : null,
    sources: {
      plain: Math.max(0, sum(drafting, ({ newTokens }) => newTokens) - model - lookup - history),
      model,
      lookup,
      history,
    },
    firstTokenMs: median(written.map(({ firstTokenMs }) => firstTokenMs)),
    reused: prompts > 0 ? sum(written, ({ reusedTokens }) => reusedTokens) / prompts : null,
  }
}

const sum = <T>(all: readonly T[], of: (one: T) => number) => all.reduce((total, one) => total + of(one), 0)

/** Null for none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}
