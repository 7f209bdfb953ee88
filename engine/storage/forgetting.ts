// engine/storage/forgetting.ts: everything in the database that holds something of a memory: counted, removed, and looked
// for afterwards, down to the bytes of the files.
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { ForgetReceipt, MemoryId } from '../contract/memory.ts'
import type { WritableDatabase } from './database.ts'

export type Traced = {
  /** The memories and all that they replaced. */
  readonly memories: readonly { readonly id: MemoryId; readonly seq: number; readonly chosen: boolean }[]
  readonly evidence: number
  readonly vectors: number
  readonly uses: number
  /** Traces with a recorded prompt, in conversations that used them. */
  readonly traces: number
  /** Calls of tools that hold their words, or that remembered them. */
  readonly steps: readonly string[]
  /** Conversations whose prompts held them. */
  readonly conversations: readonly ConversationId[]
  /** Messages of the person that they rest on. */
  readonly sources: readonly {
    readonly message: MessageId
    readonly conversation: ConversationId
    readonly title: string
  }[]
  /** Replies that were written with them, or to the messages that they rest on: those repeat what was said. */
  readonly replies: readonly MessageId[]
  /** Their words in both voices. */
  readonly words: readonly string[]
}

export type Remains = {
  readonly memory: number
  readonly evidence: number
  readonly index: number
  readonly vectors: number
  readonly uses: number
  readonly traces: number
  readonly steps: number
}

export type Forgetting = {
  trace(ids: readonly MemoryId[]): Traced
  /** One transaction; afterwards the log is emptied into the file. Sources are never learned from again. */
  remove(traced: Traced, at: number): void
  remains(traced: Traced): Remains
  /** How many of these texts stand somewhere in the files, where no message or other memory holds them. */
  inFiles(words: readonly string[]): Promise<number>
  /** Writes the whole file anew, so that nothing is left in the gaps of pages. */
  rebuild(): void
  keepReceipt(receipt: ForgetReceipt): void
  receipts(): ForgetReceipt[]
}

const pieceBytes = 1 << 20

