// renderer/features/search/search-slice.ts: full-text hits for what is typed in the palette.
import type { StateCreator } from 'zustand'
import type { SearchHit } from '../../../engine/contract/conversation.ts'
import { toFailure } from '../../../engine/contract/failure.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'

export interface SearchSlice {
  /** `query` is the one that `hits` answer, so an old answer is never shown for a new question. */
  readonly search: { readonly query: string; readonly hits: readonly SearchHit[]; readonly problem: string | null }
  readonly searchFor: (query: string) => Promise<void>
}

export const createSearchSlice = (client: Client): StateCreator<AppState, [], [], SearchSlice> => {
  let wanted = ''
  return (set) => ({
    search: { query: '', hits: [], problem: null },
    searchFor: async (query) => {
      wanted = query
      if (query === '') {
        set({ search: { query, hits: [], problem: null } })
        return
      }
      try {
        const { hits } = await client.call('search.messages', { query, limit: 20 })
        if (wanted === query) set({ search: { query, hits, problem: null } })
      } catch (error) {
        if (wanted === query) set({ search: { query, hits: [], problem: toFailure(error).message } })
      }
    },
  })
}
