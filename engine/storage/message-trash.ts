// engine/storage/message-trash.ts: single messages that are deleted: hidden with all that follows them, taken back, purged.
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { WritableDatabase } from './database.ts'
import type { Messages } from './messages.ts'

export type MessageTrash = {
  /** Whether `id` is hidden here. */
  holds(id: MessageId): boolean
  /** Hides `id` and all that follows it. The active branch then ends at a sibling's newest leaf, else above `id`. */
  hide(id: MessageId, at: number): void
  /** Takes `hide` of the same message back and shows it. Null when it is not there any more. */
  restore(id: MessageId): ConversationId | null
  /** Removes for good what was hidden at or before `until`, with the bytes in the file and its log. Answers where. */
  purge(until: number): ConversationId[]
}

export function createMessageTrash(db: WritableDatabase, messages: Pick<Messages, 'newestLeaf'>): MessageTrash {
  type Found = { conversation: ConversationId; parent: MessageId | null; deletedAt: number | null; head: string | null }
  const find = db.prepare<[string], Found>(`
    SELECT m.conversation, m.parent, m.deleted_at AS deletedAt, c.head
    FROM messages m JOIN conversations c ON c.id = m.conversation WHERE m.id = ?`)
  const below = `
    WITH RECURSIVE down (id) AS (
      VALUES (?) UNION ALL SELECT m.id FROM messages m JOIN down ON m.parent = down.id)`
  const leadsTo = db.prepare<[string, string], { id: string }>(`${below} SELECT id FROM down WHERE id = ?`)
  const mark = db.prepare<[string, number]>(
    `${below} UPDATE messages SET deleted_at = ? WHERE id IN (SELECT id FROM down) AND deleted_at IS NULL`,
  )
  const unmark = db.prepare<[string, number]>(
    `${below} UPDATE messages SET deleted_at = NULL WHERE id IN (SELECT id FROM down) AND deleted_at = ?`,
  )
  const sibling = db.prepare<[string, string, string], { id: MessageId }>(`
    SELECT s.id FROM messages s JOIN messages m ON m.id = ?
    WHERE s.conversation = m.conversation AND s.parent IS m.parent AND s.role = m.role AND s.deleted_at IS NULL
      AND s.id <> ? ORDER BY abs(s.seq - (SELECT seq FROM messages WHERE id = ?)) LIMIT 1`)
  const setHead = db.prepare<[string | null, string]>('UPDATE conversations SET head = ? WHERE id = ?')
  const doomed = db.prepare<[number], { id: string; conversation: ConversationId }>(
    'SELECT id, conversation FROM messages WHERE deleted_at <= ?',
  )
  const removals = [
    'DELETE FROM digests WHERE upto IN (SELECT value FROM json_each(?))',
    'DELETE FROM attachments WHERE message IN (SELECT value FROM json_each(?))',
    'DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))',
  ].map((sql) => db.prepare<[string]>(sql))

  return {
    holds: (id) => (find.get(id)?.deletedAt ?? null) !== null,
    hide: (id, at) =>
      db
        .transaction(() => {
          const found = find.get(id)
          if (found === undefined) return
          const shown = found.head !== null && leadsTo.get(id, found.head) !== undefined
          mark.run(id, at)
          if (!shown) return
          const beside = sibling.get(id, id, id)
          setHead.run(beside === undefined ? found.parent : messages.newestLeaf(beside.id), found.conversation)
        })
        .immediate(),
    restore: (id) =>
      db
        .transaction(() => {
          const found = find.get(id)
          if (found === undefined || found.deletedAt === null) return null
          unmark.run(id, found.deletedAt)
          setHead.run(messages.newestLeaf(id), found.conversation)
          return found.conversation
        })
        .immediate(),
    purge: (until) => {
      const rows = doomed.all(until)
      if (rows.length === 0) return []
      const ids = JSON.stringify(rows.map(({ id }) => id))
      db.transaction(() => {
        for (const removal of removals) removal.run(ids)
      }).immediate()
      db.pragma('wal_checkpoint(TRUNCATE)') // the log still holds the pages as they were
      return [...new Set(rows.map(({ conversation }) => conversation))]
    },
  }
}
