// engine/storage/memory-evidence.ts: the words that memories rest on, the replies that used them, and what a message made
// happen. Words are spans: the text itself stays in its message.
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { MemoryActId, MemoryId, UsedMemory } from '../contract/memory.ts'
import type { WritableDatabase } from './database.ts'
import type { StoredMemory } from './memories.ts'

export type Span = { readonly message: MessageId; readonly start: number; readonly end: number }
export type NewEvidence = Span & {
  readonly memory: MemoryId
  readonly speaks: 'for' | 'against'
  readonly weight: number
  readonly at: number
}
export type StoredEvidence = Omit<NewEvidence, 'message'> & {
  readonly message: MessageId | null
  readonly conversation: ConversationId | null
  readonly title: string | null
  /** Text of the message; null with it. */
  readonly said: string | null
}

/** What was done, by id, so that it can be taken back. */
export type ActChanges = {
  readonly created: readonly MemoryId[]
  /** Memories that were active and then replaced. */
  readonly replaced: readonly MemoryId[]
  /** Memories that were confirmed by this message. */
  readonly confirmed: readonly MemoryId[]
  /** Memories that were taken out of use, and what they were before. */
  readonly leaving: readonly { readonly memory: MemoryId; readonly was: StoredMemory['status'] }[]
}
export type StoredAct = {
  readonly id: MemoryActId
  readonly message: MessageId
  readonly did: string
  readonly changes: ActChanges
  readonly undoneAt: number | null
}

export type Use = Omit<UsedMemory, 'text' | 'kind'>

export type MemoryEvidence = {
  /** False when this span was evidence of this memory already. */
  add(evidence: NewEvidence): boolean
  of(memory: MemoryId): StoredEvidence[]
  /** Moves all evidence of `from` to `into`. */
  move(from: MemoryId, into: MemoryId): void
  removeOf(memory: MemoryId, message: MessageId): void

  /** What a reply's prompt holds, in its order. Once a reply. */
  use(reply: MessageId, uses: readonly Use[], at: number): void
  usesOf(reply: MessageId): Use[]
  /** With the texts as they are now. */
  usedIn(conversation: ConversationId): { readonly reply: MessageId; readonly used: UsedMemory }[]
  repliesThatUsed(
    memory: MemoryId,
  ): { readonly reply: MessageId; readonly conversation: ConversationId; readonly title: string; readonly at: number }[]
  refuse(reply: MessageId, memories: readonly MemoryId[]): void
  refusedBy(reply: MessageId): MemoryId[]

  act(act: Omit<StoredAct, 'undoneAt'>, at: number): void
  findAct(id: MemoryActId): StoredAct | null
  actsOf(message: MessageId): StoredAct[]
  /** Those that were not taken back, in the order of the messages. */
  actsIn(conversation: ConversationId): StoredAct[]
  undone(id: MemoryActId, at: number): void

  /** Marks messages as read for facts, or as never to be read again. */
  mark(messages: readonly MessageId[], result: 'read' | 'forgotten', at: number): void
  isForgotten(message: MessageId): boolean
  /** Messages of the person that no extraction has read, oldest first; not in paused or deleted conversations. */
  unread(
    limit: number,
  ): { readonly id: MessageId; readonly conversation: ConversationId; readonly text: string; readonly at: number }[]
}

type ActRow = Omit<StoredAct, 'changes'> & { readonly changes: string }

