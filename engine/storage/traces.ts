// engine/storage/traces.ts: traces and their spans as rows. A trace is begun with its turn and filled as the turn goes, so
// that a process that dies leaves what was known.
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { Recipe, Span, SpanId, TraceId, TraceSummary } from '../contract/trace.ts'
import type { WritableDatabase } from './database.ts'

export type StoredTrace = {
  readonly seq: number
  readonly id: TraceId
  readonly conversation: ConversationId
  readonly question: MessageId
  readonly reply: MessageId
  readonly startedAt: number
  readonly endedAt: number | null
  readonly questionClass: string | null
  readonly choices: Readonly<Record<string, string>>
  readonly recipe: Recipe | null
}

export type Traces = {
  /** Answers its id: a reply that is written on goes on with the trace that it has. */
  begin(trace: Pick<StoredTrace, 'id' | 'conversation' | 'question' | 'reply' | 'startedAt'>): TraceId
  choose(id: TraceId, questionClass: string, choices: Readonly<Record<string, string>>): void
  /** What the model is about to be asked: ids of the whole prompt. */
  ask(id: TraceId, recipe: Recipe, prompt: readonly number[]): void
  /** Ids that it wrote. */
  answer(id: TraceId, output: readonly number[]): void
  startSpan(trace: TraceId, span: Span): void
  endSpan(id: SpanId, endedAt: number, problem: string | null, detail: Span['detail']): void
  end(id: TraceId, at: number): void

  ofReply(reply: MessageId): StoredTrace | null
  spansOf(trace: TraceId): Span[]
  list(conversation: ConversationId | null, before: TraceId | null, limit: number): TraceSummary[]
  /** Null where one is not recorded, or was removed. */
  promptOf(trace: TraceId): number[] | null
  outputOf(trace: TraceId): number[] | null
  /** Removes prompts and outputs of all traces of a conversation: something in them was forgotten. Answers how many. */
  strip(conversation: ConversationId): number
}

/** A prompt is read through at most this many traces; then one is kept whole again. */
const mostDepth = 24

type Row = Omit<StoredTrace, 'choices' | 'recipe'> & { readonly choices: string; readonly recipe: string | null }
type Part = {
  readonly base: number | null
  readonly shared: number
  readonly depth: number
  readonly prompt: Buffer | null
}
type SpanRow = Omit<Span, 'detail'> & { readonly detail: string }

const columns = `seq, id, conversation, question, reply, started_at AS startedAt, ended_at AS endedAt,
  question_class AS questionClass, choices, recipe`

