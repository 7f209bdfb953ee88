// renderer/features/search/search-slice.ts: full-text hits for what is typed in the palette, and where it looks.
import type { StateCreator } from 'zustand'
import type { SearchHit } from '../../../engine/contract/conversation.ts'
import { toFailure } from '../../../engine/contract/failure.ts'
import type { ConversationId } from '../../../engine/contract/ids.ts'
import type { Memory } from '../../../engine/contract/memory.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'

export interface SearchFilter {
  readonly role: 'anyone' | 'user' | 'assistant'
  readonly since: 'ever' | 'week' | 'month'
  /** Only this chat; null: all of them. */
  readonly conversation: ConversationId | null
}

export const everywhere: SearchFilter = { role: 'anyone', since: 'ever', conversation: null }

export interface SearchSlice {
  /** `query` is the one that `hits` answer, so an old answer is never shown for a new question. */
  readonly search: {
    readonly query: string
    readonly hits: readonly SearchHit[]
    readonly memories: readonly Memory[]
    readonly problem: string | null
  }
  readonly searchFilter: SearchFilter
  readonly searchFor: (query: string) => Promise<void>
  readonly setSearchFilter: (change: Partial<SearchFilter>) => void
  /** Opens the search over one chat. */
  readonly findIn: (conversation: ConversationId) => void
}

const day = 86_400_000
const days: Readonly<Record<SearchFilter['since'], number | null>> = { ever: null, week: 7, month: 31 }

export const createSearchSlice = (client: Client): StateCreator<AppState, [], [], SearchSlice> => {
  let wanted: object = {}
  return (set, get) => {
    const nothing = { hits: [], memories: [], problem: null }
    return {
      search: { query: '', ...nothing },
      searchFilter: everywhere,
      searchFor: async (query) => {
        const mine = {}
        wanted = mine
        if (query === '') {
          set({ search: { query, ...nothing } })
          return
        }
        const { role, since, conversation } = get?.()?.searchFilter ?? everywhere
        const back = days[since]
        try {
          const memories = client
            .call('memory.list', { query, limit: 4 })
            .then((found) => found.memories)
            .catch(() => []) // what memory holds is not looked for where it is not there
          const { hits } = await client.call('search.messages', {
            query,
            limit: 20,
            ...(role === 'anyone' ? {} : { role }),
            ...(back === null ? {} : { since: Date.now() - back * day }),
            ...(conversation === null ? {} : { conversation }),
          })
          if (wanted === mine) set((state) => ({ search: { ...state.search, query, hits, problem: null } }))
          const found = conversation === null && role === 'anyone' ? await memories : []
          if (wanted === mine) set((state) => ({ search: { ...state.search, memories: found } }))
        } catch (error) {
          if (wanted === mine) set({ search: { query, ...nothing, problem: toFailure(error).message } })
        }
      },
      setSearchFilter: (change) => set((state) => ({ searchFilter: { ...state.searchFilter, ...change } })),
      findIn: (conversation) => set({ searchFilter: { ...everywhere, conversation }, overlay: 'palette' }),
    }
  }
}
