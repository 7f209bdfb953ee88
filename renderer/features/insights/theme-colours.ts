// renderer/features/insights/theme-colours.ts: the tokens as a canvas can use them. A token is `light-dark(…)`, which only
// the style engine resolves, so an element is asked what it became.
import { useSyncExternalStore } from 'react'

export function colourOf(place: HTMLElement, token: string): string {
  const probe = document.createElement('i')
  probe.style.color = `var(${token})`
  probe.hidden = true
  place.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

let turn = 0

/** Another number after each change of theme or contrast: what was drawn has old colours. */
export function useThemeTurn(): number {
  return useSyncExternalStore(watchTheme, () => turn)
}

function watchTheme(changed: () => void): () => void {
  const next = () => {
    turn++
    changed()
  }
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) => window.matchMedia(query))
  for (const query of queries) query.addEventListener('change', next)
  const observer = new MutationObserver(next)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => {
    observer.disconnect()
    for (const query of queries) query.removeEventListener('change', next)
  }
}
