// engine/storage/archive.ts: a conversation whole, with all its branches, as one value: to be written to a file, to be
// read back, and to move a temporary conversation into the database. What goes in comes out equal.
import { z } from 'zod'
import { attachment, attachmentId } from '../contract/attachment.ts'
import { digest, overflow, promptContext } from '../contract/context.ts'
import { messageStatus, turnStats } from '../contract/conversation.ts'
import { failure } from '../contract/failure.ts'
import { type ConversationId, conversationId, type MessageId, messageId, uuidv7 } from '../contract/ids.ts'
import { tokenMarks } from '../contract/thread.ts'
import type { WritableDatabase } from './database.ts'
import { parseJson, toJson } from './message-rows.ts'

const time = z.number().int().min(0)

export const archivedMessage = z.object({
  id: messageId,
  parent: messageId.nullable(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  thought: z.string().default(''),
  status: messageStatus.exclude(['streaming']),
  createdAt: time,
  model: z.string().nullable(),
  stats: turnStats.nullable(),
  failure: failure.nullable(),
  context: promptContext.nullable().default(null),
  marks: tokenMarks.nullable().default(null),
  attachments: z.array(attachment.omit({ characters: true }).extend({ text: z.string() })).default([]),
})
export type ArchivedMessage = z.infer<typeof archivedMessage>

export const archivedConversation = z.object({
  id: conversationId,
  title: z.string().min(1),
  titleBy: z.enum(['person', 'auto']),
  createdAt: time,
  updatedAt: time,
  pinnedAt: time.nullable().default(null),
  overflow: overflow.nullable().default(null),
  /** The last message of the branch that is shown. */
  head: messageId.nullable(),
  /** Oldest first, so that a parent always comes before what follows it. */
  messages: z.array(archivedMessage),
  digests: z.array(digest.omit({ writing: true })).default([]),
})
export type ArchivedConversation = z.infer<typeof archivedConversation>

export type Archive = {
  /** Null when there is no such conversation, or it is deleted. What is being written counts as interrupted. */
  read(id: ConversationId): ArchivedConversation | null
  /** Whether every message of it is here already. */
  holds(conversation: ArchivedConversation): boolean
  /** Writes it under its own ids, or under new ones where any of them is taken. One transaction. Answers its id. */
  write(conversation: ArchivedConversation): ConversationId
}

export function createArchive(db: WritableDatabase): Archive {
  type Head = Omit<ArchivedConversation, 'messages' | 'digests'>
  type Row = Omit<ArchivedMessage, 'stats' | 'failure' | 'context' | 'marks' | 'attachments' | 'status'> & {
    readonly status: z.infer<typeof messageStatus>
  } & Readonly<Record<'stats' | 'failure' | 'context' | 'marks', string | null>>
  const head = db.prepare<[string], Head>(`
    SELECT id, title, title_by AS titleBy, created_at AS createdAt, updated_at AS updatedAt, pinned_at AS pinnedAt,
      overflow, head FROM conversations WHERE id = ? AND deleted_at IS NULL`)
  const rows = db.prepare<[string], Row>(`
    SELECT id, parent, role, text, thought, status, created_at AS createdAt, model, stats, failure, context, marks
    FROM messages WHERE conversation = ? AND deleted_at IS NULL ORDER BY seq`)
  const files = db.prepare<[string], ArchivedMessage['attachments'][number] & { message: MessageId }>(`
    SELECT a.message, a.id, a.name, a.kind, a.bytes, a.pages, a.text FROM attachments a
    JOIN messages m ON m.id = a.message WHERE m.conversation = ? AND m.deleted_at IS NULL ORDER BY a.seq`)
  const digests = db.prepare<[string], ArchivedConversation['digests'][number]>(
    'SELECT upto, text, by FROM digests WHERE conversation = ? ORDER BY upto',
  )
  const knows = db.prepare<[{ id: string }], { id: string }>(`
    SELECT id FROM messages WHERE id = @id UNION SELECT id FROM conversations WHERE id = @id
    UNION SELECT id FROM attachments WHERE id = @id`)
  const insertHead = db.prepare(`
    INSERT INTO conversations (id, title, title_by, created_at, updated_at, pinned_at, overflow, head)
    VALUES (@id, @title, @titleBy, @createdAt, @updatedAt, @pinnedAt, @overflow, @head)`)
  const insertMessage = db.prepare(`
    INSERT INTO messages (id, conversation, parent, role, text, thought, status, created_at, model, stats, failure,
      context, marks)
    VALUES (@id, @conversation, @parent, @role, @text, @thought, @status, @createdAt, @model, @stats, @failure,
      @context, @marks)`)
  const insertFile = db.prepare(`
    INSERT INTO attachments (id, message, name, kind, bytes, pages, text)
    VALUES (@id, @message, @name, @kind, @bytes, @pages, @text)`)
  const insertDigest = db.prepare(
    'INSERT INTO digests (conversation, upto, text, by) VALUES (@conversation, @upto, @text, @by)',
  )

  const isKnown = (id: string) => knows.get({ id }) !== undefined
  return {
    read: (id) => {
      const found = head.get(id)
      if (found === undefined) return null
      const attached = Map.groupBy(files.all(id), ({ message }) => message)
      const messages = rows.all(id).map((row) => ({
        ...row,
        status: row.status === 'streaming' ? ('interrupted' as const) : row.status,
        stats: parseJson(turnStats, row.stats),
        failure: parseJson(failure, row.failure),
        context: parseJson(promptContext, row.context),
        marks: parseJson(tokenMarks, row.marks),
        attachments: (attached.get(row.id) ?? []).map(({ message: _, ...file }) => file),
      }))
      const ids = new Set(messages.map((message) => message.id))
      return { ...found, messages, digests: digests.all(id).filter(({ upto }) => ids.has(upto)) }
    },
    holds: (conversation) => isKnown(conversation.id) && conversation.messages.every(({ id }) => isKnown(id)),
    write: (wanted) =>
      db
        .transaction(() => {
          const conversation = idsOf(wanted).some(isKnown) ? withNewIds(wanted) : wanted
          const { messages, digests: summaries, ...rest } = conversation
          insertHead.run(rest)
          for (const { attachments, stats, failure: why, context, marks, ...message } of messages) {
            const json = {
              stats: toJson(stats),
              failure: toJson(why),
              context: toJson(context),
              marks: toJson(marks),
            }
            insertMessage.run({ ...message, ...json, conversation: conversation.id })
            for (const file of attachments) insertFile.run({ ...file, message: message.id })
          }
          for (const one of summaries) insertDigest.run({ ...one, conversation: conversation.id })
          return conversation.id
        })
        .immediate(),
  }
}

const idsOf = ({ id, messages }: ArchivedConversation): string[] => [
  id,
  ...messages.flatMap((message) => [message.id, ...message.attachments.map((file) => file.id)]),
]

/** The same conversation as a copy. Ids keep their times, so that they still sort. */
function withNewIds(conversation: ArchivedConversation): ArchivedConversation {
  const fresh = new Map(idsOf(conversation).map((id) => [id, uuidv7(timeOf(id))]))
  const renamed = <T extends string>(id: T): T => (fresh.get(id) as T | undefined) ?? id
  return {
    ...conversation,
    id: renamed(conversation.id),
    head: conversation.head && renamed(conversation.head),
    messages: conversation.messages.map((message) => ({
      ...message,
      id: renamed(message.id),
      parent: message.parent && renamed(message.parent),
      attachments: message.attachments.map((file) => ({ ...file, id: renamed(file.id) })),
    })),
    digests: conversation.digests.map((one) => ({ ...one, upto: renamed(one.upto) })),
  }
}

/** Unix milliseconds: the first 48 bits of a UUIDv7. */
const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

/** What is wrong with it beyond its shape, in words; null when it can be written. */
export function faultOf({ messages, head, digests }: ArchivedConversation): string | null {
  const roles = new Map<string, string>()
  const files = new Set<string>()
  for (const { id, parent, role, status, failure: why, attachments } of messages) {
    if (roles.has(id)) return `message ${id} is there twice`
    if (parent !== null && !roles.has(parent)) return `message ${id} follows ${parent}, which does not come before it`
    if (role === 'assistant' && (parent === null || roles.get(parent) !== 'user')) return `reply ${id} answers nothing`
    if (role === 'user' && status !== 'done') return `message ${id} of the person is ${status}`
    if ((status === 'failed') !== (why !== null)) return `reply ${id} is ${status}, and its failure says otherwise`
    if (role === 'assistant' && attachments.length > 0) return `reply ${id} has files`
    for (const file of attachments) {
      if (files.has(file.id)) return `file ${file.id} is there twice`
      files.add(attachmentId.parse(file.id))
    }
    roles.set(id, role)
  }
  if (head !== null && !roles.has(head)) return `its last message ${head} is missing`
  if (head === null && messages.length > 0) return 'no branch of it is marked as the one that is shown'
  const astray = digests.find(({ upto }) => !roles.has(upto))
  return astray === undefined ? null : `a summary reaches to message ${astray.upto}, which is missing`
}
