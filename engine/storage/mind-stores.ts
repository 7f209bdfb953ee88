// engine/storage/mind-stores.ts: what memory, traces and learning keep, over the database that holds everything else: so a
// message leads to its trace, to the memories that it used and to the reactions it got.
import { createMemories, type Memories } from './memories.ts'
import { createMemoryEvidence, type MemoryEvidence } from './memory-evidence.ts'
import { createMemorySearch, type MemorySearch } from './memory-search.ts'
import type { Storage } from './open-storage.ts'
import { createReactions, type Reactions } from './reactions.ts'
import { withStorageErrors } from './storage-error.ts'
import { createTraces, type Traces } from './traces.ts'

export type MindStores = {
  readonly memories: Memories
  readonly evidence: MemoryEvidence
  readonly search: MemorySearch
  readonly traces: Traces
  readonly reactions: Reactions
}

/** `loadVectors`: in tests, an extension that does not load. */
export function openMindStores(
  { database, folder }: Pick<Storage, 'database' | 'folder'>,
  loadVectors?: Parameters<typeof createMemorySearch>[1],
): MindStores {
  return {
    memories: withStorageErrors(createMemories(database), folder),
    evidence: withStorageErrors(createMemoryEvidence(database), folder),
    search: withStorageErrors(createMemorySearch(database, loadVectors), folder),
    traces: withStorageErrors(createTraces(database), folder),
    reactions: withStorageErrors(createReactions(database), folder),
  }
}
