// renderer/features/settings/settings-slice.ts: what the person chose. A change shows at once and is taken back if it
// could not be kept.
import type { StateCreator } from 'zustand'
import { toFailure } from '../../../engine/contract/failure.ts'
import type { Settings } from '../../../engine/contract/settings.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'

export interface SettingsSlice {
  readonly settings: Settings
  readonly updateSettings: (change: Partial<Settings>) => Promise<void>
}

export const createSettingsSlice =
  (client: Client): StateCreator<AppState, [], [], SettingsSlice> =>
  (set, get) => ({
    settings: {
      theme: 'system',
      welcomed: false,
      lastConversation: null,
      modelPath: null,
      restAfterMinutes: 10,
      memory: 'ask',
      thinking: 'auto',
      overflow: 'ask',
    },
    updateSettings: async (change) => {
      const before = get().settings
      set({ settings: { ...before, ...change } })
      try {
        await client.call('settings.update', change)
      } catch (error) {
        const failure = toFailure(error)
        // A choice made while the engine is away holds in this window until it is read anew.
        if (failure.code === 'engine-crashed') return
        set({ settings: before, refused: failure })
      }
    },
  })