export function createTraces(db: WritableDatabase): Traces {
  const begin = db.prepare(`
    INSERT INTO traces (id, conversation, question, reply, started_at)
    VALUES (@id, @conversation, @question, @reply, @startedAt) ON CONFLICT (reply) DO UPDATE SET ended_at = NULL`)
  const choose = db.prepare<[string, string, string]>('UPDATE traces SET question_class = ?, choices = ? WHERE id = ?')
  const previous = db.prepare<[string, string], { seq: number; id: TraceId; depth: number }>(`
    SELECT p.seq, p.id, p.depth FROM traces t JOIN traces p ON p.conversation = t.conversation AND p.seq < t.seq
    WHERE t.id = ? AND p.prompt IS NOT NULL AND p.id <> ? ORDER BY p.seq DESC LIMIT 1`)
  const ask = db.prepare(
    'UPDATE traces SET recipe = @recipe, base = @base, shared = @shared, depth = @depth, prompt = @prompt WHERE id = @id',
  )
  const answer = db.prepare<[Buffer, string]>('UPDATE traces SET output = ? WHERE id = ?')
  const startSpan = db.prepare(`
    INSERT INTO spans (id, trace, parent, step, started_at, ended_at, problem, detail)
    VALUES (@id, @trace, @parent, @step, @startedAt, @endedAt, @problem, @detail)`)
  const endSpan = db.prepare<[number, string | null, string, string]>(
    'UPDATE spans SET ended_at = ?, problem = ?, detail = ? WHERE id = ?',
  )
  const end = db.prepare<[number, string]>('UPDATE traces SET ended_at = ? WHERE id = ?')
  const ofReply = db.prepare<[string], Row>(`SELECT ${columns} FROM traces WHERE reply = ?`)
  const spans = db.prepare<[string], SpanRow>(`
    SELECT id, parent, step, started_at AS startedAt, ended_at AS endedAt, problem, detail FROM spans
    WHERE trace = ? ORDER BY seq`)
  const list = db.prepare<[string | null, string | null, string | null, string | null, number], TraceSummary>(`
    SELECT t.id, t.conversation, c.title, t.reply, t.started_at AS startedAt, t.ended_at - t.started_at AS tookMs, m.status,
      m.model, (SELECT count(*) FROM spans s WHERE s.trace = t.id) AS spans
    FROM traces t JOIN messages m ON m.id = t.reply JOIN conversations c ON c.id = t.conversation
    WHERE c.deleted_at IS NULL AND (? IS NULL OR t.conversation = ?) AND (? IS NULL OR t.id < ?) ORDER BY t.id DESC LIMIT ?`)
  const partById = db.prepare<[string], Part>('SELECT base, shared, depth, prompt FROM traces WHERE id = ?')
  const partBySeq = db.prepare<[number], Part>('SELECT base, shared, depth, prompt FROM traces WHERE seq = ?')
  const output = db.prepare<[string], { output: Buffer | null }>('SELECT output FROM traces WHERE id = ?')
  const strip = db.prepare<[string]>(`
    UPDATE traces SET prompt = NULL, output = NULL, base = NULL, shared = 0
    WHERE conversation = ? AND (prompt IS NOT NULL OR output IS NOT NULL)`)

  const whole = (part: Part | undefined): number[] | null => {
    if (part === undefined || part.prompt === null) return null
    const own = unpack(part.prompt)
    if (part.shared === 0) return own
    const head = part.base === null ? null : whole(partBySeq.get(part.base))
    return head === null || head.length < part.shared ? null : [...head.slice(0, part.shared), ...own]
  }

  return {
    begin: (trace) => {
      begin.run(trace)
      return ofReply.get(trace.reply)?.id ?? trace.id
    },
    choose: (id, questionClass, choices) => void choose.run(questionClass, JSON.stringify(choices), id),
    ask: (id, recipe, prompt) => {
      const last = previous.get(id, id)
      const head = last === undefined || last.depth >= mostDepth ? null : whole(partById.get(last.id))
      const shared = head === null ? 0 : commonLength(head, prompt)
      const base = shared === 0 ? null : (last?.seq ?? null)
      const depth = shared === 0 ? 0 : (last?.depth ?? 0) + 1
      ask.run({ id, recipe: JSON.stringify(recipe), base, shared, depth, prompt: pack(prompt.slice(shared)) })
    },
    answer: (id, tokens) => void answer.run(pack(tokens), id),
    startSpan: (trace, span) => void startSpan.run({ ...span, trace, detail: JSON.stringify(span.detail) }),
    endSpan: (id, endedAt, problem, detail) => void endSpan.run(endedAt, problem, JSON.stringify(detail), id),
    end: (id, at) => void end.run(at, id),
    ofReply: (reply) => {
      const row = ofReply.get(reply)
      if (row === undefined) return null
      const choices = JSON.parse(row.choices) as Record<string, string>
      return { ...row, choices, recipe: row.recipe === null ? null : (JSON.parse(row.recipe) as Recipe) }
    },
    spansOf: (trace) => spans.all(trace).map((row) => ({ ...row, detail: JSON.parse(row.detail) }) as Span),
    list: (conversation, before, limit) => list.all(conversation, conversation, before, before, limit),
    promptOf: (trace) => whole(partById.get(trace)),
    outputOf: (trace) => {
      const bytes = output.get(trace)?.output
      return bytes === null || bytes === undefined ? null : unpack(bytes)
    },
    strip: (conversation) => strip.run(conversation).changes,
  }
}

/** Little-endian 32-bit ids, deflated: most of their bytes are zero. */
const pack = (tokens: readonly number[]): Buffer => deflateRawSync(new Uint8Array(Int32Array.from(tokens).buffer))

function unpack(bytes: Buffer): number[] {
  const raw = new Uint8Array(inflateRawSync(bytes)) // aligned, unlike a slice of Node's pool
  return Array.from(new Int32Array(raw.buffer, 0, raw.byteLength >> 2))
}

function commonLength(left: readonly number[], right: readonly number[]): number {
  let length = 0
  while (length < left.length && length < right.length && left[length] === right[length]) length++
  return length
}
