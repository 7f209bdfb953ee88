// renderer/features/insights/period.ts: how far back the page looks, in whole days of this machine's time zone.

export type Period = 'week' | 'month' | 'all'

export const periods: readonly { readonly value: Period; readonly name: string }[] = [
  { value: 'week', name: '7 days' },
  { value: 'month', name: '30 days' },
  { value: 'all', name: 'All time' },
]

/** From when to when (unix milliseconds), and how wide a point is. `first`: the oldest chat there is. */
export function spanOf(
  period: Period,
  now: number,
  first: number,
): { readonly since: number; readonly until: number; readonly by: 'day' | 'week' } {
  if (period !== 'all') return { since: daysBack(now, period === 'week' ? 6 : 29), until: now, by: 'day' }
  const since = daysBack(Math.min(first, now), 0)
  // A dozen points at least make a line; more than that are read better by the week.
  return { since, until: now, by: now - since > 60 * 86_400_000 ? 'week' : 'day' }
}

/** Midnight, `days` days before `at`. By the calendar: a day of the clock change has 23 or 25 hours. */
function daysBack(at: number, days: number): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days).getTime()
}
