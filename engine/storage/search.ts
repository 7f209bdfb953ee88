// engine/storage/search.ts: what the person typed, as a full-text question; what was found, as excerpts with marks.
import type { SearchHit } from '../contract/conversation.ts'
import type { ConversationId } from '../contract/ids.ts'
import type { ReadableDatabase } from './database.ts'

export type SearchFilter = {
  readonly role?: 'user' | 'assistant' | undefined
  /** Unix milliseconds: only what was said then or later. */
  readonly since?: number | undefined
  readonly conversation?: ConversationId | undefined
}

export type Search = {
  /**
   * Messages that hold every word of `query` (each as the beginning of a word), best first, newer first among equals;
   * before them, conversations found by their title alone, at their newest message; behind them, messages with a file
   * that holds the words. Of words that are in very many messages the newest are found.
   */
  find(query: string, limit: number, filter?: SearchFilter): SearchHit[]
}

/** As many of the newest matches are compared. A word that is in more messages says little about which is best. */
const compared = 400

// Marks around hits inside a snippet. Private-use characters and a number of this process, so that no message can hold
// them by chance or on purpose.
const nonce = Math.random().toString(36).slice(2)
const markStart = `\uE000${nonce}\uE001`
const markEnd = `\uE001${nonce}\uE000`

/** Beginnings of up to so many characters have lists of their own in the index (migration 4). Longer ones are put together. */
const indexedBeginnings = 3

const excerptTokens = 24
/** A "word" can be a whole line of Chinese or of base64, so an excerpt is also cut by length, in UTF-16 units. */
const excerptLength = 240

type Row = Omit<SearchHit, 'excerpt' | 'marks' | 'file'> & { readonly snippet: string; readonly file?: string }
type Candidate = Omit<Row, 'snippet' | 'file'> & { readonly seq: number; readonly text: string }
type Bound = Record<'match' | 'conversation' | 'role' | 'since', string | number | null> & { readonly limit: number }

export function createSearch(db: ReadableDatabase): Search {
  const filtered = `m.deleted_at IS NULL AND c.deleted_at IS NULL AND (@conversation IS NULL OR c.id = @conversation)
    AND (@role IS NULL OR m.role = @role) AND (@since IS NULL OR m.created_at >= @since)`
  const hit = 'c.id AS conversation, c.title, m.id AS message, m.role, m.created_at AS createdAt'
  const marked = (table: string, column: number) =>
    `snippet(${table}, ${column}, '${markStart}', '${markEnd}', '…', ${excerptTokens}) AS snippet`
  const candidates = db.prepare<[Bound], Candidate>(`
    SELECT m.seq, m.text, ${hit}
    FROM messages_fts JOIN messages m ON m.seq = messages_fts.rowid JOIN conversations c ON c.id = m.conversation
    WHERE messages_fts MATCH @match AND ${filtered} ORDER BY messages_fts.rowid DESC LIMIT @limit`)
  // FTS5 looks at a row number only if it is an integer, and a number of JavaScript is bound as a float.
  const snippetOf = db.prepare<[string, bigint], { snippet: string }>(
    `SELECT ${marked('messages_fts', 0)} FROM messages_fts WHERE messages_fts MATCH ? AND rowid = ?`,
  )
  const inFiles = db.prepare<[Bound], Row>(`
    SELECT ${hit}, a.name AS file, ${marked('attachments_fts', 1)}
    FROM attachments_fts JOIN attachments a ON a.seq = attachments_fts.rowid JOIN messages m ON m.id = a.message
      JOIN conversations c ON c.id = m.conversation
    WHERE attachments_fts MATCH @match AND ${filtered} ORDER BY attachments_fts.rowid DESC LIMIT @limit`)
  const inTitles = db.prepare<[Bound], Row>(`
    SELECT ${hit}, substr(m.text, 1, 2000) AS snippet
    FROM titles_fts JOIN conversations c ON c.seq = titles_fts.rowid JOIN messages m ON m.id = c.head
    WHERE titles_fts MATCH @match AND ${filtered} ORDER BY bm25(titles_fts), c.updated_at DESC LIMIT @limit`)

  return {
    find: (query, limit, { role, since, conversation } = {}) => {
      const match = toMatch(query)
      const whole = toMatch(query, indexedBeginnings)
      if (match === null || whole === null) return []
      const bound = { match, limit, role: role ?? null, since: since ?? null, conversation: conversation ?? null }
      // Whole words first: a common one is read from its newest message on, and only as far as needed.
      const plenty = candidates.all({ ...bound, match: whole, limit: compared })
      const enough = plenty.length === compared || whole === match
      const found = enough ? plenty : candidates.all({ ...bound, limit: compared })
      const messages = bestOf(found, query)
        .slice(0, limit)
        .map(({ seq, text: _, ...rest }) => ({
          ...rest,
          snippet: snippetOf.get(enough ? whole : match, BigInt(seq))?.snippet ?? '',
        }))
      const talks = new Set(messages.map((one) => one.conversation))
      // A title is what the person calls it, so it is no hit where only one side's words are wanted, or one chat's.
      const titles = role === undefined && conversation === undefined ? inTitles.all(bound) : []
      const known = new Set(messages.map(({ message }) => message))
      return [
        ...titles
          .filter((one) => !talks.has(one.conversation))
          .map(({ snippet, ...rest }) => ({ ...rest, ...clip(snippet, []) })),
        ...messages.map(({ snippet, ...rest }) => ({ ...rest, ...toExcerpt(snippet) })),
        ...inFiles
          .all(bound)
          .filter(({ message }) => !known.has(message))
          .map(({ snippet, ...rest }) => ({ ...rest, ...toExcerpt(snippet) })),
      ]
        .slice(0, limit)
        .map((found) => ({ file: null, ...found }))
    },
  }
}

