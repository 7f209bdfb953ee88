// renderer/features/chat/markdown/Table.tsx: a table that scrolls sideways when it is wider than the column.
import type { ReactNode } from 'react'

export function Table({ children }: { readonly children?: ReactNode }) {
  return (
    <section
      aria-label="Table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables scroll, so the keyboard must reach them
      tabIndex={0}
      className="scrolls my-3 max-w-full overflow-x-auto"
    >
      <table>{children}</table>
    </section>
  )
}
