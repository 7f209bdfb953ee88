// renderer/features/insights/ChartCard.tsx: a picture with its title, its legend and its table. The table is always there
// for a screen reader, and for everybody where the switch says so or a picture cannot be drawn.
import { ChartLine, Table2 } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { IconButton } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import type { ChartProps, ChartSeries } from './Chart.tsx'

const Chart = lazy(() => import('./Chart.tsx'))

interface ChartCardProps extends Pick<ChartProps, 'kind' | 'labels' | 'series' | 'format' | 'tint'> {
  readonly title: string
  readonly children: ReactNode
  /** What a point is: `Day`, `Week of`. */
  readonly pointName: string
  /** In the table; with the unit. */
  readonly formatLong?: (value: number) => string
  /** Shown in the legend when nothing is pointed at. */
  readonly now: readonly (number | null)[]
  readonly asTable: boolean
  readonly onTable: (asTable: boolean) => void
  readonly height?: number
}

/** Some browsers and all tests without a screen draw nothing; then the table is the picture. */
const canDraw = () => {
  try {
    return document.createElement('canvas').getContext('2d') !== null
  } catch {
    return false
  }
}

export function ChartCard(props: ChartCardProps) {
  const { title, children, kind, labels, series, format, formatLong = format, tint, now, asTable, onTable } = props
  const [point, setPoint] = useState<number | null>(null)
  const [drawable] = useState(canDraw)
  const height = props.height ?? 220
  const table = asTable || !drawable
  const at = point === null ? undefined : labels[point]
  return (
    <section aria-label={title} data-state={table ? 'table' : 'picture'} className="min-w-0">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-sm">{title}</h2>
          <p className="text-xs leading-4.5 text-ink-2">{children}</p>
        </div>
        {drawable && (
          <IconButton
            small
            label={asTable ? `${title}: show as picture` : `${title}: show as table`}
            onClick={() => onTable(!asTable)}
          >
            <Icon of={asTable ? ChartLine : Table2} size="small" />
          </IconButton>
        )}
      </div>
      {!table && (
        <>
          <ul
            aria-hidden="true"
            className="mt-2 flex min-h-4 flex-wrap gap-x-4 gap-y-0.5 text-2xs text-ink-3 tabular-nums"
          >
            {series.map((one, index) => {
              const value = point === null ? now[index] : one.values[point]
              return (
                <li key={one.name} className="flex items-center gap-1.5">
                  <i className="size-2 flex-none rounded-[2px]" style={{ background: `var(${one.token})` }} />
                  {one.name} <b className="font-medium text-ink-2">{value == null ? '–' : formatLong(value)}</b>
                </li>
              )
            })}
            {at !== undefined && <li className="ml-auto text-ink-2">{at}</li>}
          </ul>
          <div className="mt-1">
            <Suspense fallback={<div style={{ height }} />}>
              <Chart
                kind={kind}
                labels={labels}
                series={series}
                format={format}
                height={height}
                onPoint={setPoint}
                {...(tint ? { tint } : {})}
              />
            </Suspense>
          </div>
        </>
      )}
      <FigureTable
        title={title}
        pointName={props.pointName}
        labels={labels}
        series={series}
        format={formatLong}
        hidden={!table}
      />
    </section>
  )
}

interface FigureTableProps {
  readonly title: string
  readonly pointName: string
  readonly labels: readonly string[]
  readonly series: readonly ChartSeries[]
  readonly format: (value: number) => string
  /** Only for a screen reader. */
  readonly hidden: boolean
}

function FigureTable({ title, pointName, labels, series, format, hidden }: FigureTableProps) {
  return (
    <div
      className={hidden ? 'sr-only' : 'scrolls mt-2 max-h-64 rounded-3 border border-line'}
      {...(hidden ? {} : { tabIndex: 0, role: 'region', 'aria-label': `${title}, table` })}
    >
      <table className="w-full text-xs tabular-nums">
        <caption className="sr-only">{title}</caption>
        <thead className="sticky top-0 bg-surface text-ink-3">
          <tr>
            <th scope="col" className="px-2.5 py-1.5 text-left font-medium">
              {pointName}
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="px-2.5 py-1.5 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, at) => (
            <tr key={label} className="border-t border-line">
              <th scope="row" className="px-2.5 py-1 text-left font-normal whitespace-nowrap">
                {label}
              </th>
              {series.map(({ name, values }) => {
                const value = values[at] ?? null
                return (
                  <td key={name} className="px-2.5 py-1 text-right">
                    {value === null ? '–' : format(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
