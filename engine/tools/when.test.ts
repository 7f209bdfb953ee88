// engine/tools/when.test.ts: words for times, against a Wednesday in November.
import { expect, test } from 'vitest'
import { parseDuration, parseWhen } from './when.ts'

const now = new Date(2026, 10, 25, 14, 5).getTime() // a Wednesday
const at = (day: number, hour: number, minute = 0, month = 10) => new Date(2026, month, day, hour, minute).getTime()

test.each([
  ['tomorrow at 5pm', at(26, 17)],
  ['tomorrow at 5 pm', at(26, 17)],
  ['tomorrow', at(26, 9)],
  ['tomorrow morning', at(26, 9)],
  ['today at 18:30', at(25, 18, 30)],
  ['at 15:00', at(25, 15)],
  ['at 9', at(26, 9)],
  ['tonight', at(25, 20)],
  ['tonight at 8', at(25, 20)],
  ['on Friday', at(27, 9)],
  ['on Friday at 11:15 am', at(27, 11, 15)],
  ['Friday afternoon', at(27, 15)],
  ['next Monday', at(30, 9)],
  ['Wednesday', at(32, 9)],
  ['on 3 December at 10:00', at(3, 10, 0, 11)],
  ['December 3rd', at(3, 9, 0, 11)],
  ['on 2 March', new Date(2027, 2, 2, 9).getTime()],
  ['2026-12-24 18:00', at(24, 18, 0, 11)],
  ['in 20 minutes', now + 20 * 60_000],
  ['in an hour', now + 3_600_000],
  ['the day after tomorrow', at(27, 9)],
  ['at noon', at(26, 12)],
])('%s is understood', (words, time) => {
  expect(parseWhen(words, now)).toBe(time)
})

test.each([
  '',
  'soon',
  'every day at 9',
  'when I am home',
  '31 February',
  'at 25:00',
  'at 13 pm',
  'tomorrow at the office',
])('nothing is guessed for "%s"', (words) => {
  expect(parseWhen(words, now)).toBeNull()
})

test.each([
  ['5 minutes', 300_000],
  ['1 hour and 30 minutes', 5_400_000],
  ['an hour and a half', 5_400_000],
  ['half an hour', 1_800_000],
  ['90 seconds', 90_000],
  ['1h 30m', 5_400_000],
  ['10-minute', 600_000],
  ['twenty minutes', 1_200_000],
])('%s is a duration', (words, time) => {
  expect(parseDuration(words)).toBe(time)
})

test.each(['', 'a while', '5', '0 minutes', '400 days', 'five five minutes'])('"%s" is no duration', (words) => {
  expect(parseDuration(words)).toBeNull()
})
