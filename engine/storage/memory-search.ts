// engine/storage/memory-search.ts: memories by their words (FTS5) and by their meaning (vectors, through sqlite-vec).
// Where the extension does not load, search goes by words alone, and says why.
import { getLoadablePath } from 'sqlite-vec'
import type { MemoryId } from '../contract/memory.ts'
import type { WritableDatabase } from './database.ts'
import { memoryColumns, type StoredMemory } from './memories.ts'

export type MemorySearch = {
  /** Null: search goes by meaning too. */
  whyNoMeaning(): string | null
  /** Memories that hold any of `words` (each as the beginning of a word where `prefix`), best first. */
  byWords(words: readonly string[], limit: number, prefix?: boolean): StoredMemory[]
  /** The nearest by cosine, nearest first. Empty without the extension. */
  byMeaning(
    vector: Int8Array,
    embedder: string,
    limit: number,
  ): { readonly memory: StoredMemory; readonly cosine: number }[]
  setVector(memory: MemoryId, vector: Int8Array, embedder: string): void
  /** Memories without a vector of this embedder. */
  withoutVector(embedder: string): StoredMemory[]
}

/** `loadVectors`: in tests, an extension that does not load. */
export function createMemorySearch(
  db: WritableDatabase,
  loadVectors: (db: WritableDatabase) => void = load,
): MemorySearch {
  const reason = tryToLoad(db, loadVectors)
  const byWords = db.prepare<[string, number], StoredMemory>(`
    SELECT ${memoryColumns} FROM memories_fts JOIN memories m ON m.seq = memories_fts.rowid
    WHERE memories_fts MATCH ? ORDER BY bm25(memories_fts), m.seq DESC LIMIT ?`)
  // A person has hundreds of memories, not millions: looking at each takes less than a millisecond, and needs no index
  // of its own that would have to be scrubbed.
  const byMeaning =
    reason !== null
      ? null
      : db.prepare<[Buffer, string, number], StoredMemory & { readonly distance: number }>(`
    SELECT ${memoryColumns}, vec_distance_cosine(vec_int8(v.vector), vec_int8(?)) AS distance
    FROM memory_vectors v JOIN memories m ON m.seq = v.memory WHERE v.embedder = ? ORDER BY distance, m.seq DESC LIMIT ?`)
  const setVector = db.prepare<[string, Buffer, string]>(`
    INSERT INTO memory_vectors (memory, embedder, vector) SELECT seq, ?, ? FROM memories WHERE id = ?
    ON CONFLICT (memory) DO UPDATE SET embedder = excluded.embedder, vector = excluded.vector`)
  const without = db.prepare<[string], StoredMemory>(`
    SELECT ${memoryColumns} FROM memories m
    WHERE NOT EXISTS (SELECT 1 FROM memory_vectors v WHERE v.memory = m.seq AND v.embedder = ?)`)

  return {
    whyNoMeaning: () => reason,
    byWords: (words, limit, prefix = false) => {
      const match = toAnyMatch(words, prefix)
      return match === null ? [] : byWords.all(match, limit)
    },
    byMeaning: (vector, embedder, limit) =>
      byMeaning === null
        ? []
        : byMeaning
            .all(bytesOf(vector), embedder, limit)
            .map(({ distance, ...memory }) => ({ memory, cosine: 1 - distance })),
    setVector: (memory, vector, embedder) => void setVector.run(embedder, bytesOf(vector), memory),
    withoutVector: (embedder) => without.all(embedder),
  }
}

const bytesOf = (vector: Int8Array) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)

/** Any of the words; each is quoted, so nothing in them is read as FTS5 syntax. Null when there is none. */
function toAnyMatch(words: readonly string[], prefix: boolean): string | null {
  const quoted = words
    .map((word) => word.toWellFormed().replaceAll('\0', ''))
    .filter((word) => word !== '')
    .map((word) => `"${word.replaceAll('"', '""')}"${prefix ? '*' : ''}`)
  return quoted.length === 0 ? null : quoted.join(' OR ')
}

/** A library cannot be loaded from inside an Electron archive; it lies unpacked beside it. */
function load(db: WritableDatabase): void {
  db.loadExtension(getLoadablePath().replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked'))
}

function tryToLoad(db: WritableDatabase, loadVectors: (db: WritableDatabase) => void): string | null {
  try {
    loadVectors(db)
    db.prepare('SELECT vec_version()').get()
    return null
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    return `Memory is searched by words only: the vector extension of SQLite could not be loaded (${found.split('\n')[0]}).`
  }
}
