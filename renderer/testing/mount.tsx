// renderer/testing/mount.tsx: the store, or the whole app, over a fake host, for tests.
import { render } from '@testing-library/react'
import type { StoreApi } from 'zustand'
import { App } from '../app/App.tsx'
import { createClient } from '../store/client.ts'
import { type AppState, createAppStore } from '../store/store.ts'
import { createFakeHost, type FakeHost, type FakeHostOptions } from './fake-host.ts'

export interface Mounted {
  readonly host: FakeHost
  readonly store: StoreApi<AppState>
}

/** A store whose first snapshot has been read. Frames come at once, tries to connect a millisecond apart. */
export async function mountStore(options: FakeHostOptions, host = createFakeHost(options)): Promise<Mounted> {
  sessionStorage.clear()
  const client = createClient({ connect: host.connect, frame: (task) => queueMicrotask(task), backoffMs: 1 })
  const store = createAppStore(client)
  await until(store, ({ connection, opening }) => connection.state !== 'opening' && opening === null)
  return { host, store }
}

export async function mountApp(options: FakeHostOptions): Promise<Mounted> {
  const mounted = await mountStore(options)
  render(<App store={mounted.store} />)
  return mounted
}

/** Resolves when the state is as wished; a test that waits in vain ends by its own time limit. */
export function until(store: StoreApi<AppState>, wish: (state: AppState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (wish(store.getState())) return resolve()
    const unsubscribe = store.subscribe((state) => {
      if (!wish(state)) return
      unsubscribe()
      resolve()
    })
  })
}

/** Lets everything that is already under way arrive. */
export const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 5))
