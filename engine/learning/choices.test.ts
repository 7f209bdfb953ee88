import { expect, test } from 'vitest'
import { allChoices, beliefsOf, type Counted, choose } from './choices.ts'
import { pointOf, pointsOf } from './figures.ts'
import { classOf } from './question-class.ts'
import { chances, draw, seeded } from './thompson.ts'

const none = { replies: 0, up: 0, down: 0, copy: 0, retry: 0, edit: 0, stop: 0 }
const row = (option: string, more: Partial<Counted>): Counted => ({
  class: 'code',
  choice: 'length',
  option,
  ...none,
  ...more,
})

test.each([
  ['Why does `foo()` throw?', 'code'],
  ['What is 17 times 23?', 'maths'],
  ['Write a letter to my landlord', 'writing'],
  ['who was Ada Lovelace', 'question'],
  ['good morning', 'chat'],
] as const)('"%s" is %s', (question, questionClass) => {
  expect(classOf(question)).toBe(questionClass)
})

test('nothing is tried before the person has reacted in that class', () => {
  const random = seeded(3)
  const counted = [row('usual', { replies: 50 }), row('short', { class: 'chat', replies: 2, up: 2 })]
  for (let i = 0; i < 100; i++) expect(choose('code', ['length'], counted, [], random)).toEqual({ length: 'usual' })
})

test('what was liked is chosen more often, what was disliked hardly, and the unknown still sometimes', () => {
  const counted = [
    row('usual', { replies: 10, down: 6 }),
    row('short', { replies: 10, up: 8 }),
    row('long', { replies: 1, retry: 1 }),
  ]
  const random = seeded(5)
  const times = { usual: 0, short: 0, long: 0 }
  for (let i = 0; i < 1000; i++) times[choose('code', ['length'], counted, [], random).length as keyof typeof times]++
  expect(times.short).toBeGreaterThan(850)
  expect(times.usual).toBeLessThan(50)
  expect(times.long).toBeGreaterThan(0)
})

test('a fixed option is always chosen, and is shown as certain', () => {
  const fixed = [{ class: 'code', choice: 'length', fixed: 'long' }] as const
  const counted = [row('short', { replies: 10, up: 10 })]
  expect(choose('code', ['length'], counted, fixed, seeded(1))).toEqual({ length: 'long' })
  const shown = allChoices(counted, fixed).find((one) => one.class === 'code' && one.choice === 'length')
  expect(shown?.arms.map(({ option, chance }) => [option, chance])).toEqual([
    ['usual', 0],
    ['short', 0],
    ['long', 1],
  ])
})

test('a thumb weighs more than a hint', () => {
  const [, up] = beliefsOf([row('short', { replies: 1, up: 1 })], 'code', 'length')
  const [, copied] = beliefsOf([row('short', { replies: 1, copy: 1 })], 'code', 'length')
  expect([up?.alpha, copied?.alpha]).toEqual([3, 2])
})

test('draws follow the beliefs: of two, each wins as often as the integral over both says', () => {
  // P(Beta(3, 1) > Beta(1, 1)) = 3/4, since the mean of Beta(3, 1) is.
  expect(
    chances(
      [
        { alpha: 3, beta: 1 },
        { alpha: 1, beta: 1 },
      ],
      seeded(11),
      20_000,
    )[0],
  ).toBeCloseTo(0.75, 1)
  expect(
    draw(
      [
        { alpha: 1000, beta: 1 },
        { alpha: 1, beta: 1000 },
      ],
      seeded(2),
    ),
  ).toBe(0)
})

test('figures are medians and shares, and what was not measured is null', () => {
  const base = { promptTokens: 100, reusedTokens: 50, firstTokenMs: 10, totalMs: 20 }
  const bySource = { model: 0, lookup: 4, history: 2 }
  const point = pointOf(7, [
    {
      ...base,
      newTokens: 20,
      tokensPerSecond: 40,
      passes: 10,
      drafted: { model: 0, lookup: 8, history: 4 },
      accepted: bySource,
    },
    { ...base, newTokens: 10, tokensPerSecond: 20 },
  ])
  expect(point).toMatchObject({
    replies: 2,
    newTokens: 30,
    tokensPerSecond: 30,
    tokensPerPass: 2,
    plainTokensPerSecond: 15,
    acceptance: 0.5,
    sources: { plain: 14, model: 0, lookup: 4, history: 2 },
    reused: 0.5,
  })
  expect(pointOf(7, [])).toMatchObject({ tokensPerSecond: null, acceptance: null, firstTokenMs: null })
  const day = new Date(2026, 2, 4).getTime()
  expect(
    pointsOf([{ at: day + 5, stats: { ...base, newTokens: 1, tokensPerSecond: 1 } }], 'week').map(({ at }) => at),
  ).toEqual([new Date(2026, 2, 2).getTime()])
})
