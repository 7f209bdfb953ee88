// engine/storage/memories.ts: the beliefs themselves, as rows. What a belief means and when it changes is decided in
// engine/memory; here it is only kept.
import type { ConversationId } from '../contract/ids.ts'
import type { MemoryId, MemoryKind, MemoryOrigin, MemoryStatus } from '../contract/memory.ts'
import type { WritableDatabase } from './database.ts'

export type StoredMemory = {
  readonly seq: number
  readonly id: MemoryId
  readonly kind: MemoryKind
  readonly key: string | null
  readonly statement: string
  readonly text: string
  readonly sameness: string
  /** Null: holds everywhere. */
  readonly conversation: ConversationId | null
  readonly status: Exclude<MemoryStatus, 'expired'>
  readonly origin: MemoryOrigin
  /** As they were at `weighedAt`. */
  readonly alpha: number
  readonly beta: number
  readonly weighedAt: number
  readonly halfLife: number | null
  readonly expiresAt: number | null
  readonly pinned: 0 | 1
  readonly replacedBy: MemoryId | null
  readonly against: MemoryId | null
  readonly leavingAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly evidenceCount: number
  readonly lastUsedAt: number | null
  readonly useCount: number
}

export type NewMemory = Omit<StoredMemory, 'seq' | 'evidenceCount' | 'lastUsedAt' | 'useCount'>
export type MemoryPatch = Partial<Omit<NewMemory, 'id' | 'createdAt'>>

export type Memories = {
  find(id: MemoryId): StoredMemory | null
  insert(memory: NewMemory): void
  update(id: MemoryId, patch: MemoryPatch): void
  /** Rows, evidence, vectors, index entries and uses, all at once. */
  remove(id: MemoryId): void
  /** Pinned first, then by kind and last use. */
  list(status: readonly StoredMemory['status'][]): StoredMemory[]
  /** Those that say the same, or are about the same, where this scope sees them. */
  sameAs(sameness: string, conversation: ConversationId | null): StoredMemory[]
  about(key: string, conversation: ConversationId | null): StoredMemory[]
  /** What `id` replaced, directly and before that, newest first. */
  historyOf(id: MemoryId): StoredMemory[]
  /** Those that wait to be forgotten and whose time has come. */
  leaving(until: number): MemoryId[]
  setPaused(conversation: ConversationId, paused: boolean): void
  isPaused(conversation: ConversationId): boolean
}

export const memoryColumns = `m.seq, m.id, m.kind, m.key, m.statement, m.text, m.sameness, m.conversation, m.status, m.origin,
  m.alpha, m.beta, m.weighed_at AS weighedAt, m.half_life AS halfLife, m.expires_at AS expiresAt, m.pinned,
  m.replaced_by AS replacedBy, m.against, m.leaving_at AS leavingAt, m.created_at AS createdAt, m.updated_at AS updatedAt,
  (SELECT count(*) FROM memory_evidence e WHERE e.memory = m.id AND e.speaks = 'for') AS evidenceCount,
  (SELECT max(u.at) FROM memory_uses u WHERE u.memory = m.id) AS lastUsedAt,
  (SELECT count(*) FROM memory_uses u WHERE u.memory = m.id) AS useCount`

const columnOf: Readonly<Record<keyof NewMemory, string>> = {
  id: 'id',
  kind: 'kind',
  key: 'key',
  statement: 'statement',
  text: 'text',
  sameness: 'sameness',
  conversation: 'conversation',
  status: 'status',
  origin: 'origin',
  alpha: 'alpha',
  beta: 'beta',
  weighedAt: 'weighed_at',
  halfLife: 'half_life',
  expiresAt: 'expires_at',
  pinned: 'pinned',
  replacedBy: 'replaced_by',
  against: 'against',
  leavingAt: 'leaving_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
}

export function createMemories(db: WritableDatabase): Memories {
  const names = Object.keys(columnOf) as (keyof NewMemory)[]
  const byId = db.prepare<[string], StoredMemory>(`SELECT ${memoryColumns} FROM memories m WHERE m.id = ?`)
  const insert = db.prepare<[NewMemory]>(
    `INSERT INTO memories (${names.map((name) => columnOf[name]).join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
  )
  const remove = db.prepare<[string]>('DELETE FROM memories WHERE id = ?')
  const list = db.prepare<[string], StoredMemory>(`
    SELECT ${memoryColumns} FROM memories m WHERE m.status IN (SELECT value FROM json_each(?))
    ORDER BY m.pinned DESC, m.kind, lastUsedAt DESC, m.seq DESC`)
  const same = db.prepare<[string, string | null], StoredMemory>(`
    SELECT ${memoryColumns} FROM memories m WHERE m.sameness = ? AND m.conversation IS ? AND m.status <> 'replaced'`)
  const about = db.prepare<[string, string | null], StoredMemory>(`
    SELECT ${memoryColumns} FROM memories m WHERE m.key = ? AND m.conversation IS ? AND m.status = 'active'`)
  const history = db.prepare<[string], StoredMemory>(`
    WITH RECURSIVE older (id) AS (
      SELECT id FROM memories WHERE replaced_by = ?
      UNION SELECT m.id FROM memories m JOIN older ON m.replaced_by = older.id)
    SELECT ${memoryColumns} FROM memories m JOIN older ON older.id = m.id ORDER BY m.seq DESC`)
  const leaving = db.prepare<[number], { id: MemoryId }>(
    "SELECT id FROM memories WHERE status = 'leaving' AND leaving_at <= ?",
  )
  const pause = db.prepare<[string]>('INSERT OR IGNORE INTO memory_pauses (conversation) VALUES (?)')
  const resume = db.prepare<[string]>('DELETE FROM memory_pauses WHERE conversation = ?')
  const paused = db.prepare<[string]>('SELECT 1 FROM memory_pauses WHERE conversation = ?')

  return {
    find: (id) => byId.get(id) ?? null,
    insert: (memory) => void insert.run(memory),
    update: (id, patch) => {
      const changed = (Object.keys(patch) as (keyof MemoryPatch)[]).filter((name) => patch[name] !== undefined)
      if (changed.length === 0) return
      const set = changed.map((name) => `${columnOf[name]} = @${name}`).join(', ')
      db.prepare(`UPDATE memories SET ${set} WHERE id = @id`).run({ ...patch, id })
    },
    remove: (id) => void remove.run(id),
    list: (status) => list.all(JSON.stringify(status)),
    sameAs: (sameness, conversation) => same.all(sameness, conversation),
    about: (key, conversation) => about.all(key, conversation),
    historyOf: (id) => history.all(id),
    leaving: (until) => leaving.all(until).map(({ id }) => id),
    setPaused: (conversation, on) => void (on ? pause : resume).run(conversation),
    isPaused: (conversation) => paused.get(conversation) !== undefined,
  }
}
