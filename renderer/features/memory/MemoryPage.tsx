// renderer/features/memory/MemoryPage.tsx: what Hearth believes about the person, each with the words it came from.
export function MemoryPage() {
  return (
    <section aria-label="Memory" data-pane="page" className="scrolls min-h-0 flex-1 px-10 pb-8 max-side:px-5">
      <h1 className="text-xl">Memory</h1>
    </section>
  )
}
