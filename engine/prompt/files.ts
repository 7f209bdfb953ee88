// engine/prompt/files.ts: attached files as words in front of the message that they came with: whole where there is room,
// else the passages that fit the question.
//
// Which it is and which passages go where follows from the branch alone, message by message and from the oldest on, so
// that the beginning of a prompt stays the same from turn to turn and the model need not read it again.
import type { AttachmentId } from '../contract/attachment.ts'
import type { FileUse } from '../contract/context.ts'
import { type Chunk, chunksOf, rank } from './chunks.ts'

export type PromptFile = {
  readonly id: AttachmentId
  readonly name: string
  readonly pages: number | null
  readonly text: string
}

export type Said = {
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly files?: readonly PromptFile[]
  /** What a reply called, in order, and what it was told. */
  readonly calls?: readonly SaidCall[]
}

export type SaidCall = {
  readonly name: string
  readonly arguments: unknown
  readonly told: Readonly<Record<string, unknown>>
}

export type Placed = {
  readonly role: Said['role']
  readonly text: string
  /** What of files stands before the text; empty where there is nothing. */
  readonly filesText: string
  readonly uses: readonly FileUse[]
  readonly calls: readonly SaidCall[]
}

export type Budget = {
  /** All whole files of a branch together, in tokens. */
  readonly whole: number
  /** The passages in front of one message, in tokens. */
  readonly passages: number
  readonly count: (text: string) => number
}

/** No text has more characters a token than this for long, so a longer one need not be counted. */
const mostCharactersPerToken = 8

export function placeFiles(history: readonly Said[], budget: Budget): Placed[] {
  let room = budget.whole
  /** Files too long to be given whole, with the passages that were given already. */
  const long: { readonly file: PromptFile; readonly chunks: readonly Chunk[]; readonly given: Set<number> }[] = []

  return history.map(({ role, text, files = [], calls = [] }) => {
    if (role !== 'user') return { role, text, filesText: '', uses: [], calls }
    const pieces: string[] = []
    const uses: FileUse[] = []
    const came = new Set<AttachmentId>()
    for (const file of files) {
      const body = wholeOf(file)
      const tokens = body.length > room * mostCharactersPerToken ? Number.POSITIVE_INFINITY : budget.count(body)
      if (tokens <= room) {
        room -= tokens
        pieces.push(body)
        uses.push({ attachment: file.id, name: file.name, mode: 'whole', parts: 1, of: 1 })
      } else {
        long.push({ file, chunks: chunksOf(file.text), given: new Set() })
        came.add(file.id)
      }
    }
    let left = budget.passages
    for (const { file, chunks, given } of long) {
      const fitting = rank(chunks, text)
      // A file that has just come is shown by its beginning where the words do not lead into it.
      const candidates = fitting.length > 0 || !came.has(file.id) ? fitting : chunks
      const chosen: Chunk[] = []
      for (const chunk of candidates) {
        if (given.has(chunk.index)) continue
        const tokens = budget.count(chunk.text)
        if (tokens > left) break
        left -= tokens
        chosen.push(chunk)
      }
      if (chosen.length === 0) continue
      for (const { index } of chosen) given.add(index)
      pieces.push(passagesOf(file, chosen, chunks.length))
      uses.push({ attachment: file.id, name: file.name, mode: 'parts', parts: chosen.length, of: chunks.length })
    }
    return { role, text, filesText: pieces.join('\n\n'), uses, calls: [] }
  })
}

const wholeOf = ({ name, text }: PromptFile) => `File "${name}":\n"""\n${text.replaceAll('\f', '\n\n').trim()}\n"""`

function passagesOf({ name }: PromptFile, chosen: readonly Chunk[], of: number): string {
  const parts = chosen
    .toSorted((left, right) => left.index - right.index)
    .map(({ index, page, text }) => `[part ${index + 1}${page === null ? '' : `, page ${page}`}]\n${text}`)
  return `From file "${name}", ${chosen.length} of its ${of} parts:\n"""\n${parts.join('\n\n')}\n"""`
}

/** What was given of each file over several messages. */
export function sumUses(uses: readonly FileUse[]): FileUse[] {
  const sum = new Map<AttachmentId, FileUse>()
  for (const use of uses) {
    const before = sum.get(use.attachment)
    sum.set(use.attachment, before === undefined ? use : { ...use, parts: before.parts + use.parts })
  }
  return [...sum.values()]
}
