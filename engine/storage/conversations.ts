// engine/storage/conversations.ts: the list of conversations, and what happens to one as a whole.
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
  setHead(id: ConversationId, head: MessageId): void
  hide(id: ConversationId, at: number): void
  restore(id: ConversationId): void
  /**
   * Removes for good what was hidden at or before `until`: rows, search index, and the bytes in the database file and
   * its log. Answers the ids.
   */
  purge(until: number): ConversationId[]
}

const columns = `c.id, c.title, c.title_by AS titleBy, c.created_at AS createdAt, c.updated_at AS updatedAt, c.head,
  c.deleted_at AS deletedAt, (SELECT count(*) FROM messages m WHERE m.conversation = c.id) AS messageCount,
  (SELECT m.id FROM messages m WHERE m.conversation = c.id AND m.status = 'streaming' LIMIT 1) AS streaming`

export function createConversations(db: WritableDatabase): Conversations {
  const all = db.prepare<[], StoredConversation>(
    `SELECT ${columns} FROM conversations c WHERE c.deleted_at IS NULL ORDER BY c.updated_at DESC, c.seq DESC`,
  )
  const byId = db.prepare<[string], StoredConversation>(`SELECT ${columns} FROM conversations c WHERE c.id = ?`)
  const insert = db.prepare<[string, string, number, number]>(
    "INSERT INTO conversations (id, title, title_by, created_at, updated_at) VALUES (?, ?, 'auto', ?, ?)",
  )
  const setTitle = db.prepare<[string, string]>("UPDATE conversations SET title = ?, title_by = 'person' WHERE id = ?")
  const setHead = db.prepare<[string, string]>('UPDATE conversations SET head = ? WHERE id = ?')
  const setDeleted = db.prepare<[number | null, string]>('UPDATE conversations SET deleted_at = ? WHERE id = ?')
  const doomed = db.prepare<[number], { id: ConversationId }>('SELECT id FROM conversations WHERE deleted_at <= ?')
  const removeMessages = db.prepare<[string]>('DELETE FROM messages WHERE conversation = ?')
  const remove = db.prepare<[string]>('DELETE FROM conversations WHERE id = ?')

  return {
    list: () => all.all().map(toSummary),
    find: (id) => byId.get(id) ?? null,
    create: (id, title, at) => void insert.run(id, title, at, at),
    rename: (id, title) => void setTitle.run(title, id),
    setHead: (id, head) => void setHead.run(head, id),
    hide: (id, at) => void setDeleted.run(at, id),
    restore: (id) => void setDeleted.run(null, id),
    purge: (until) => {
      const ids = doomed.all(until).map(({ id }) => id)
      if (ids.length === 0) return ids
      db.transaction(() => {
        for (const id of ids) {
          removeMessages.run(id)
          remove.run(id)
        }
      }).immediate()
      db.pragma('wal_checkpoint(TRUNCATE)') // the log still holds the pages as they were
      return ids
    },
  }
}

export function toSummary(stored: StoredConversation): ConversationSummary {
  const { id, title, createdAt, updatedAt, messageCount, streaming } = stored
  return { id, title, createdAt, updatedAt, messageCount, streaming }
}