export function createForgetting(db: WritableDatabase, folder: string): Forgetting {
  const family = db.prepare<[string], { id: MemoryId; seq: number; chosen: 0 | 1; statement: string; text: string }>(`
    WITH RECURSIVE doomed (id) AS (
      SELECT value FROM json_each(?)
      UNION SELECT m.id FROM memories m JOIN doomed ON m.replaced_by = doomed.id)
    SELECT m.id, m.seq, m.statement, m.text, 0 AS chosen FROM memories m JOIN doomed ON doomed.id = m.id ORDER BY m.seq`)
  const count = (sql: string) => {
    const statement = db.prepare<[string], { n: number }>(sql)
    return (list: readonly unknown[]) => statement.get(JSON.stringify(list))?.n ?? 0
  }
  const memoryCount = count('SELECT count(*) AS n FROM memories WHERE id IN (SELECT value FROM json_each(?))')
  const evidenceCount = count(
    'SELECT count(*) AS n FROM memory_evidence WHERE memory IN (SELECT value FROM json_each(?))',
  )
  const vectorCount = count('SELECT count(*) AS n FROM memory_vectors WHERE memory IN (SELECT value FROM json_each(?))')
  const useCount = count('SELECT count(*) AS n FROM memory_uses WHERE memory IN (SELECT value FROM json_each(?))')
  const traceCount = count(`SELECT count(*) AS n FROM traces
    WHERE prompt IS NOT NULL AND conversation IN (SELECT value FROM json_each(?))`)
  const users = db.prepare<[string], { reply: MessageId; conversation: ConversationId }>(`
    SELECT DISTINCT u.reply, r.conversation FROM memory_uses u JOIN messages r ON r.id = u.reply
    WHERE u.memory IN (SELECT value FROM json_each(?))`)
  const sources = db.prepare<[string], { message: MessageId; conversation: ConversationId; title: string }>(`
    SELECT DISTINCT e.message, m.conversation, c.title FROM memory_evidence e JOIN messages m ON m.id = e.message
    JOIN conversations c ON c.id = m.conversation WHERE e.memory IN (SELECT value FROM json_each(?))`)
  const answers = db.prepare<[string], { id: MessageId }>(`
    SELECT id FROM messages WHERE role = 'assistant' AND parent IN (SELECT value FROM json_each(?))`)
  // A step is JSON, and its arguments are JSON inside of it: words are looked for as they stand in either.
  const stepsOf = db.prepare<[string, string], { id: string }>(`
    SELECT id FROM tool_steps WHERE reply IN (SELECT value FROM json_each(?)) AND server IS NULL AND tool = 'remember'
      AND json_extract(step, '$.arguments') <> '{}'
    UNION SELECT t.id FROM tool_steps t JOIN json_each(?) w ON instr(t.step, w.value) > 0 OR instr(t.told, w.value) > 0`)
  const blank = db.prepare<[string]>(`
    UPDATE tool_steps SET told = iif(told IS NULL, NULL, '{"result":"forgotten"}'),
      step = json_set(step, '$.words', 'did something that was forgotten since', '$.arguments', '{}', '$.plan', NULL,
        '$.failure', NULL, '$.undo', iif(tool = 'remember', NULL, json(json_extract(step, '$.undo'))),
        '$.result', iif(json_extract(step, '$.result') IS NULL, NULL, json('{"text":"","bytes":0,"cut":false,"origins":[]}')))
    WHERE id IN (SELECT value FROM json_each(?))`)
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1)
  const findSteps = (replies: readonly MessageId[], words: readonly string[]) => {
    const spelt = [...new Set(words.flatMap((text) => [inJson(text), inJson(inJson(text))]))]
    return stepsOf.all(JSON.stringify(replies), JSON.stringify(spelt)).map(({ id }) => id)
  }
  const remove = db.prepare<[string]>('DELETE FROM memories WHERE id IN (SELECT value FROM json_each(?))')
  const strip = db.prepare<[string]>(`
    UPDATE traces SET prompt = NULL, output = NULL, base = NULL, shared = 0
    WHERE conversation IN (SELECT value FROM json_each(?))`)
  const mark = db.prepare<[string, number]>(`
    INSERT INTO memory_readings (message, result, at) VALUES (?, 'forgotten', ?)
    ON CONFLICT (message) DO UPDATE SET result = 'forgotten'`)
  const indexed = db.prepare<[string], { rowid: number }>('SELECT rowid FROM memories_fts WHERE memories_fts MATCH ?')
  const elsewhere = db.prepare<[string, string, string, string], { n: number }>(`
    SELECT (SELECT count(*) FROM messages WHERE instr(text, ?) > 0) + (SELECT count(*) FROM conversations WHERE instr(title, ?) > 0)
      + (SELECT count(*) FROM memories WHERE instr(statement, ?) > 0 OR instr(text, ?) > 0) AS n`)
  const keep = db.prepare<[string, number, string]>(
    'INSERT INTO forget_receipts (id, at, receipt) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at, receipt = excluded.receipt',
  )
  const receipts = db.prepare<[], { receipt: string }>('SELECT receipt FROM forget_receipts ORDER BY at DESC, id DESC')
  const emptyLog = () => void db.pragma('wal_checkpoint(TRUNCATE)')

  return {
    trace: (ids) => {
      const chosen = new Set<string>(ids)
      const rows = family.all(JSON.stringify(ids))
      const all = rows.map(({ id }) => id)
      const used = users.all(JSON.stringify(all))
      const rests = sources.all(JSON.stringify(all))
      const told = answers.all(JSON.stringify(rests.map(({ message }) => message)))
      const conversations = [...new Set(used.map(({ conversation }) => conversation))]
      const replies = [...new Set([...used.map(({ reply }) => reply), ...told.map(({ id }) => id)])]
      const words = [...new Set(rows.flatMap(({ statement, text }) => [statement, text]))]
      return {
        memories: rows.map(({ id, seq }) => ({ id, seq, chosen: chosen.has(id) })),
        evidence: evidenceCount(all),
        vectors: vectorCount(rows.map(({ seq }) => seq)),
        uses: useCount(all),
        traces: traceCount(conversations),
        conversations,
        sources: rests,
        steps: findSteps(replies, words),
        replies,
        words,
      }
    },
    remove: ({ memories, conversations, steps, sources: messages }, at) => {
      db.transaction(() => {
        for (const { message } of messages) mark.run(message, at)
        strip.run(JSON.stringify(conversations))
        blank.run(JSON.stringify(steps))
        remove.run(JSON.stringify(memories.map(({ id }) => id)))
      }).immediate()
      emptyLog()
    },
    remains: ({ memories, conversations, replies, words }) => {
      const ids = memories.map(({ id }) => id)
      const seqs = memories.map(({ seq }) => seq)
      const rows = new Set(seqs)
      return {
        memory: memoryCount(ids),
        evidence: evidenceCount(ids),
        index: words
          .flatMap((text) => indexed.all(`"${text.replaceAll('"', '""')}"`))
          .filter(({ rowid }) => rows.has(rowid)).length,
        vectors: vectorCount(seqs),
        uses: useCount(ids),
        traces: traceCount(conversations),
        steps: findSteps(replies, words).length,
      }
    },
    inFiles: async (words) => {
      const own = words.filter((text) => (elsewhere.get(text, text, text, text)?.n ?? 0) === 0)
      emptyLog()
      let found = 0
      for (const name of ['hearth.db', 'hearth.db-wal']) found += await occurrences(join(folder, name), own)
      return found
    },
    rebuild: () => {
      db.exec('VACUUM')
      emptyLog()
    },
    keepReceipt: (receipt) => void keep.run(receipt.id, receipt.at, JSON.stringify(receipt)),
    receipts: () => receipts.all().map(({ receipt }) => JSON.parse(receipt) as ForgetReceipt),
  }
}

/** How many of the texts the file holds, as UTF-8. Read in pieces, so that a large file stops nobody for long. */
async function occurrences(path: string, texts: readonly string[]): Promise<number> {
  const wanted = new Set(texts)
  const longest = Math.max(0, ...texts.map((text) => Buffer.byteLength(text)))
  if (longest === 0 || !existsSync(path)) return 0
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(pieceBytes + longest)
    let kept = 0
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, pieceBytes, null)
      if (bytesRead === 0) return texts.length - wanted.size
      const piece = buffer.subarray(0, kept + bytesRead)
      for (const text of wanted) if (piece.includes(text)) wanted.delete(text)
      kept = Math.min(longest - 1, piece.length)
      piece.copyWithin(0, piece.length - kept)
    }
  } finally {
    await file.close()
  }
}
