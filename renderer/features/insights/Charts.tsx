// renderer/features/insights/Charts.tsx: the pictures: writing speed, where the tokens came from, how often a guess was
// right, how long the first word took.
import { useMemo } from 'react'
import type { InsightPoint } from '../../../engine/contract/learning.ts'
import { count, seconds } from '../../ui/format.ts'
import { ChartCard } from './ChartCard.tsx'
import { mean, sources, sumSources, together, withGaps } from './figures.ts'

export const chartNames = ['speed', 'sources', 'acceptance', 'first'] as const
type ChartName = (typeof chartNames)[number]

interface ChartsProps {
  readonly points: readonly InsightPoint[]
  readonly by: 'day' | 'week'
  readonly tables: readonly string[]
  readonly onTables: (tables: readonly string[]) => void
}

const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
export const dayOf = (at: number) => dayMonth.format(at)

const percent = (value: number) => `${count(value * 100)}%`
const oneDigit = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const speed = (value: number) => `${oneDigit.format(value)} tok/s`
const mostBars = 8

export function Charts({ points, by, tables, onTables }: ChartsProps) {
  const whole = useMemo(() => withGaps(points, by), [points, by])
  const drawn = useMemo(() => linesOf(whole), [whole])
  const stack = useMemo(() => stackOf(whole, by), [whole, by])
  const table = (name: ChartName) => ({
    asTable: tables.includes(name),
    onTable: (on: boolean) => onTables(on ? [...tables, name] : tables.filter((other) => other !== name)),
  })
  const pointName = by === 'day' ? 'Day' : 'Week of'
  const acceptance = mean(points, 'acceptance')
  const first = mean(points, 'firstTokenMs')
  const reused = mean(points, 'reused')
  const perPass = mean(points, 'tokensPerPass')
  return (
    <>
      <div className="mt-7 grid gap-x-11 gap-y-8 @min-[46rem]:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <ChartCard
          title="Writing speed"
          kind="lines"
          tint="--ember-wash"
          labels={drawn.labels}
          series={drawn.speed}
          now={[mean(points, 'tokensPerSecond'), mean(points, 'plainTokensPerSecond')]}
          format={count}
          formatLong={speed}
          pointName={pointName}
          {...table('speed')}
        >
          Tokens a second, measured; and the same replies one token at a time, estimated
        </ChartCard>
        <ChartCard
          title="Where the tokens came from"
          kind="stack"
          labels={stack.labels}
          series={stack.series}
          now={stack.whole}
          format={percent}
          pointName={stack.pointName}
          {...table('sources')}
        >
          Share of {stack.each}
        </ChartCard>
      </div>
      <div className="mt-7 grid gap-x-11 gap-y-8 border-t border-line pt-5 @min-[46rem]:grid-cols-2">
        <ChartCard
          title={acceptance === null ? 'Guesses that were right' : `${percent(acceptance)} of guesses were right`}
          kind="lines"
          labels={drawn.labels}
          series={drawn.acceptance}
          now={[acceptance]}
          format={percent}
          pointName={pointName}
          height={150}
          {...table('acceptance')}
        >
          {perPass === null
            ? 'No guessing was measured yet'
            : `${oneDigit.format(perPass)} tokens at a time on average`}
        </ChartCard>
        <ChartCard
          title={first === null ? 'To the first token' : `${seconds(first)} to the first token`}
          kind="lines"
          labels={drawn.labels}
          series={drawn.first}
          now={[first]}
          format={seconds}
          pointName={pointName}
          height={150}
          {...table('first')}
        >
          {reused === null ? 'Median' : `Median, with ${percent(reused)} of the context reused`}
        </ChartCard>
      </div>
    </>
  )
}

function linesOf(points: readonly InsightPoint[]) {
  const of = (figure: 'tokensPerSecond' | 'plainTokensPerSecond' | 'acceptance' | 'firstTokenMs') =>
    points.map((point) => point[figure])
  return {
    labels: points.map(({ at }) => dayOf(at)),
    speed: [
      { name: 'Hearth', token: '--ember', values: of('tokensPerSecond') },
      { name: 'Plain', token: '--ink-3', values: of('plainTokensPerSecond') },
    ],
    acceptance: [{ name: 'Right', token: '--ink-2', values: of('acceptance') }],
    first: [{ name: 'First token', token: '--ink-2', values: of('firstTokenMs') }],
  }
}

function stackOf(points: readonly InsightPoint[], by: 'day' | 'week') {
  const groups = together(points, mostBars, by)
  const shares = groups.map((group) => shareOf(sumSources(group.points)))
  const whole = shareOf(sumSources(points))
  return {
    labels: groups.map(({ at }) => dayOf(at)),
    series: sources.map(({ source, name, token }) => ({
      name,
      token,
      values: shares.map((share) => share?.[source] ?? null),
    })),
    whole: sources.map(({ source }) => whole?.[source] ?? null),
    pointName: groups.length === points.length && by === 'day' ? 'Day' : 'From',
    each:
      groups.length < points.length && by === 'week'
        ? 'the replies of some weeks'
        : groups.length === points.length && by === 'day'
          ? 'each day’s replies'
          : 'each week’s replies',
  }
}

function shareOf(sum: ReturnType<typeof sumSources>) {
  const total = sum.plain + sum.model + sum.lookup + sum.history
  if (total === 0) return null
  return {
    plain: sum.plain / total,
    model: sum.model / total,
    lookup: sum.lookup / total,
    history: sum.history / total,
  }
}
