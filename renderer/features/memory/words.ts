// renderer/features/memory/words.ts: how memories, their confidence and their forgetting are put into words.
import type {
  Confidence,
  ForgetLine,
  ForgetReceipt,
  ForgetStore,
  Memory,
  MemoryKind,
  MemoryOrigin,
} from '../../../engine/contract/memory.ts'
import { count, plural, when } from '../../ui/format.ts'

/** The order of the page. */
export const kinds: readonly MemoryKind[] = ['preference', 'instruction', 'fact', 'person']

export const groupNames: Readonly<Record<MemoryKind, string>> = {
  preference: 'How you like things',
  instruction: 'From now on',
  fact: 'About you',
  person: 'People and pets',
}

export const kindNames: Readonly<Record<MemoryKind, string>> = {
  preference: 'A preference',
  instruction: 'A standing instruction',
  fact: 'About you',
  person: 'A person or pet',
}

const times = (n: number) => (n <= 1 ? 'once' : n === 2 ? 'twice' : `${count(n)} times`)

/** `You said so 3 times`, `From your words`, `From a file`. */
export function whereFrom({ origin, evidenceCount }: Pick<Memory, 'origin' | 'evidenceCount'>): string {
  switch (origin) {
    case 'typed':
      return evidenceCount === 0 ? 'You wrote it here' : `You said so ${times(evidenceCount)}`
    case 'inferred':
      return evidenceCount > 1 ? `From your words, ${times(evidenceCount)}` : 'From your words'
    case 'tool':
      return 'From a tool'
    case 'file':
      return 'From a file'
  }
}

/** Why a memory waits, and what the two answers are called. */
export function heldWords(origin: MemoryOrigin): {
  readonly why: string
  readonly accept: string
  readonly reject: string
} {
  const own = { accept: 'Remember it', reject: 'Don’t remember' }
  switch (origin) {
    case 'typed':
      return { why: 'It waits for your word, so no reply uses it.', ...own }
    case 'inferred':
      return { why: 'Hearth read this out of what you said. No reply uses it until you say so.', ...own }
    case 'tool':
      return {
        why: 'This came from a tool, not from you, so no reply uses it.',
        accept: 'It is true, I said so',
        reject: 'Delete',
      }
    case 'file':
      return {
        why: 'This came from a file, not from you, so no reply uses it.',
        accept: 'It is true, I said so',
        reject: 'Delete',
      }
  }
}

/** `Today`, `Yesterday`, `8 Nov`, `8 Nov 2024`. */
export const day = (at: number, now = Date.now()) => when(at, now).replace(/,.*$/, '')

/** In the middle of a sentence: `today`, `8 Nov`. */
export const dayWithin = (at: number, now = Date.now()) => day(at, now).replace(/^[TY]/, (first) => first.toLowerCase())

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** `Very sure. Used in 12 replies, last one today.` without the first sentence, which is a button. */
export function usedWords({ useCount, lastUsedAt }: Pick<Memory, 'useCount' | 'lastUsedAt'>): string {
  if (useCount === 0 || lastUsedAt === null) return 'Not used in a reply yet.'
  if (useCount === 1) return `Used in 1 reply, ${dayWithin(lastUsedAt)}.`
  return `Used in ${plural(useCount, 'reply', 'replies')}, last one ${dayWithin(lastUsedAt)}.`
}

const tenth = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })

/** The numbers behind the words, on demand. */
export function confidenceNumbers({ alpha, beta, mean }: Confidence): string {
  const share = `${count(mean * 100)}%`
  return `Weight ${tenth.format(Math.max(0, alpha - 1))} for it, ${tenth.format(Math.max(0, beta - 1))} against it: ${share}. Beta(${tenth.format(alpha)}, ${tenth.format(beta)}).`
}

const stores: Readonly<Record<ForgetStore, readonly [one: string, many: string, title: string]>> = {
  memory: ['memory', 'memories', 'Memory'],
  history: ['older wording', 'older wordings', 'Older wordings'],
  evidence: ['piece of evidence', 'pieces of evidence', 'Evidence'],
  index: ['entry in the search index', 'entries in the search index', 'Search index'],
  vectors: ['vector', 'vectors', 'Vectors'],
  uses: ['note of a reply that used it', 'notes of replies that used it', 'Replies that used it'],
  traces: ['recorded prompt', 'recorded prompts', 'Recorded prompts'],
  steps: ['call of a tool that said it', 'calls of tools that said it', 'Calls of tools'],
  summaries: ['summary', 'summaries', 'Summaries'],
  snapshots: ['saved context', 'saved contexts', 'Saved contexts'],
  drafts: ['phrase in the speed store', 'phrases in the speed store', 'Speed store'],
  messages: ['of your messages', 'of your messages', 'Your messages'],
}

/** `4 pieces of evidence`, `184 phrases in the speed store`. */
export const lineWords = ({ store, count: n }: Pick<ForgetLine, 'store' | 'count'>) =>
  plural(n, stores[store][0], stores[store][1])

export const verbWords = ({ store, verb }: Pick<ForgetLine, 'store' | 'verb'>) =>
  store === 'messages' && verb === 'kept' ? 'kept, not learned again' : verb

type CheckStore = ForgetReceipt['checks'][number]['store']
export const checkTitle = (store: CheckStore) => (store === 'pages' ? 'Freed pages of the database' : stores[store][2])
export function checkWords({ store, passed, found }: ForgetReceipt['checks'][number]): string {
  if (store === 'pages') return passed ? 'overwritten' : 'not overwritten'
  return passed ? 'found nothing' : `${count(found)} still found`
}

/** Lines of several plans or receipts as those of one. */
export function addLines(lines: readonly ForgetLine[]): readonly ForgetLine[] {
  const sums = new Map<string, ForgetLine>()
  for (const line of lines) {
    const key = `${line.store} ${line.verb}`
    const before = sums.get(key)
    sums.set(key, before ? { ...before, count: before.count + line.count, note: before.note ?? line.note } : line)
  }
  return [...sums.values()]
}

/** A short name for a receipt: the end of its id, which holds nothing of the content. */
export const receiptName = (id: string) => `R-${id.slice(-6)}`

/** A button cannot hold a whole sentence of any length. */
export const short = (text: string, length = 48) =>
  text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`
