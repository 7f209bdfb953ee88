// renderer/features/insights/InsightsPage.tsx: one answer: is it getting better for me?
export function InsightsPage() {
  return (
    <section aria-label="Insights" data-pane="page" className="scrolls min-h-0 flex-1 px-10 pb-8 max-side:px-5">
      <h1 className="text-xl">Insights</h1>
    </section>
  )
}