export function createMemoryEvidence(db: WritableDatabase): MemoryEvidence {
  const add = db.prepare<[NewEvidence]>(`
    INSERT INTO memory_evidence (memory, message, start, "end", speaks, weight, at)
    VALUES (@memory, @message, @start, @end, @speaks, @weight, @at) ON CONFLICT DO NOTHING`)
  const of = db.prepare<[string], StoredEvidence>(`
    SELECT e.memory, e.message, e.start, e."end" AS end, e.speaks, e.weight, e.at, m.conversation, c.title, m.text AS said
    FROM memory_evidence e LEFT JOIN messages m ON m.id = e.message LEFT JOIN conversations c ON c.id = m.conversation
    WHERE e.memory = ? ORDER BY e.at, e.seq`)
  const move = db.prepare<[string, string]>('UPDATE OR IGNORE memory_evidence SET memory = ? WHERE memory = ?')
  const removeOf = db.prepare<[string, string]>('DELETE FROM memory_evidence WHERE memory = ? AND message = ?')
  const use = db.prepare(`
    INSERT INTO memory_uses (reply, memory, place, ordinal, because, at)
    VALUES (@reply, @memory, @place, @ordinal, @because, @at) ON CONFLICT DO NOTHING`)
  const uses = db.prepare<[string], Use>(
    'SELECT memory, place, because FROM memory_uses WHERE reply = ? ORDER BY ordinal',
  )
  const usedIn = db.prepare<[string], UsedMemory & { readonly reply: MessageId }>(`
    SELECT u.reply, u.memory, m.text, m.kind, u.place, u.because
    FROM messages r JOIN memory_uses u ON u.reply = r.id JOIN memories m ON m.id = u.memory
    WHERE r.conversation = ? ORDER BY r.seq, u.ordinal`)
  const replies = db.prepare<[string], { reply: MessageId; conversation: ConversationId; title: string; at: number }>(`
    SELECT u.reply, r.conversation, c.title, u.at FROM memory_uses u JOIN messages r ON r.id = u.reply
    JOIN conversations c ON c.id = r.conversation WHERE u.memory = ? AND c.deleted_at IS NULL ORDER BY u.at DESC LIMIT 200`)
  const refuse = db.prepare<[string, string]>('INSERT OR IGNORE INTO memory_refusals (reply, memory) VALUES (?, ?)')
  const refused = db.prepare<[string], { memory: MemoryId }>('SELECT memory FROM memory_refusals WHERE reply = ?')
  const act = db.prepare(
    'INSERT INTO memory_acts (id, message, did, changes, at) VALUES (@id, @message, @did, @changes, @at)',
  )
  const actColumns = 'id, message, did, changes, undone_at AS undoneAt'
  const findAct = db.prepare<[string], ActRow>(`SELECT ${actColumns} FROM memory_acts WHERE id = ?`)
  const actsOf = db.prepare<[string], ActRow>(`SELECT ${actColumns} FROM memory_acts WHERE message = ? ORDER BY id`)
  const actsIn = db.prepare<[string], ActRow>(`
    SELECT a.id, a.message, a.did, a.changes, a.undone_at AS undoneAt FROM messages m JOIN memory_acts a ON a.message = m.id
    WHERE m.conversation = ? AND a.undone_at IS NULL ORDER BY m.seq, a.id`)
  const undone = db.prepare<[number, string]>('UPDATE memory_acts SET undone_at = ? WHERE id = ?')
  const mark = db.prepare<[string, string, number]>(`
    INSERT INTO memory_readings (message, result, at) VALUES (?, ?, ?)
    ON CONFLICT (message) DO UPDATE SET result = excluded.result, at = excluded.at WHERE result <> 'forgotten'`)
  const forgotten = db.prepare<[string]>("SELECT 1 FROM memory_readings WHERE message = ? AND result = 'forgotten'")
  const unread = db.prepare<[number], { id: MessageId; conversation: ConversationId; text: string; at: number }>(`
    SELECT m.id, m.conversation, m.text, m.created_at AS at FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE m.role = 'user' AND c.deleted_at IS NULL AND m.id NOT IN (SELECT message FROM memory_readings)
      AND c.id NOT IN (SELECT conversation FROM memory_pauses) ORDER BY m.seq LIMIT ?`)
  const toAct = (row: ActRow): StoredAct => ({ ...row, changes: JSON.parse(row.changes) as ActChanges })

  return {
    add: (evidence) => add.run(evidence).changes > 0,
    of: (memory) => of.all(memory),
    move: (from, into) => void move.run(into, from),
    removeOf: (memory, message) => void removeOf.run(memory, message),
    use: (reply, all, at) => {
      for (const [ordinal, one] of all.entries()) use.run({ ...one, reply, ordinal, at })
    },
    usesOf: (reply) => uses.all(reply),
    usedIn: (conversation) => usedIn.all(conversation).map(({ reply, ...used }) => ({ reply, used })),
    repliesThatUsed: (memory) => replies.all(memory),
    refuse: (reply, memories) => {
      for (const memory of memories) refuse.run(reply, memory)
    },
    refusedBy: (reply) => refused.all(reply).map(({ memory }) => memory),
    act: (one, at) => void act.run({ ...one, changes: JSON.stringify(one.changes), at }),
    findAct: (id) => {
      const row = findAct.get(id)
      return row === undefined ? null : toAct(row)
    },
    actsOf: (message) => actsOf.all(message).map(toAct),
    actsIn: (conversation) => actsIn.all(conversation).map(toAct),
    undone: (id, at) => void undone.run(at, id),
    mark: (messages, result, at) => {
      for (const message of messages) mark.run(message, result, at)
    },
    isForgotten: (message) => forgotten.get(message) !== undefined,
    unread: (limit) => unread.all(limit),
  }
}
