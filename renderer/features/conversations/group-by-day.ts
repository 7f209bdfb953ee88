// renderer/features/conversations/group-by-day.ts: chats by the day of their newest message, in the person's own
// time zone; before them what is held in memory only, and what is pinned.
import type { ConversationSummary } from '../../../engine/contract/conversation.ts'

export interface DayGroup {
  readonly name: 'Temporary' | 'Pinned' | 'Today' | 'Yesterday' | 'This week' | 'Earlier'
  readonly conversations: readonly ConversationSummary[]
}

/** Groups keep the order of `list`; empty ones are left out. `now` is unix milliseconds. A week begins on Monday. */
export function groupByDay(list: readonly ConversationSummary[], now: number): readonly DayGroup[] {
  const today = startOfDay(now, 0)
  const yesterday = startOfDay(now, -1)
  const monday = startOfDay(now, -((new Date(now).getDay() + 6) % 7))
  const nameOf = ({ updatedAt, pinned, temporary }: ConversationSummary): DayGroup['name'] => {
    if (temporary) return 'Temporary'
    if (pinned) return 'Pinned'
    if (updatedAt >= today) return 'Today'
    if (updatedAt >= yesterday) return 'Yesterday'
    return updatedAt >= monday ? 'This week' : 'Earlier'
  }
  const names: readonly DayGroup['name'][] = ['Temporary', 'Pinned', 'Today', 'Yesterday', 'This week', 'Earlier']
  return names
    .map((name) => ({ name, conversations: list.filter((one) => nameOf(one) === name) }))
    .filter(({ conversations }) => conversations.length > 0)
}

/** Midnight `days` from the day of `now`. Through the calendar, not by 24 hours, since a day can have 23 or 25. */
function startOfDay(now: number, days: number): number {
  const date = new Date(now)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime()
}
