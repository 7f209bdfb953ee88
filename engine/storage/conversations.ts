// engine/storage/conversations.ts: the list of conversations, and what happens to one as a whole.
import type { Overflow } from '../contract/context.ts'
import type { ConversationSummary } from '../contract/conversation.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { WritableDatabase } from './database.ts'

export type StoredConversation = ConversationSummary & {
  readonly head: MessageId | null
  readonly titleBy: 'person' | 'auto'
  readonly deletedAt: number | null
}

export type Conversations = {
  /** Those that are not deleted, the one written in last first. */
  list(): ConversationSummary[]
  /** Also finds one that is deleted and not yet purged. */
  find(id: ConversationId): StoredConversation | null
  create(id: ConversationId, title: string, at: number): void
  rename(id: ConversationId, title: string): void
  setHead(id: ConversationId, head: MessageId | null): void
  /** `at`: null takes the pin away. */
  pin(id: ConversationId, at: number | null): void
  setOverflow(id: ConversationId, overflow: Overflow | null): void
  hide(id: ConversationId, at: number): void
  restore(id: ConversationId): void
  /**
   * Removes for good what was hidden at or before `until`: rows, search index, and the bytes in the database file and
   * its log. Answers the ids.
   */
  purge(until: number): ConversationId[]
}

const columns = `c.id, c.title, c.title_by AS titleBy, c.created_at AS createdAt, c.updated_at AS updatedAt, c.head,
  c.deleted_at AS deletedAt, c.pinned_at IS NOT NULL AS pinned, c.overflow,
  (SELECT count(*) FROM messages m WHERE m.conversation = c.id)
    - (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.deleted_at IS NOT NULL) AS messageCount,
  (SELECT m.id FROM messages m WHERE m.conversation = c.id AND m.status = 'streaming' LIMIT 1) AS streaming`

type Row = Omit<StoredConversation, 'pinned' | 'temporary'> & { readonly pinned: 0 | 1 }

/** `temporary`: the database is one in memory. */
export function createConversations(db: WritableDatabase, temporary = false): Conversations {
  const all = db.prepare<[], Row>(
    `SELECT ${columns} FROM conversations c WHERE c.deleted_at IS NULL ORDER BY c.updated_at DESC, c.seq DESC`,
  )
  const byId = db.prepare<[string], Row>(`SELECT ${columns} FROM conversations c WHERE c.id = ?`)
  const insert = db.prepare<[string, string, number, number]>(
    "INSERT INTO conversations (id, title, title_by, created_at, updated_at) VALUES (?, ?, 'auto', ?, ?)",
  )
  const setTitle = db.prepare<[string, string]>("UPDATE conversations SET title = ?, title_by = 'person' WHERE id = ?")
  const setPinned = db.prepare<[number | null, string]>('UPDATE conversations SET pinned_at = ? WHERE id = ?')
  const setChoice = db.prepare<[string | null, string]>('UPDATE conversations SET overflow = ? WHERE id = ?')
  const setHead = db.prepare<[string | null, string]>('UPDATE conversations SET head = ? WHERE id = ?')
  const setDeleted = db.prepare<[number | null, string]>('UPDATE conversations SET deleted_at = ? WHERE id = ?')
  const doomed = db.prepare<[number], { id: ConversationId }>('SELECT id FROM conversations WHERE deleted_at <= ?')
  const removeParts = [
    'DELETE FROM digests WHERE conversation = ?',
    'DELETE FROM attachments WHERE message IN (SELECT id FROM messages WHERE conversation = ?)',
    'DELETE FROM messages WHERE conversation = ?',
  ].map((sql) => db.prepare<[string]>(sql))
  const remove = db.prepare<[string]>('DELETE FROM conversations WHERE id = ?')

  const present = (row: Row): StoredConversation => ({ ...row, pinned: row.pinned === 1, temporary })

  return {
    list: () => all.all().map((row) => toSummary(present(row))),
    find: (id) => {
      const row = byId.get(id)
      return row === undefined ? null : present(row)
    },
    create: (id, title, at) => void insert.run(id, title, at, at),
    rename: (id, title) => void setTitle.run(title, id),
    setHead: (id, head) => void setHead.run(head, id),
    pin: (id, at) => void setPinned.run(at, id),
    setOverflow: (id, overflow) => void setChoice.run(overflow, id),
    hide: (id, at) => void setDeleted.run(at, id),
    restore: (id) => void setDeleted.run(null, id),
    purge: (until) => {
      const ids = doomed.all(until).map(({ id }) => id)
      if (ids.length === 0) return ids
      db.transaction(() => {
        for (const id of ids) {
          for (const part of removeParts) part.run(id)
          remove.run(id)
        }
      }).immediate()
      db.pragma('wal_checkpoint(TRUNCATE)') // the log still holds the pages as they were
      return ids
    },
  }
}

export function toSummary({
  head: _,
  titleBy: __,
  deletedAt: ___,
  ...summary
}: StoredConversation): ConversationSummary {
  return summary
}
