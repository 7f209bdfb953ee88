// renderer/features/memory/use-page-keys.ts: the keys of the page: Esc closes the drawer, Command-F searches, Command-Z
// takes the last change back. They come before those of the window, and after those of a menu or a field.
import { useEffect, useRef } from 'react'
import { useAppStore } from '../../store/use-app.ts'
import { matches } from '../../ui/platform.ts'

export function usePageKeys(): void {
  const store = useAppStore()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      if (matches(event, { key: 'f' })) {
        const field = document.querySelector<HTMLInputElement>('[data-search-memory]')
        field?.focus()
        field?.select()
      } else if (matches(event, { key: 'z' })) {
        const { memory, memoryActions } = store.getState()
        const rejected = memory.rejected.at(-1)
        if (typing() || (rejected === undefined && memory.undo === null)) return
        if (rejected) memoryActions.unreject(rejected.id)
        else void memoryActions.undo()
      } else return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [store])
}

export function useDrawerKeys(close: () => void): void {
  const current = useRef(close)
  current.current = close
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing || somethingOnTop()) return
      current.current()
      event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** A menu, a popover or a dialog closes first; it does so by itself. */
const somethingOnTop = () =>
  document.querySelector('[data-popup-open], [role=dialog], [role=alertdialog], [role=menu]') !== null

/** In a field the key undoes typing, unless nothing was typed there. */
function typing(): boolean {
  const field = document.activeElement
  return (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.value !== ''
}
