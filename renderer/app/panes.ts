// renderer/app/panes.ts: F6 and Shift-F6 go round the panes: sidebar, title bar, page or thread, composer, drawer, undo.

const order = ['sidebar', 'titlebar', 'page', 'thread', 'composer', 'drawer', 'undo'] as const
const focusable = 'a[href], button:not([disabled]):not([tabindex="-1"]), input, textarea, [tabindex="0"]'

export function nextPane(backwards: boolean): void {
  const panes = order.flatMap((name) => {
    const pane = document.querySelector<HTMLElement>(`[data-pane=${name}]`)
    return pane && pane.offsetParent !== null ? [pane] : []
  })
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  for (let step = 1; step <= panes.length; step++) {
    const pane =
      panes[
        ((((at < 0 && backwards ? 0 : at) + (backwards ? -step : step)) % panes.length) + panes.length) % panes.length
      ]
    const target = pane?.matches('[tabindex="0"]') ? pane : preferred(pane)
    if (!target) continue
    target.focus()
    return
  }
}

/** In the list of chats the open one, in the composer the field, else what comes first. */
function preferred(pane: HTMLElement | undefined): HTMLElement | null {
  return (
    pane?.querySelector<HTMLElement>('textarea, [data-row][tabindex="0"]') ??
    pane?.querySelector<HTMLElement>(focusable) ??
    null
  )
}
