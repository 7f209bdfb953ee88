// renderer/features/memory/choices-slice.ts: what was learned about how to answer, and what the person decides about it.
import type { StateCreator } from 'zustand'
import { type Failure, toFailure } from '../../../engine/contract/failure.ts'
import type { Choice } from '../../../engine/contract/learning.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'

export interface ChoicesState {
  /** Grows with every change in the engine. */
  readonly version: number
  /** Null until read once. */
  readonly all: readonly Choice[] | null
  readonly failure: Failure | null
}

export interface ChoicesActions {
  readonly read: () => Promise<void>
  /** Always this option, or with null: learned. */
  readonly fix: (choice: Choice, option: string | null) => Promise<void>
  /** Forgets what was learned about one, or with null about all. */
  readonly reset: (choice: Choice | null) => Promise<void>
}

export interface ChoicesSlice {
  readonly choices: ChoicesState
  readonly choicesActions: ChoicesActions
}

export const createChoicesSlice =
  (client: Client): StateCreator<AppState, [], [], ChoicesSlice> =>
  (set, get) => {
    const put = (change: Partial<ChoicesState>) => set((all) => ({ choices: { ...all.choices, ...change } }))
    let asked = 0
    async function ask(work: () => Promise<{ readonly choices: readonly Choice[] }>, said: string | null) {
      const turn = ++asked
      try {
        const { choices } = await work()
        if (turn === asked) put({ all: choices, failure: null })
        if (said !== null) get().announce(said)
      } catch (error) {
        if (turn === asked) put({ failure: toFailure(error) })
      }
    }
    return {
      choices: { version: 0, all: null, failure: null },
      choicesActions: {
        read: () => ask(() => client.call('learning.choices', {}), null),
        fix: (choice, option) =>
          ask(
            () => client.call('learning.fix', { class: choice.class, choice: choice.choice, option }),
            option === null ? 'Learned again' : 'Always so from now on',
          ),
        reset: (choice) =>
          ask(
            () => client.call('learning.reset', choice ? { class: choice.class, choice: choice.choice } : {}),
            choice ? 'Reset' : 'All reset',
          ),
      },
    }
  }