/**
 * Messages that say the words oftener for their length come first, whole words before beginnings of words; among equals
 * the newer. (BM25 of FTS5 would read the list of every word to its end, which takes too long for common ones.)
 */
function bestOf(found: readonly Candidate[], query: string): Candidate[] {
  const wanted = wordsOf(query)
  const scored = found.map((candidate) => {
    const words = wordsOf(candidate.text.slice(0, 20_000))
    let score = 0
    for (const want of wanted) {
      let count = 0
      for (const word of words) if (word.startsWith(want)) count += word === want ? 1 : 0.6
      score += count / (count + 1.2 * (0.25 + words.length / 60))
    }
    return { candidate, score }
  })
  return scored
    .sort(
      (left, right) =>
        right.score - left.score ||
        right.candidate.createdAt - left.candidate.createdAt ||
        right.candidate.seq - left.candidate.seq,
    )
    .map(({ candidate }) => candidate)
}

/** As the index cuts and folds them, near enough to compare by. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

/**
 * Every word becomes a quoted prefix (`"word"*`), so nothing that a person types is read as FTS5 syntax.
 * Null when there is no word. FTS5 reads its query as a C string, so NUL separates words too.
 * `upTo`: only words of at most so many characters are beginnings, longer ones are whole.
 */
export function toMatch(query: string, upTo = Number.POSITIVE_INFINITY): string | null {
  const words = query
    .toWellFormed()
    .split(/[\s\0]+/u)
    .filter((word) => word !== '')
  return words.length === 0
    ? null
    : words.map((word) => `"${word.replaceAll('"', '""')}"${word.length <= upTo ? '*' : ''}`).join(' ')
}

/** Takes the marks out of a snippet and gives their places in what remains, as [start, end) in UTF-16 units. */
export function toExcerpt(snippet: string): { excerpt: string; marks: [number, number][] } {
  let text = ''
  const marks: [number, number][] = []
  for (const piece of snippet.split(markStart)) {
    const end = piece.indexOf(markEnd)
    if (end >= 0) marks.push([text.length, text.length + end])
    text += end < 0 ? piece : piece.slice(0, end) + piece.slice(end + markEnd.length)
  }
  return clip(text, marks)
}

/** Cuts to `excerptLength` around the first mark, never through a surrogate pair. */
function clip(text: string, marks: readonly [number, number][]): { excerpt: string; marks: [number, number][] } {
  if (text.length <= excerptLength) return { excerpt: text, marks: [...marks] }
  const wanted = Math.max(0, (marks[0]?.[0] ?? 0) - 60)
  const from = boundary(text, Math.min(wanted, text.length - excerptLength))
  const to = boundary(text, from + excerptLength)
  const head = from > 0 ? '…' : ''
  const shift = head.length - from
  const kept = marks
    .map(([start, end]): [number, number] => [Math.max(start, from) + shift, Math.min(end, to) + shift])
    .filter(([start, end]) => start < end)
  return { excerpt: `${head}${text.slice(from, to)}${to < text.length ? '…' : ''}`, marks: kept }
}

const boundary = (text: string, at: number) => (/[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at)
