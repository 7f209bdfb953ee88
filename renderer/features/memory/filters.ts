// renderer/features/memory/filters.ts: which of the memories of a tab are shown, and whether the drawer is.
import type { Memory, MemoryId, MemoryKind } from '../../../engine/contract/memory.ts'

/** Of the memories shown: any, those that hold everywhere, those of one chat. */
type ScopeFilter = 'any' | 'everywhere' | 'chat'
/** Only in All, where they stand together. */
type StateFilter = 'any' | 'pinned' | 'guess' | 'disputed' | 'leaving' | 'expired'

export interface Filters {
  readonly kind: MemoryKind | 'any'
  readonly scope: ScopeFilter
  readonly state: StateFilter
}
export const noFilters: Filters = { kind: 'any', scope: 'any', state: 'any' }

export function passes(memory: Memory, { kind, scope, state }: Filters): boolean {
  if (kind !== 'any' && memory.kind !== kind) return false
  if (scope !== 'any' && (scope === 'everywhere') !== (memory.scope.type === 'everywhere')) return false
  switch (state) {
    case 'any':
      return true
    case 'pinned':
      return memory.pinned
    case 'guess':
      return memory.confidence.words === 'a guess'
    case 'disputed':
    case 'leaving':
    case 'expired':
      return memory.status === state
  }
}

/** One memory or several are chosen, and the tab is one of memories. */
export const isDrawerOpen = ({ tab, chosen }: { readonly tab: string; readonly chosen: readonly MemoryId[] }) =>
  chosen.length > 0 && tab !== 'choices' && tab !== 'forgotten'
