// engine/storage/messages.ts: messages, their tree, and the writes of a turn.

import { type Message, type MessageStatus, type TurnStats, turnStats } from '../contract/conversation.ts'
import { type Failure, failure as failureSchema } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { WritableDatabase } from './database.ts'

/** How a reply ended. `failed` carries the reason, the others do not. */
export type ReplyEnd = {
  readonly status: Exclude<MessageStatus, 'streaming'>
  readonly text: string
  readonly model: string | null
  readonly stats: TurnStats | null
  readonly failure: Failure | null
}

export type NewTurn = {
  readonly conversation: ConversationId
  /** The person's message; null when a question that is there already is answered anew. */
  readonly question: { readonly id: MessageId; readonly text: string } | null
  /** What the first new message follows: the head, or the question above. */
  readonly parent: MessageId | null
  readonly reply: MessageId
  readonly model: string | null
  readonly at: number
}

export type Messages = {
  find(id: MessageId): Message | null
  /** From the first message of the conversation down to `leaf`. Empty for null. */
  branch(leaf: MessageId | null): Message[]
  /** The leaf below `id` that was written last; `id` itself when nothing follows it. */
  newestLeaf(id: MessageId): MessageId
  /** Writes question and empty reply and makes the reply the head. One transaction. */
  begin(turn: NewTurn): void
  /** The text so far of a reply that is being written. */
  flush(reply: MessageId, text: string): void
  end(reply: MessageId, end: ReplyEnd): void
  /** Replies that a process left behind become `interrupted`. Answers how many. */
  interruptAll(): number
}

type Row = {
  readonly id: MessageId
  readonly conversation: ConversationId
  readonly parent: MessageId | null
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly status: MessageStatus
  readonly createdAt: number
  readonly model: string | null
  readonly stats: string | null
  readonly failure: string | null
}
const columns = 'id, conversation, parent, role, text, status, created_at AS createdAt, model, stats, failure'

export function createMessages(db: WritableDatabase): Messages {
  const byId = db.prepare<[string], Row>(`SELECT ${columns} FROM messages WHERE id = ?`)
  const upwards = db.prepare<[string], Row>(`
    WITH RECURSIVE up (id, parent, depth) AS (
      SELECT id, parent, 0 FROM messages WHERE id = ?
      UNION ALL SELECT m.id, m.parent, up.depth + 1 FROM messages m JOIN up ON m.id = up.parent)
    SELECT ${columns
      .split(', ')
      .map((column) => `m.${column}`)
      .join(', ')} FROM up JOIN messages m ON m.id = up.id ORDER BY up.depth DESC`)
  const siblingsOf = db.prepare<[string], { id: MessageId; parent: MessageId | null; role: string }>(
    'SELECT id, parent, role FROM messages WHERE conversation = ? ORDER BY seq',
  )
  const leaf = db.prepare<[string], { id: MessageId }>(`
    WITH RECURSIVE down (id, seq) AS (
      SELECT id, seq FROM messages WHERE id = ?
      UNION ALL SELECT m.id, m.seq FROM messages m JOIN down ON m.parent = down.id)
    SELECT id FROM down WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.parent = down.id) ORDER BY seq DESC LIMIT 1`)
  const insert = db.prepare(`
    INSERT INTO messages (id, conversation, parent, role, text, status, created_at, model)
    VALUES (@id, @conversation, @parent, @role, @text, @status, @at, @model)`)
  const setHead = db.prepare<[string, number, string]>(
    'UPDATE conversations SET head = ?, updated_at = max(updated_at, ?) WHERE id = ?',
  )
  const setText = db.prepare<[string, string]>("UPDATE messages SET text = ? WHERE id = ? AND status = 'streaming'")
  const setEnd = db.prepare(`
    UPDATE messages SET text = @text, status = @status, model = @model, stats = @stats, failure = @failure
    WHERE id = @id AND status = 'streaming'`)
  const interrupt = db.prepare("UPDATE messages SET status = 'interrupted' WHERE status = 'streaming'")

  /** Rows of one conversation as messages: siblings come from one query for all of them. */
  const present = (rows: readonly Row[]): Message[] => {
    const first = rows[0]
    if (first === undefined) return []
    const groups = Map.groupBy(siblingsOf.all(first.conversation), ({ parent, role }) => `${role}/${parent}`)
    return rows.map((row) => ({
      ...row,
      stats: parseJson(turnStats, row.stats),
      failure: parseJson(failureSchema, row.failure),
      siblings: (groups.get(`${row.role}/${row.parent}`) ?? []).map(({ id }) => id),
    }))
  }

  return {
    find: (id) => {
      const row = byId.get(id)
      return row === undefined ? null : (present([row])[0] ?? null)
    },
    branch: (leafId) => (leafId === null ? [] : present(upwards.all(leafId))),
    newestLeaf: (id) => leaf.get(id)?.id ?? id,
    begin: ({ conversation, question, parent, reply, model, at }) => {
      db.transaction(() => {
        const common = { conversation, at }
        if (question !== null) insert.run({ ...common, ...question, parent, role: 'user', status: 'done', model: null })
        const above = question?.id ?? parent
        insert.run({ ...common, id: reply, parent: above, role: 'assistant', text: '', status: 'streaming', model })
        setHead.run(reply, at, conversation)
      }).immediate()
    },
    flush: (reply, text) => void setText.run(text, reply),
    end: (reply, { status, text, model, stats, failure }) =>
      void setEnd.run({ id: reply, status, text, model, stats: toJson(stats), failure: toJson(failure) }),
    interruptAll: () => interrupt.run().changes,
  }
}

const toJson = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))

/** Null where the column is null, or was written by a version that meant something else. */
function parseJson<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  json: string | null,
): T | null {
  if (json === null) return null
  const parsed = schema.safeParse(JSON.parse(json))
  return parsed.success ? parsed.data : null
}
