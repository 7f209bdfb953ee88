// engine/tools/alarm.ts: rings when the time of a reminder has come. One timer for the next one; a machine that slept rings
// what was missed when it wakes.
import type { Reminder } from '../contract/tools.ts'
import type { Reminders } from '../storage/notes.ts'

export type Alarm = {
  /** Looks again: reminders were added or removed. */
  set(): void
  close(): void
}

/** Timers may not be longer than this, and a clock that was changed is noticed within it. */
const longestWaitMs = 60_000

export function createAlarm(
  reminders: Pick<Reminders, 'all' | 'markShown'>,
  now: () => number,
  ring: (reminder: Reminder) => void,
): Alarm {
  let timer: NodeJS.Timeout | null = null
  let closed = false
  const set = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (closed) return
    const waiting = reminders.all().filter(({ dueAt, shownAt }) => dueAt !== null && shownAt === null)
    for (const reminder of waiting) {
      if ((reminder.dueAt ?? 0) > now()) break // the soonest first
      reminders.markShown(reminder.id, now())
      ring({ ...reminder, shownAt: now() })
    }
    const next = waiting.find(({ dueAt }) => (dueAt ?? 0) > now())
    if (next?.dueAt == null) return
    timer = setTimeout(set, Math.max(1, Math.min(longestWaitMs, next.dueAt - now())))
    timer.unref()
  }
  return {
    set,
    close: () => {
      closed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
