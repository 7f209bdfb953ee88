import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { InsightPoint } from '../../../engine/contract/learning.ts'
import { App } from '../../app/App.tsx'
import { openMemoryScene } from '../../testing/memory-scenes.ts'
import { mountStore, settle } from '../../testing/mount.tsx'
import { causeOf, gainOf, headline, together, withGaps } from './figures.ts'
import { spanOf } from './period.ts'

afterEach(cleanup)

const day = (date: number) => new Date(2026, 10, date).getTime()
const point = (date: number, change: Partial<InsightPoint> = {}): InsightPoint => ({
  at: day(date),
  replies: 30,
  newTokens: 1000,
  tokensPerSecond: 40,
  plainTokensPerSecond: 20,
  tokensPerPass: 2,
  acceptance: 0.5,
  sources: { plain: 500, model: 100, lookup: 100, history: 300 },
  firstTokenMs: 300,
  reused: 0.9,
  ...change,
})

test('the gain counts only days that measured both speeds, by the tokens behind them', () => {
  expect(gainOf([point(1), point(2, { plainTokensPerSecond: null, tokensPerSecond: 900 })])).toBe(2)
  expect(gainOf([point(1, { newTokens: 3000 }), point(2, { tokensPerSecond: 20 })])).toBe(1.75)
  expect(gainOf([point(1, { tokensPerSecond: null })])).toBeNull()
})

test('“because it knows how you write” is said only where half of what was guessed right came from there', () => {
  expect(causeOf([point(1)])).toBe('you')
  expect(causeOf([point(1, { sources: { plain: 1, model: 60, lookup: 10, history: 30 } })])).toBe('drafter')
  expect(causeOf([point(1, { sources: { plain: 1, model: 40, lookup: 40, history: 40 } })])).toBe('drafting')
})

test('under 50 replies nothing is claimed, and a gain too small to tell is none', () => {
  expect(headline({ replies: 49, points: [point(1)] })).toEqual({ kind: 'early', replies: 49 })
  expect(headline({ replies: 50, points: [point(1, { tokensPerSecond: 20.5 })] }).kind).toBe('same')
  expect(headline({ replies: 50, points: [point(1)] })).toEqual({ kind: 'faster', gain: 2, cause: 'you' })
  expect(headline({ replies: 0, points: [] }).kind).toBe('new')
})

test('days without a reply keep their place in a line, and are no zero', () => {
  const filled = withGaps([point(1), point(4)], 'day')
  expect(filled.map(({ at }) => at)).toEqual([1, 2, 3, 4].map(day))
  expect(filled[1]?.tokensPerSecond).toBeNull()
})

test('days are put together by whole weeks, the newest whole', () => {
  const groups = together(
    Array.from({ length: 30 }, (_, at) => point(at + 1)),
    8,
    'day',
  )
  expect(groups.map(({ points }) => points.length)).toEqual([2, 7, 7, 7, 7])
})

test('7 days begin at midnight six days ago', () => {
  const now = new Date(2026, 10, 25, 6, 20).getTime()
  expect(spanOf('week', now, 0)).toEqual({ since: day(19), until: now, by: 'day' })
  expect(spanOf('all', now, new Date(2024, 0, 1).getTime()).by).toBe('week')
})

async function openPage(scene: string) {
  const host = openMemoryScene(scene)
  if (!host) throw new Error(`expected a scene, found ${scene}`)
  const mounted = await mountStore({}, host)
  mounted.store.getState().go('insights')
  render(<App store={mounted.store} />)
  await settle()
  return { ...mounted, host }
}

test('the page says whether it gets better, and every picture has its table', async () => {
  await openPage('insights')
  const heading = await screen.findByRole('heading', {
    level: 1,
    name: /1\.\d× faster than plain, because it knows how you write/,
  })
  expect(heading).toBeTruthy()
  for (const name of ['Writing speed', 'Where the tokens came from'])
    expect(
      within(screen.getByRole('region', { name })).getByRole('table').querySelectorAll('tbody tr').length,
    ).toBeGreaterThan(3)
  const learned = screen.getByRole('region', { name: 'What was learned' })
  expect(learned.textContent).toContain('You asked for it three times.')
  expect(
    within(screen.getByRole('region', { name: 'Storage' })).getByRole('rowheader', { name: 'Memory' }),
  ).toBeTruthy()
})

test('another period is asked for', async () => {
  const { host } = await openPage('insights')
  fireEvent.click(await screen.findByRole('radio', { name: '7 days' }))
  await waitFor(() => expect(host.calls.filter(({ command }) => command === 'insights.open')).toHaveLength(2))
})

test('a new person reads when the page begins to speak', async () => {
  await openPage('insights-empty')
  await screen.findByRole('heading', { level: 1, name: 'After 50 replies this page has something to say.' })
  expect(screen.queryByRole('region', { name: 'Writing speed' })).toBeNull()
})

test('what was learned leads to the memory', async () => {
  const { store } = await openPage('insights')
  fireEvent.click(await screen.findByRole('button', { name: 'Use British spelling.' }))
  expect(store.getState().page).toBe('memory')
  expect(store.getState().memory.chosen).toHaveLength(1)
})
