// engine/storage/search.ts: what the person typed, as a full-text question; what was found, as excerpts with marks.
import type { SearchHit } from '../contract/conversation.ts'
import type { ReadableDatabase } from './database.ts'

export type Search = {
  /**
   * Messages that hold every word of `query` (each as the beginning of a word), best first, newer first among equals;
   * before them, conversations found by their title alone, at their newest message.
   */
  find(query: string, limit: number): SearchHit[]
}

// Marks around hits inside a snippet. Private-use characters and a number of this process, so that no message can hold
// them by chance or on purpose.
const nonce = Math.random().toString(36).slice(2)
const markStart = `\uE000${nonce}\uE001`
const markEnd = `\uE001${nonce}\uE000`

const excerptTokens = 24
/** A "word" can be a whole line of Chinese or of base64, so an excerpt is also cut by length, in UTF-16 units. */
const excerptLength = 240

type Row = Omit<SearchHit, 'excerpt' | 'marks'> & { readonly snippet: string }

export function createSearch(db: ReadableDatabase): Search {
  const inMessages = db.prepare<[string, string, string, number], Row>(`
    SELECT c.id AS conversation, c.title, m.id AS message, m.role, m.created_at AS createdAt,
      snippet(messages_fts, 0, ?, ?, '…', ${excerptTokens}) AS snippet
    FROM messages_fts JOIN messages m ON m.seq = messages_fts.rowid JOIN conversations c ON c.id = m.conversation
    WHERE messages_fts MATCH ? AND c.deleted_at IS NULL
    ORDER BY bm25(messages_fts), m.created_at DESC, m.seq DESC LIMIT ?`)
  const inTitles = db.prepare<[string, string, number], Row>(`
    SELECT c.id AS conversation, c.title, m.id AS message, m.role, m.created_at AS createdAt, m.text AS snippet
    FROM titles_fts JOIN conversations c ON c.seq = titles_fts.rowid JOIN messages m ON m.id = c.head
    WHERE titles_fts MATCH ? AND c.deleted_at IS NULL AND c.id NOT IN (
      SELECT m.conversation FROM messages_fts JOIN messages m ON m.seq = messages_fts.rowid WHERE messages_fts MATCH ?)
    ORDER BY bm25(titles_fts), c.updated_at DESC LIMIT ?`)

  return {
    find: (query, limit) => {
      const match = toMatch(query)
      if (match === null) return []
      const titles = inTitles.all(match, match, limit).map(({ snippet, ...hit }) => ({ ...hit, ...clip(snippet, []) }))
      const messages = inMessages
        .all(markStart, markEnd, match, limit - titles.length)
        .map(({ snippet, ...hit }) => ({ ...hit, ...toExcerpt(snippet) }))
      return [...titles, ...messages]
    },
  }
}

/**
 * Every word becomes a quoted prefix (`"word"*`), so nothing that a person types is read as FTS5 syntax.
 * Null when there is no word. FTS5 reads its query as a C string, so NUL separates words too.
 */
export function toMatch(query: string): string | null {
  const words = query
    .toWellFormed()
    .split(/[\s\0]+/u)
    .filter((word) => word !== '')
  return words.length === 0 ? null : words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ')
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
