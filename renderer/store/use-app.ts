// renderer/store/use-app.ts: how a component reads the store. Select as little as you draw; that keeps a token from
// drawing more than one bubble again.
import { createContext, useContext } from 'react'
import { type StoreApi, useStore } from 'zustand'
import type { AppState } from './store.ts'

export const AppStore = createContext<StoreApi<AppState> | null>(null)

export function useAppStore(): StoreApi<AppState> {
  const store = useContext(AppStore)
  if (!store) throw new Error('expected an <AppStore> above this component, found none; render it inside <App>')
  return store
}

export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useAppStore(), select)
}
