// renderer/features/insights/InsightsBar.tsx: the page's part of the title bar: how far back.
import { useApp } from '../../store/use-app.ts'
import { Segments } from '../../ui/Segments.tsx'
import { periods } from './period.ts'

export function InsightsBar() {
  const period = useApp((state) => state.insights.period)
  const choose = useApp((state) => state.insightsActions.choose)
  return (
    <>
      <span className="flex-1" />
      <Segments label="Period" value={period} options={periods} onChange={choose} />
    </>
  )
}
