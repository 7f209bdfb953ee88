// renderer/features/insights/InsightsPage.tsx: one answer: is it getting better for me? Then where the speed came from, what
// was learned and why, and what is stored.
import { TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Insights } from '../../../engine/contract/learning.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Charts, chartNames } from './Charts.tsx'
import { Choices, Reactions } from './Choices.tsx'
import { Headline } from './Headline.tsx'
import { Learned } from './Learned.tsx'
import { Storage } from './Storage.tsx'

export function InsightsPage() {
  const { read: shown, failure, period } = useApp((state) => state.insights)
  const read = useApp((state) => state.insightsActions.read)
  const ready = useApp((state) => state.connection.state === 'ready')
  const [tables, setTables] = useState<readonly string[]>([])
  useEffect(() => {
    if (ready) void read()
  }, [ready, read])
  // T turns every picture into its table, and back.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 't' || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented)
        return
      if (document.activeElement?.closest('input, textarea, [role=dialog], [role=menu]')) return
      setTables((before) => (before.length > 0 ? [] : chartNames))
      event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
  const failed = failure !== null && failure.code !== 'engine-crashed'
  return (
    <section
      aria-label="Insights"
      data-pane="page"
      data-state={shown === null ? (failed ? 'failed' : 'opening') : shown.of === period ? 'ready' : 'reading'}
      aria-busy={shown?.of !== period}
      className="scrolls min-h-0 flex-1 px-10 pt-1 pb-10 max-side:px-5"
    >
      <div className="@container mx-auto max-w-280">
        {failed && (
          <div className="mb-4">
            <Notice
              urgent
              icon={TriangleAlert}
              tone="danger"
              state="insights-unread"
              title={failure.message}
              actions={<Button onClick={() => void read()}>Try again</Button>}
            >
              {failure.remedy ?? 'Nothing was lost.'}
            </Notice>
          </div>
        )}
        {shown === null ? (
          <h1 className="text-xl">Insights</h1>
        ) : (
          <Body figures={shown.figures} by={shown.by} tables={tables} onTables={setTables} />
        )}
      </div>
    </section>
  )
}

interface BodyProps {
  readonly figures: Insights
  readonly by: 'day' | 'week'
  readonly tables: readonly string[]
  readonly onTables: (tables: readonly string[]) => void
}

function Body({ figures, by, tables, onTables }: BodyProps) {
  const { replies, points, learned, feedback, choices, storage } = figures
  const rule = 'mt-7 border-t border-line pt-5'
  return (
    <>
      <Headline replies={replies} points={points} />
      {replies > 0 && <Charts points={points} by={by} tables={tables} onTables={onTables} />}
      <div className={`${rule} grid gap-x-11 gap-y-7 @min-[46rem]:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)]`}>
        <Learned learned={learned} />
        <Storage storage={storage} />
      </div>
      {replies > 0 && (
        <div className={`${rule} grid gap-x-11 gap-y-7 @min-[46rem]:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)]`}>
          <Choices choices={choices} />
          <Reactions feedback={feedback} />
        </div>
      )}
    </>
  )
}
