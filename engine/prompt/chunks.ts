// engine/prompt/chunks.ts: a long text in passages, and the passages that fit a question best.
//
// Ranked by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) over the passages of one file. That
// needs no index that must be kept, and is done in milliseconds for a book.

export type Chunk = {
  /** From 0, in the order of the text. */
  readonly index: number
  readonly text: string
  /** From 1; null where the text has no pages. */
  readonly page: number | null
}

/** About as long as a paragraph or two, in UTF-16 units: long enough to be understood alone. */
const chunkLength = 900

/** Passages end between paragraphs where they can, else between sentences, words or (at last) anywhere. */
export function chunksOf(text: string): Chunk[] {
  const pages = text.split('\f')
  const chunks: Chunk[] = []
  for (const [at, page] of pages.entries())
    for (const passage of passagesOf(page))
      chunks.push({ index: chunks.length, text: passage, page: pages.length > 1 ? at + 1 : null })
  return chunks
}

function passagesOf(page: string): string[] {
  const passages: string[] = []
  let rest = page.trim()
  while (rest.length > chunkLength) {
    const head = rest.slice(0, chunkLength)
    const cut = lastBreak(head)
    passages.push(rest.slice(0, cut).trimEnd())
    rest = rest.slice(cut).trimStart()
  }
  if (rest !== '') passages.push(rest)
  return passages
}

/** Where to cut `head`: at the latest good place in its second half. */
function lastBreak(head: string): number {
  const half = head.length / 2
  for (const places of [/\n\s*\n/g, /[.!?]["”’)]?\s/g, /\n/g, /\s/g]) {
    const found = [...head.matchAll(places)].findLast(({ index }) => index >= half)
    if (found !== undefined) return found.index + found[0].length
  }
  return /[\uD800-\uDBFF]$/.test(head) ? head.length - 1 : head.length
}

/** Words of a text, as they are compared. */
export function termsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.match(/[\p{L}\p{N}]+/gu)?.map(stem) ?? []
}

/** Endings that English words differ in most: `pays`, `paid` stay two words, `payment` and `payments` become one. */
const stem = (word: string) => (word.length > 3 ? word.replace(/(?<!s)s$/, '') : word)

/** The values of the literature: how soon a repeated word stops counting, and how much long passages are held back. */
const k1 = 1.2
const b = 0.75

/** Passages that share a word with `question`, best first. */
export function rank(chunks: readonly Chunk[], question: string): Chunk[] {
  const wanted = new Set(termsOf(question))
  const documents = chunks.map(({ text }) => termsOf(text))
  const average = documents.reduce((sum, terms) => sum + terms.length, 0) / Math.max(1, documents.length)
  const counts = documents.map((terms) => {
    const count = new Map<string, number>()
    for (const term of terms) if (wanted.has(term)) count.set(term, (count.get(term) ?? 0) + 1)
    return count
  })
  const weight = (term: string) => {
    const holders = counts.filter((count) => count.has(term)).length
    return Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5))
  }
  const weights = new Map([...wanted].map((term) => [term, weight(term)]))
  const score = (at: number) => {
    const norm = k1 * (1 - b + (b * (documents[at]?.length ?? 0)) / Math.max(1, average))
    let sum = 0
    for (const [term, n] of counts[at] ?? []) sum += ((weights.get(term) ?? 0) * n * (k1 + 1)) / (n + norm)
    return sum
  }
  return chunks
    .map((chunk, at) => ({ chunk, score: score(at) }))
    .filter((one) => one.score > 0)
    .sort((left, right) => right.score - left.score || left.chunk.index - right.chunk.index)
    .map(({ chunk }) => chunk)
}
