// renderer/features/insights/Storage.tsx: what is stored on this machine, as a table whose sizes are also lengths.
import type { Insights } from '../../../engine/contract/learning.ts'
import { bytes, count } from '../../ui/format.ts'
import { computer } from '../../ui/platform.ts'

const names: Readonly<Record<Insights['storage'][number]['what'], string>> = {
  messages: 'Chats',
  search: 'Search index',
  memory: 'Memory',
  traces: 'Traces of replies',
  learning: 'Reactions and choices',
  snapshots: 'Saved contexts',
  free: 'Free for the next',
  other: 'Other',
}

export function Storage({ storage }: Pick<Insights, 'storage'>) {
  const total = storage.reduce((sum, part) => sum + part.bytes, 0)
  const largest = Math.max(1, ...storage.map((part) => part.bytes))
  return (
    <section aria-label="Storage" className="min-w-0">
      <h2 className="text-sm">{bytes(total)} stored</h2>
      <p className="text-xs leading-4.5 text-ink-2">On this {computer} only; models not counted</p>
      <table className="mt-2 w-full text-xs tabular-nums">
        <caption className="sr-only">What is stored, largest first</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">What</th>
            <th scope="col">Share</th>
            <th scope="col">Size</th>
            <th scope="col">Count</th>
          </tr>
        </thead>
        <tbody>
          {storage.map((part) => (
            <tr key={part.what}>
              <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap text-ink-2">
                {names[part.what]}
              </th>
              <td className="w-full py-1">
                <span className="sr-only">{count((100 * part.bytes) / Math.max(1, total))}%</span>
                <div
                  aria-hidden="true"
                  className="h-2 rounded-[2px]"
                  style={{ width: `${(100 * part.bytes) / largest}%`, minWidth: 2, background: 'var(--src-model)' }}
                />
              </td>
              <td className="py-1 pl-3 text-right whitespace-nowrap">{bytes(part.bytes)}</td>
              <td className="py-1 pl-3 text-right whitespace-nowrap text-ink-3">
                {part.count === null ? '–' : count(part.count)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
