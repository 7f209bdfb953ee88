// engine/storage/messages.ts: messages, their tree, and the writes of a turn. Messages that are hidden (message-trash.ts)
// are as if they were not there.
import type { NewAttachment } from '../contract/attachment.ts'
import type { PromptContext } from '../contract/context.ts'
import type { Message, MessageStatus, TurnStats } from '../contract/conversation.ts'
import type { Failure } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import { type TokenMarks, tokenMarks } from '../contract/thread.ts'
import type { WritableDatabase } from './database.ts'
import { createPresenter, type MessageRow, messageColumns, parseJson, toJson } from './message-rows.ts'

/** How a reply ended. `failed` carries the reason, the others do not. */
export type ReplyEnd = {
  readonly status: Exclude<MessageStatus, 'streaming'>
  readonly text: string
  readonly model: string | null
  readonly stats: TurnStats | null
  readonly failure: Failure | null
  /** Absent: none. */
  readonly thought?: string
  readonly context?: PromptContext | null
  readonly marks?: TokenMarks | null
}

export type NewTurn = {
  readonly conversation: ConversationId
  /** The person's message; null when a question that is there already is answered anew. */
  readonly question: {
    readonly id: MessageId
    readonly text: string
    readonly attachments?: readonly NewAttachment[]
  } | null
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
  /** A reply that had ended is being written again, from where it stands. */
  resume(reply: MessageId): void
  /** The text so far of a reply that is being written. */
  flush(reply: MessageId, text: string, thought?: string): void
  end(reply: MessageId, end: ReplyEnd): void
  /** Replies that a process left behind become `interrupted`. Answers how many. */
  interruptAll(): number
  marks(reply: MessageId): TokenMarks | null
  /** The words of files, by the message that they belong to, in the order of attaching. */
  filesOf(messages: readonly MessageId[]): Map<MessageId, { readonly id: string; readonly text: string }[]>
}

export function createMessages(db: WritableDatabase): Messages {
  const byId = db.prepare<[string], MessageRow>(
    `SELECT ${messageColumns('m')} FROM messages m WHERE m.id = ? AND m.deleted_at IS NULL`,
  )
  const upwards = db.prepare<[string], MessageRow>(`
    WITH RECURSIVE up (id, parent, depth) AS (
      SELECT id, parent, 0 FROM messages WHERE id = ?
      UNION ALL SELECT m.id, m.parent, up.depth + 1 FROM messages m JOIN up ON m.id = up.parent)
    SELECT ${messageColumns('m')} FROM up JOIN messages m ON m.id = up.id ORDER BY up.depth DESC`)
  const leaf = db.prepare<[string], { id: MessageId }>(`
    WITH RECURSIVE down (id, seq) AS (
      SELECT id, seq FROM messages WHERE id = ?
      UNION ALL SELECT m.id, m.seq FROM messages m JOIN down ON m.parent = down.id WHERE m.deleted_at IS NULL)
    SELECT id FROM down WHERE NOT EXISTS (
      SELECT 1 FROM messages m WHERE m.parent = down.id AND m.deleted_at IS NULL) ORDER BY seq DESC LIMIT 1`)
  const insert = db.prepare(`
    INSERT INTO messages (id, conversation, parent, role, text, status, created_at, model)
    VALUES (@id, @conversation, @parent, @role, @text, @status, @at, @model)`)
  const attach = db.prepare(`
    INSERT INTO attachments (id, message, name, kind, bytes, pages, text)
    VALUES (@id, @message, @name, @kind, @bytes, @pages, @text)`)
  const setHead = db.prepare<[string, number, string]>(
    'UPDATE conversations SET head = ?, updated_at = max(updated_at, ?) WHERE id = ?',
  )
  const setText = db.prepare<[string, string, string]>(
    "UPDATE messages SET text = ?, thought = ? WHERE id = ? AND status = 'streaming'",
  )
  const setEnd = db.prepare(`
    UPDATE messages SET text = @text, thought = @thought, status = @status, model = @model, stats = @stats,
      failure = @failure, context = @context, marks = @marks
    WHERE id = @id AND status = 'streaming'`)
  const setStreaming = db.prepare<[string]>(
    "UPDATE messages SET status = 'streaming', failure = NULL WHERE id = ? AND status <> 'streaming'",
  )
  const interrupt = db.prepare("UPDATE messages SET status = 'interrupted' WHERE status = 'streaming'")
  const marksOf = db.prepare<[string], { marks: string | null }>('SELECT marks FROM messages WHERE id = ?')
  const filesOf = db.prepare<[string], { id: string; message: MessageId; text: string }>(
    'SELECT id, message, text FROM attachments WHERE message IN (SELECT value FROM json_each(?)) ORDER BY seq',
  )
  const present = createPresenter(db)

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
        if (question !== null) {
          const { id, text, attachments = [] } = question
          insert.run({ ...common, id, text, parent, role: 'user', status: 'done', model: null })
          for (const file of attachments) attach.run({ ...file, message: id })
        }
        const above = question?.id ?? parent
        insert.run({ ...common, id: reply, parent: above, role: 'assistant', text: '', status: 'streaming', model })
        setHead.run(reply, at, conversation)
      }).immediate()
    },
    resume: (reply) => void setStreaming.run(reply),
    flush: (reply, text, thought = '') => void setText.run(text, thought, reply),
    end: (reply, { thought = '', stats, failure, context = null, marks = null, ...end }) =>
      void setEnd.run({
        ...end,
        id: reply,
        thought,
        stats: toJson(stats),
        failure: toJson(failure),
        context: toJson(context),
        marks: toJson(marks),
      }),
    interruptAll: () => interrupt.run().changes,
    marks: (reply) => parseJson(tokenMarks, marksOf.get(reply)?.marks ?? null),
    filesOf: (messages) => Map.groupBy(filesOf.all(JSON.stringify(messages)), ({ message }) => message),
  }
}
