// engine/tools/built-in/sums.ts: sums, the clock, and dates. They touch nothing.
import { z } from 'zod'
import { evaluate, SumError, toDecimal } from '../arithmetic.ts'
import { oneLine } from '../clean-text.ts'
import { builtIn, harmless, type Tool, ToolError } from '../tool.ts'
import { parseWhen } from '../when.ts'

const fixed = { effects: 'Nothing outside the reply', policies: ['always'], policy: 'always', group: 'sums' } as const

const calculate = builtIn({
  ...fixed,
  name: 'calculate',
  title: 'Work out a sum',
  description: 'Do arithmetic',
  basic: true,
  input: z.object({
    expression: z.string().describe('For example 340*17/100. Knows + - * / ^ % ( ) sqrt round min max.'),
  }),
  plan: ({ expression }) => harmless(`calculated ${oneLine(expression, 60)}`),
  run: ({ expression }) => {
    try {
      const value = evaluate(expression)
      const { text, exact } = toDecimal(value)
      const result = text.length <= 15 ? Number(text) : text
      return { value: exact ? { result } : { result, exact: `${value.over}/${value.under}` }, origins: [] }
    } catch (error) {
      if (error instanceof SumError) throw new ToolError(error.message)
      throw error
    }
  },
})

const getTime = builtIn({
  ...fixed,
  name: 'get_time',
  title: 'Look at the clock',
  description: 'Current date and time',
  basic: true,
  input: z.object({}),
  plan: () => harmless('looked at the clock'),
  run: (_, { now }) => ({ value: timeValue(now()), origins: [] }),
})

const countDays = builtIn({
  ...fixed,
  name: 'count_days',
  title: 'Count days',
  description: 'Days, weeks and weekdays between two dates, or the date some days after one.',
  input: z.object({
    from: z.string().default('today').describe('A date such as 3 December 2026, tomorrow, or today.'),
    to: z.string().optional().describe('The other date.'),
    days: z.number().int().min(-100_000).max(100_000).optional().describe('Or how many days after it.'),
  }),
  plan: ({ from, to, days }) =>
    harmless(
      oneLine(to === undefined ? `counted ${days ?? 0} days from ${from}` : `counted days from ${from} to ${to}`),
    ),
  run: ({ from, to, days }, { now }) => {
    const start = dateOf(from, now())
    if (to === undefined) {
      const end = new Date(start)
      end.setDate(end.getDate() + (days ?? 0))
      const { date, weekday } = timeValue(end.getTime())
      return { value: { date, weekday }, origins: [] }
    }
    // Midnights of local days are 23 to 25 hours apart.
    const between = Math.round((dateOf(to, now()) - start) / 86_400_000)
    return { value: { days: between, weeks: Math.trunc(between / 7), ...timeOnly(dateOf(to, now())) }, origins: [] }
  },
})

/** As Kindling was trained to read it. */
function timeValue(now: number) {
  const date = new Date(now)
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options).format(date)
  return {
    time: part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    date: `${part({ day: 'numeric' })} ${part({ month: 'long' })} ${part({ year: 'numeric' })}`,
    weekday: part({ weekday: 'long' }),
  }
}

const timeOnly = (at: number) => ({ weekday: timeValue(at).weekday })

function dateOf(words: string, now: number): number {
  const today = new Date(now)
  const year = /\b(\d{4})\b/.exec(words)?.[1]
  // A date that has been is meant as well, so with a year it is read from before any time.
  const at = parseWhen(words, year === undefined ? now : new Date(1000, 0, 1).getTime())
  const found = /^\s*(now|today)?\s*$/i.test(words) ? today.getTime() : at
  if (found === null) throw new ToolError(`A date such as 3 December 2026 was expected, found "${oneLine(words)}".`)
  const day = new Date(found)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime()
}

export const sums: readonly Tool[] = [calculate, getTime, countDays]
