// renderer/app/narrow.ts: is the window too narrow for the sidebar to be a column? The same width as `side` in app.css.
import { useSyncExternalStore } from 'react'

const query = '(max-width: 56.25rem)'

export const narrow = () => window.matchMedia(query).matches

export function useNarrow(): boolean {
  return useSyncExternalStore((changed) => {
    const media = window.matchMedia(query)
    media.addEventListener('change', changed)
    return () => media.removeEventListener('change', changed)
  }, narrow)
}
