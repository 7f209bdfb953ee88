// engine/storage/message-rows.ts: rows of messages as the contract has them, with their siblings and files.
import type { Attachment } from '../contract/attachment.ts'
import { promptContext } from '../contract/context.ts'
import { type Message, type MessageStatus, turnStats } from '../contract/conversation.ts'
import { failure as failureSchema } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { ReadableDatabase } from './database.ts'

export type MessageRow = {
  readonly id: MessageId
  readonly conversation: ConversationId
  readonly parent: MessageId | null
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly thought: string
  readonly status: MessageStatus
  readonly createdAt: number
  readonly model: string | null
  readonly stats: string | null
  readonly failure: string | null
  readonly context: string | null
}

export const messageColumns = (table: string) =>
  ['id', 'conversation', 'parent', 'role', 'text', 'thought', 'status', 'created_at AS createdAt', 'model', 'stats']
    .concat(['failure', 'context'])
    .map((column) => `${table}.${column}`)
    .join(', ')

/** Rows of one conversation as messages: siblings and files come from one query each for all of them. */
export function createPresenter(db: ReadableDatabase): (rows: readonly MessageRow[]) => Message[] {
  const siblingsOf = db.prepare<[string], { id: MessageId; parent: MessageId | null; role: string }>(
    'SELECT id, parent, role FROM messages WHERE conversation = ? AND deleted_at IS NULL ORDER BY seq',
  )
  const filesOf = db.prepare<[string], Attachment & { message: MessageId }>(`
    SELECT a.id, a.message, a.name, a.kind, a.bytes, a.pages, length(a.text) AS characters
    FROM messages m JOIN attachments a ON a.message = m.id WHERE m.conversation = ? ORDER BY a.seq`)

  return (rows) => {
    const first = rows[0]
    if (first === undefined) return []
    const groups = Map.groupBy(siblingsOf.all(first.conversation), ({ parent, role }) => `${role}/${parent}`)
    const files = Map.groupBy(filesOf.all(first.conversation), ({ message }) => message)
    return rows.map((row) => ({
      ...row,
      stats: parseJson(turnStats, row.stats),
      failure: parseJson(failureSchema, row.failure),
      context: parseJson(promptContext, row.context),
      attachments: (files.get(row.id) ?? []).map(({ message: _, ...file }) => file),
      siblings: (groups.get(`${row.role}/${row.parent}`) ?? []).map(({ id }) => id),
    }))
  }
}

export const toJson = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))

/** Null where the column is null, or was written by a version that meant something else. */
export function parseJson<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  json: string | null,
): T | null {
  if (json === null) return null
  const parsed = schema.safeParse(JSON.parse(json))
  return parsed.success ? parsed.data : null
}
