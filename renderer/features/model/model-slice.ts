// renderer/features/model/model-slice.ts: the model's state as the engine reports it, and the wish for another one.
import type { StateCreator } from 'zustand'
import { toFailure } from '../../../engine/contract/failure.ts'
import type { ModelStatus } from '../../../engine/contract/model.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'

export interface ModelSlice {
  readonly model: ModelStatus
  /** An absolute path, or null for the starter model. The answer comes as an event. */
  readonly chooseModel: (path: string | null) => Promise<void>
}

export const createModelSlice =
  (client: Client): StateCreator<AppState, [], [], ModelSlice> =>
  (set) => ({
    model: { state: 'none' },
    chooseModel: async (path) => {
      try {
        await client.call('model.use', { path })
        set((state) => ({ settings: { ...state.settings, modelPath: path } }))
      } catch (error) {
        const name = path?.split(/[\\/]/).at(-1) ?? 'Kindling'
        set({ model: { state: 'failed', name, failure: toFailure(error), fallback: null } })
      }
    },
  })
