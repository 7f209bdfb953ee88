// renderer/store/connection-slice.ts: is the engine there, and what does this window do when it comes back.
import type { StateCreator } from 'zustand'
import { type Failure, toFailure } from '../../engine/contract/failure.ts'
import type { Client } from './client.ts'
import type { AppState } from './store.ts'

export type Connection =
  /** Nothing has been read yet. */
  | { readonly state: 'opening' }
  | { readonly state: 'ready' }
  /** It was there and is not now. What was read stays on screen. */
  | { readonly state: 'lost'; readonly failure: Failure; readonly retryMs: number | null }
  /** It answers, and says that it cannot work: the database is full, locked, newer, broken. */
  | { readonly state: 'refused'; readonly failure: Failure }

export interface ConnectionSlice {
  readonly connection: Connection
  readonly version: string
  /** Reads everything anew: the list, the model, the open conversation; then sends what was not answered. */
  readonly sync: () => Promise<void>
  readonly lose: (failure: Failure, retryMs: number | null) => void
  readonly reconnect: () => void
}

export const createConnectionSlice =
  (client: Client): StateCreator<AppState, [], [], ConnectionSlice> =>
  (set, get) => ({
    connection: { state: 'opening' },
    version: '',
    sync: async () => {
      const first = get().connection.state === 'opening' || get().version === ''
      try {
        const { version, settings, model, conversations } = await client.call('app.snapshot', {})
        const wanted = get().open ?? (first ? settings.lastConversation : null)
        const open = conversations.find(({ id }) => id === wanted)?.id
        set({ version, settings, model, conversations, connection: { state: 'ready' }, opening: open ?? null })
        if (open) await get().readConversation(open)
        get().resend()
      } catch (error) {
        const failure = toFailure(error)
        // Gone again before it answered: `lose` has said so already.
        if (failure.code !== 'engine-crashed') set({ connection: { state: 'refused', failure } })
      }
    },
    lose: (failure, retryMs) => {
      // A window that never saw anything keeps waiting; the words come when the wait is long (see Opening).
      set((state) => ({
        connection:
          state.connection.state === 'opening' && retryMs !== null && retryMs < 2000
            ? state.connection
            : { state: 'lost', failure, retryMs },
      }))
      get().interruptStreaming(failure)
    },
    reconnect: () => {
      if (get().connection.state === 'refused') void get().sync()
      else client.retry()
    },
  })
