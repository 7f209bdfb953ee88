// engine/tools/when.ts: words for a time or a duration, as people and small models say them, in this machine's zone.
// What is not understood is null: a reminder without a time is kept and listed, and never rings at a wrong one.

const units: readonly (readonly [RegExp, number])[] = [
  [/^(?:seconds?|secs?|s)$/, 1000],
  [/^(?:minutes?|mins?|m)$/, 60_000],
  [/^(?:hours?|hrs?|h)$/, 3_600_000],
  [/^(?:days?|d)$/, 86_400_000],
  [/^(?:weeks?|w)$/, 604_800_000],
]
const numbers: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  ninety: 90,
}

/** Milliseconds of `5 minutes`, `an hour and a half`, `1h 30m`; null for anything else, and for more than 366 days. */
export function parseDuration(text: string): number | null {
  const plain = text
    .toLowerCase()
    .trim()
    .replace(/\bhalf an hour\b/g, '30 minutes')
    .replace(/\bquarter of an hour\b/g, '15 minutes')
    .replace(/\b(an?|one) hour and a half\b/g, '90 minutes')
    .replace(/(\d+)-(?=[a-z])/g, '$1 ')
  let total = 0
  let rest = plain
  while (rest !== '') {
    const found = /^(?:and |,)?\s*(\d+(?:\.\d+)?|[a-z]+)\s*([a-z]+)\s*/.exec(rest)
    if (found === null) return null
    const [whole, amount = '', name = ''] = found
    const count = /^\d/.test(amount) ? Number(amount) : numbers[amount]
    const unit = units.find(([pattern]) => pattern.test(name))
    if (count === undefined || unit === undefined) return null
    total += count * unit[1]
    rest = rest.slice(whole.length)
  }
  return total > 0 && total <= 366 * 86_400_000 ? Math.round(total) : null
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const partsOfDay: Readonly<Record<string, number>> = {
  morning: 9,
  noon: 12,
  midday: 12,
  lunchtime: 12,
  afternoon: 15,
  evening: 19,
  night: 21,
  midnight: 24,
}
/** The hour of a day that is named without one. */
const usualHour = 9

type Day = { readonly year: number; readonly month: number; readonly day: number }

/** Unix milliseconds of `tomorrow at 5pm`, `on Friday`, `in 20 minutes`, `3 December at 10:00`; null for anything else. */
export function parseWhen(text: string, now: number): number | null {
  let rest = ` ${text.toLowerCase().replace(/[.,]/g, ' ').replace(/\s+/g, ' ').trim()} `
  if (/\b(every|each|daily|weekly|monthly|always|someday|later)\b/.test(rest)) return null
  const relative = /^ (?:in|after) (.+?)(?: from now)? $/.exec(rest) ?? /^ (.+) from now $/.exec(rest)
  if (relative?.[1] !== undefined) {
    const duration = parseDuration(relative[1])
    return duration === null ? null : now + duration
  }
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest)
    if (found !== null) rest = `${rest.slice(0, found.index)} ${rest.slice(found.index + found[0].length)}`
    return found
  }
  const day = takeDay(take, now)
  const minutes = takeMinutes(take)
  if (rest.replace(/\b(on|at|the|this|by|around|about|next|in|of)\b/g, '').trim() !== '') return null
  if (day === null && minutes === null) return null

  const at = (chosen: Day, minute: number) =>
    new Date(chosen.year, chosen.month, chosen.day, Math.floor(minute / 60), minute % 60).getTime()
  if (day !== null) {
    const time = at(day, minutes ?? usualHour * 60)
    return Number.isFinite(time) && time > now - 86_400_000 ? time : null
  }
  const today = dayAfter(now, 0)
  const time = at(today, minutes ?? 0)
  return time > now ? time : at(dayAfter(now, 1), minutes ?? 0)
}

type Take = (pattern: RegExp) => RegExpExecArray | null

function takeDay(take: Take, now: number): Day | null {
  if (take(/\bday after tomorrow\b/) !== null) return dayAfter(now, 2)
  if (take(/\b(tomorrow|tmrw)\b/) !== null) return dayAfter(now, 1)
  if (take(/\btoday\b/) !== null) return dayAfter(now, 0)
  if (take(/\bnext week\b/) !== null) return dayAfter(now, 7)
  const iso = take(/\b(\d{4})-(\d{2})-(\d{2})\b/)
  if (iso !== null) return valid({ year: Number(iso[1]), month: Number(iso[2]) - 1, day: Number(iso[3]) })
  const names = months.map((name) => `${name}|${name.slice(0, 3)}`).join('|')
  const dated =
    take(new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${names})(?: (\\d{4}))?\\b`)) ??
    swap(take(new RegExp(`\\b(${names}) (\\d{1,2})(?:st|nd|rd|th)?(?: (\\d{4}))?\\b`)))
  if (dated !== null) {
    const month = months.findIndex((name) => name.startsWith((dated[2] ?? '').slice(0, 3)))
    const here = dayAfter(now, 0)
    const day = Number(dated[1])
    const named = dated[3] === undefined ? here.year : Number(dated[3])
    const past = dated[3] === undefined && (month < here.month || (month === here.month && day < here.day))
    return valid({ year: past ? named + 1 : named, month, day })
  }
  const weekday = take(
    /\b(?:next |this |on )?(sunday|monday|tuesday|wednesday|thursday|friday|saturday|sun|mon|tue|tues|wed|thu|thur|thurs|fri|sat)\b/,
  )
  if (weekday === null) return null
  const wanted = weekdays.findIndex((name) => name.startsWith((weekday[1] ?? '').slice(0, 3)))
  const ahead = (wanted - new Date(now).getDay() + 7) % 7
  return dayAfter(now, ahead === 0 ? 7 : ahead)
}

/** Month first, as if the day were first. */
const swap = (found: RegExpExecArray | null): (string | undefined)[] | null =>
  found === null ? null : [found[0], found[2], found[1], found[3]]

/** Minutes since midnight. */
function takeMinutes(take: Take): number | null {
  const late = take(/\btonight\b/) !== null
  const clock = take(/\b(?:at )?(\d{1,2})(?::(\d{2}))? ?(am|pm|a m|p m|o'clock)?(?= )/)
  const part = take(/\b(?:in the |at |this )?(morning|noon|midday|lunchtime|afternoon|evening|night|midnight)\b/)
  const named = part?.[1] === undefined ? undefined : partsOfDay[part[1]]
  if (clock === null) return named !== undefined ? named * 60 : late ? 20 * 60 : null
  const hour = Number(clock[1])
  const minute = Number(clock[2] ?? 0)
  const half = (clock[3] ?? '').replace(' ', '')
  if (hour > 24 || minute > 59 || (half !== '' && half !== "o'clock" && (hour < 1 || hour > 12))) return null
  if (half === 'am') return (hour % 12) * 60 + minute
  const afternoon = half === 'pm' || ((late || (named ?? 0) >= 13) && hour < 12)
  return (afternoon ? (hour % 12) + 12 : hour) * 60 + minute
}

function dayAfter(now: number, days: number): Day {
  const date = new Date(now)
  date.setDate(date.getDate() + days)
  return { year: date.getFullYear(), month: date.getMonth(), day: date.getDate() }
}

function valid(day: Day): Day | null {
  const date = new Date(day.year, day.month, day.day)
  return date.getMonth() === day.month && date.getDate() === day.day ? day : null
}
