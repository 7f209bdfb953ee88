// renderer/features/insights/Chart.tsx: one picture, drawn by uPlot. Loaded when the first one is needed. It takes its
// colours from the tokens, anew in the other theme, and says which point is under the pointer. A screen reader has the
// table beside it (ChartCard.tsx).
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { colourOf, useThemeTurn } from './theme-colours.ts'

export interface ChartSeries {
  readonly name: string
  /** A colour token: `--ember`. */
  readonly token: string
  readonly values: readonly (number | null)[]
}

export interface ChartProps {
  /** `lines` begin at zero; the ground between the first and the second is tinted. `stack`: shares of one, as bars. */
  readonly kind: 'lines' | 'stack'
  /** Of each point: what stands below the axis. */
  readonly labels: readonly string[]
  readonly series: readonly ChartSeries[]
  readonly format: (value: number) => string
  readonly height: number
  /** Between the first two lines. */
  readonly tint?: string
  readonly onPoint: (index: number | null) => void
}

export default function Chart(props: ChartProps) {
  const { kind, labels, series, format, height, tint, onPoint } = props
  const box = useRef<HTMLDivElement>(null)
  const theme = useThemeTurn()
  const point = useRef(onPoint)
  point.current = onPoint

  // biome-ignore lint/correctness/useExhaustiveDependencies: the other theme has other colours for the same tokens
  useEffect(() => {
    const place = box.current
    if (!place) return
    const colour = (token: string) => colourOf(place, token)
    const font = `11px ${getComputedStyle(place).fontFamily}`
    const last = Math.max(0, labels.length - 1)
    const stacked = kind === 'stack'
    // The last of a stack is drawn on top of those that it is part of, so sums go from the whole down.
    const data = stacked ? sumsFromBelow(series) : series.map(({ values }) => [...values])
    const axis = { stroke: colour('--ink-3'), font, ticks: { show: false }, gap: 6 }
    const width = () => Math.max(120, Math.floor(place.clientWidth))
    const plot = new UPlot(
      {
        width: width(),
        height,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { show: !stacked, size: 7 }, x: !stacked },
        padding: [10, 24, 0, 0],
        scales: {
          x: { time: false, range: stacked ? [-0.5, last + 0.5] : [0, Math.max(1, last)] },
          y: { range: (_, __, max) => [0, stacked ? 1 : niceTop(max)] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 26,
            space: 56,
            splits: (_, __, low, high, step) => wholeSteps(low, high, Math.max(1, Math.ceil(step)), last),
            values: (_, splits) => splits.map((at) => labels[at] ?? ''),
          },
          {
            ...axis,
            size: 44,
            space: height < 180 ? 24 : 36,
            grid: { stroke: colour('--line'), width: 1 },
            values: (_, splits) => splits.map((value) => format(value)),
          },
        ],
        ...(tint && series.length > 1 ? { bands: [{ series: [1, 2], fill: colour(tint) }] } : {}),
        series: [
          {},
          ...series.map((one) => ({
            label: one.name,
            spanGaps: true,
            ...(stacked
              ? {
                  fill: colour(one.token),
                  stroke: colour('--surface'),
                  width: 2,
                  points: { show: false },
                  ...(UPlot.paths.bars ? { paths: UPlot.paths.bars({ size: [0.66, 56], radius: 0.05 }) } : {}),
                }
              : { stroke: colour(one.token), width: 2, points: { show: last < 2, size: 7 } }),
          })),
        ],
        hooks: { setCursor: [(self) => point.current(self.cursor.idx ?? null)] },
      } satisfies UPlot.Options,
      [labels.map((_, index) => index), ...data] as UPlot.AlignedData,
      place,
    )
    const observer = new ResizeObserver(() => plot.setSize({ width: width(), height }))
    observer.observe(place)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [kind, labels, series, format, height, tint, theme])

  return <div ref={box} aria-hidden="true" style={{ height }} />
}

/** For each series the sum of it and of all that come after it. */
function sumsFromBelow(series: readonly ChartSeries[]): (number | null)[][] {
  return series.map((_, from) =>
    (series[0]?.values ?? []).map((__, at) => {
      const parts = series.slice(from).map(({ values }) => values[at] ?? null)
      return parts.every((value) => value === null) ? null : parts.reduce<number>((sum, value) => sum + (value ?? 0), 0)
    }),
  )
}

/** One, two or five times a power of ten, and a little air above the highest. */
function niceTop(max: number | null): number {
  if (max === null || max <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(max))
  return ([1, 1.2, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= max * 1.02) ?? 10) * power
}

function wholeSteps(low: number, high: number, step: number, last: number): number[] {
  const splits: number[] = []
  for (let at = Math.max(0, Math.ceil(low)); at <= Math.min(last, Math.floor(high)); at += step) splits.push(at)
  return splits
}
