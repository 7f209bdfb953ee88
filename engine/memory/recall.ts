// engine/memory/recall.ts: which memories a question needs: by its words (FTS5) and by its meaning (vectors), fused by
// reciprocal rank. https://doi.org/10.1145/1571941.1572114 (Cormack, Clarke and Büttcher, 2009)
import type { ConversationId } from '../contract/ids.ts'
import type { MemoryId, UsedMemory } from '../contract/memory.ts'
import type { StoredMemory } from '../storage/memories.ts'
import type { MemorySearch } from '../storage/memory-search.ts'
import { confidenceOf, leastMean } from './confidence.ts'
import type { Embedder } from './embedder.ts'
import { contentWords, isPersonal, namesIn, shareStem } from './words.ts'

export type Found = { readonly memory: StoredMemory; readonly because: UsedMemory['because']; readonly score: number }

export type RecallDeps = {
  readonly search: MemorySearch
  /** Null: none ships here, and search goes by words alone. */
  readonly embedder: Embedder | null
  readonly now: () => number
}

export type Recall = {
  /** Best first. Only what a reply in `conversation` may use. */
  find(question: string, conversation: ConversationId, refused: ReadonlySet<MemoryId>, limit: number): Found[]
  /** For the memory page: anything that fits at all, words as beginnings. */
  search(query: string, limit: number): StoredMemory[]
  /** Whether a reply in `conversation` may use it now. */
  usable(memory: StoredMemory, conversation: ConversationId, refused: ReadonlySet<MemoryId>): boolean
  /** A sentence why search goes by words alone; null where it does not. */
  whyNoMeaning(): string | null
}

/** The constant of reciprocal rank fusion. */
const rankConstant = 60
/** Looked at on either side. */
const depth = 24
/** Nearness says which is nearest, and less and less behind that. */
const mostByMeaning = 3

export function createRecall({ search, embedder, now }: RecallDeps): Recall {
  const usable: Recall['usable'] = (memory, conversation, refused) =>
    memory.status === 'active' &&
    (memory.conversation === null || memory.conversation === conversation) &&
    (memory.expiresAt === null || memory.expiresAt > now()) &&
    !refused.has(memory.id) &&
    confidenceOf(memory, now()).mean >= leastMean

  const byMeaning = (text: string) =>
    embedder === null ? [] : search.byMeaning(embedder.embed(text), embedder.name, depth)

  return {
    usable,
    find: (question, conversation, refused, limit) => {
      const allowed = (memory: StoredMemory) => usable(memory, conversation, refused)
      const words = contentWords(question)
      const worded = search
        .byWords(words, depth)
        .filter((memory) => allowed(memory) && isAbout(memory, question, words))
      const least = embedder?.leastCosine ?? 1
      const meant = byMeaning(question)
        .filter(({ memory, cosine }) => allowed(memory) && cosine >= (isPersonal(question) ? least : least + 0.1))
        .slice(0, mostByMeaning)
        .map(({ memory }) => memory)
      return withoutShadowed(fuse(worded, meant)).slice(0, limit)
    },
    search: (query, limit) => {
      const words = query.split(/\s+/).filter((word) => word !== '')
      const least = embedder?.leastCosine ?? 1
      const meant = byMeaning(query).filter(({ cosine }) => cosine >= least)
      return fuse(
        search.byWords(words, limit, true),
        meant.map(({ memory }) => memory),
      )
        .slice(0, limit)
        .map(({ memory }) => memory)
    },
    whyNoMeaning: () =>
      search.whyNoMeaning() ??
      (embedder === null ? 'Memory is searched by words only: the file of word vectors is missing.' : null),
  }
}

/** One word in common is enough in a question about the person; in any other, a name or two words must be. */
function isAbout({ statement }: StoredMemory, question: string, words: readonly string[]): boolean {
  const inMemory = contentWords(statement)
  const common = words.filter((word) => inMemory.some((other) => shareStem(word, other)))
  if (common.length === 0) return false
  if (isPersonal(question) || common.length >= 2) return true
  const names = namesIn(statement)
  return common.some((word) => names.has(word))
}

function fuse(worded: readonly StoredMemory[], meant: readonly StoredMemory[]): Found[] {
  const found = new Map<MemoryId, Found>()
  for (const [because, list] of [
    ['words', worded],
    ['meaning', meant],
  ] as const)
    for (const [rank, memory] of list.entries()) {
      const before = found.get(memory.id)
      const score = (before?.score ?? 0) + 1 / (rankConstant + rank + 1)
      found.set(memory.id, { memory, score, because: before === undefined ? because : 'both' })
    }
  return [...found.values()].sort((a, b) => b.score - a.score || b.memory.seq - a.memory.seq)
}

/** What holds in this conversation hides what holds everywhere about the same. */
export function withoutShadowed<F extends { readonly memory: Pick<StoredMemory, 'key' | 'conversation'> }>(
  found: readonly F[],
): F[] {
  const here = new Set(
    found.flatMap(({ memory }) => (memory.conversation !== null && memory.key !== null ? [memory.key] : [])),
  )
  return found.filter(({ memory }) => memory.conversation !== null || memory.key === null || !here.has(memory.key))
}
