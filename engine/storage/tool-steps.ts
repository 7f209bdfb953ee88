// engine/storage/tool-steps.ts: every call of a tool, as a window sees it, and what the model was told.
import { z } from 'zod'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import { type StepId, type ToolRef, type ToolStep, toolStep } from '../contract/tools.ts'
import type { WritableDatabase } from './database.ts'

/** What the model was told: the fields of a response. */
export type Told = Readonly<Record<string, unknown>>

/** A step with what the model was told of it; null while it is not told yet. */
export type StoredStep = { readonly step: ToolStep; readonly told: Told | null }

export type ToolSteps = {
  put(step: ToolStep, told: Told | null): void
  find(id: StepId): StoredStep | null
  ofConversation(conversation: ConversationId): StoredStep[]
  ofReplies(replies: readonly MessageId[]): StoredStep[]
  /** Newest first; of one tool, or of all. */
  latest(tool: ToolRef | null, before: StepId | null, limit: number): StoredStep[]
  /** Steps that a process left behind become `interrupted`. Answers how many. */
  interruptOpen(at: number): number
}

type Row = { readonly step: string; readonly told: string | null }

export function createToolSteps(db: WritableDatabase): ToolSteps {
  const upsert = db.prepare(`
    INSERT INTO tool_steps (id, conversation, reply, server, tool, status, step, told)
    VALUES (@id, @conversation, @reply, @server, @tool, @status, @step, @told)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, step = excluded.step, told = excluded.told`)
  const byId = db.prepare<[string], Row>('SELECT step, told FROM tool_steps WHERE id = ?')
  const byConversation = db.prepare<[string], Row>(
    'SELECT step, told FROM tool_steps WHERE conversation = ? ORDER BY id',
  )
  const byReplies = db.prepare<[string], Row>(
    'SELECT step, told FROM tool_steps WHERE reply IN (SELECT value FROM json_each(?)) ORDER BY id',
  )
  const newest = db.prepare<[{ before: string; limit: number; tool: string | null; server: string | null }], Row>(`
    SELECT step, told FROM tool_steps
    WHERE id < @before AND (@tool IS NULL OR (tool = @tool AND server IS @server))
    ORDER BY id DESC LIMIT @limit`)
  const open = db.prepare<[], Row>(
    "SELECT step, told FROM tool_steps WHERE status IN ('planning', 'waiting', 'running')",
  )

  const put: ToolSteps['put'] = (step, told) =>
    void upsert.run({
      id: step.id,
      conversation: step.conversation,
      reply: step.reply,
      server: step.tool.server,
      tool: step.tool.name,
      status: step.status,
      step: JSON.stringify(step),
      told: told === null ? null : JSON.stringify(told),
    })
  return {
    put,
    find: (id) => {
      const row = byId.get(id)
      return row === undefined ? null : read(row)
    },
    ofConversation: (conversation) => byConversation.all(conversation).flatMap(readAll),
    ofReplies: (replies) => byReplies.all(JSON.stringify(replies)).flatMap(readAll),
    latest: (tool, before, limit) =>
      newest
        .all({ before: before ?? '~', limit, tool: tool?.name ?? null, server: tool?.server ?? null })
        .flatMap(readAll),
    interruptOpen: (at) => {
      const left = open.all().flatMap(readAll)
      for (const { step, told } of left) put({ ...step, status: 'interrupted', endedAt: at }, told)
      return left.length
    },
  }
}

const told = z.record(z.string(), z.unknown())

/** Null where the row was written by a version that meant something else. */
function read(row: Row): StoredStep | null {
  const step = toolStep.safeParse(JSON.parse(row.step))
  if (!step.success) return null
  return { step: step.data, told: row.told === null ? null : told.parse(JSON.parse(row.told)) }
}

const readAll = (row: Row): StoredStep[] => {
  const found = read(row)
  return found === null ? [] : [found]
}
