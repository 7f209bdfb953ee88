// renderer/app/links.ts: the address of a message in the page's own address line: goes there, at the start and later.
import type { StoreApi } from 'zustand'
import { readLink } from '../store/links.ts'
import type { AppState } from '../store/store.ts'

export function listenToLinks(store: StoreApi<AppState>): () => void {
  const follow = () => {
    const link = readLink(location.hash)
    if (!link) return
    history.replaceState(null, '', location.pathname + location.search)
    void store.getState().jumpTo(link.conversation, link.message, [])
  }
  // Nothing can be opened before the first screen has been read.
  if (store.getState().version !== '') follow()
  else {
    const unsubscribe = store.subscribe((state) => {
      if (state.version === '' || state.opening !== null) return
      unsubscribe()
      follow()
    })
  }
  window.addEventListener('hashchange', follow)
  return () => window.removeEventListener('hashchange', follow)
}
