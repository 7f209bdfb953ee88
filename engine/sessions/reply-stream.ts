// engine/sessions/reply-stream.ts: a reply as it comes, taken apart: what is said, what is thought, and where each token
// went. Gemma 4 writes its thoughts between two markers, before the answer and sometimes again later; those after the
// answer has begun are counted and not shown.
//
// Markers are told by their tokens. The same characters as plain words, in an answer about markers, stay.
import type { TokenMarks } from '../contract/thread.ts'
import type { Inference, Piece } from '../inference/inference.ts'
import { closesThought, opensThought } from '../inference/thoughts.ts'

export type ReplyPiece = { readonly text: string; readonly thought: string }

export type ReplyStream = {
  /** Takes the pieces of one reply in order; answers what of each to show. */
  read(piece: Piece): ReplyPiece
  /** Whether a thought is open now. */
  thinking(): boolean
  thoughtTokens(): number
  marks(): TokenMarks
  /** The token that ends a thought; null for a model without thoughts. */
  readonly closing: number | null
}

/** `begun`: the reply so far, when the model writes on behind it. */
export function createReplyStream(
  { encode, decode }: Pick<Inference, 'encode' | 'decode'>,
  begun: { readonly thought: string; readonly text: string; readonly marks: TokenMarks | null } | null = null,
): ReplyStream {
  const tokenOf = (marker: string) => {
    const tokens = encode(marker, { bos: false, markers: 'all' })
    return tokens.length === 1 ? (tokens[0] ?? null) : null
  }
  const [open, close] = [tokenOf(opensThought), tokenOf(closesThought)]
  const sources = [...(begun?.marks?.sources ?? [])]
  const lengths = [...(begun?.marks?.lengths ?? [])]
  let state: 'text' | 'header' | 'thought' =
    begun !== null && begun.thought !== '' && begun.text === '' ? 'thought' : 'text'
  let header = ''
  let answering = (begun?.text ?? '') !== ''
  let thoughtTokens = 0

  /** What a run of plain text is, in the state it comes in. */
  const plain = (text: string): ReplyPiece => {
    if (state === 'text') {
      if (text !== '') answering = true
      return { text, thought: '' }
    }
    if (state === 'thought') return { text: '', thought: answering ? '' : text }
    // A thought begins with a line that names the channel.
    header += text
    const end = header.indexOf('\n')
    if (end < 0) return { text: '', thought: '' }
    state = 'thought'
    return { text: '', thought: answering ? '' : header.slice(end + 1) }
  }
  const record = (tokens: readonly number[], from: readonly number[], shown: string) => {
    sources.push(...from)
    lengths.push(...(shown === '' ? tokens.map(() => 0) : lengthsOf(tokens, shown, decode)))
  }

  return {
    closing: close,
    thinking: () => state !== 'text',
    thoughtTokens: () => thoughtTokens,
    marks: () => ({ sources, lengths }),
    read: ({ tokens, text, sources: from, given }) => {
      if (given === true) return { text: '', thought: '' } // what it was told is not what it wrote
      let [said, thought] = ['', '']
      const origin = (at: number) => from?.[at] ?? 0
      for (const run of runsOf(tokens, text, open, close)) {
        const inside = state !== 'text' || run.marker !== null
        if (inside) thoughtTokens += run.tokens.length
        if (run.marker === 'open') {
          if (state === 'text') [state, header] = ['header', '']
        } else if (run.marker === 'close') state = 'text'
        const piece = run.marker === null ? plain(run.text) : { text: '', thought: '' }
        said += piece.text
        thought += piece.thought
        record(
          run.tokens,
          run.tokens.map((_, at) => origin(run.at + at)),
          piece.text,
        )
      }
      return { text: said, thought }
    },
  }
}

type Run = {
  readonly marker: 'open' | 'close' | null
  readonly tokens: readonly number[]
  readonly text: string
  /** Place of its first token in the piece. */
  readonly at: number
}

/** A piece cut at its markers. */
function runsOf(tokens: readonly number[], text: string, open: number | null, close: number | null): Run[] {
  const isMarker = (token: number) => token === open || token === close
  if (!tokens.some(isMarker)) return [{ marker: null, tokens, text, at: 0 }]
  // Between the markers of the text stands what stands between those of the tokens, in the same order.
  const texts = text.split(/<\|channel>|<channel\|>/)
  const runs: Run[] = []
  let from = 0
  for (let at = 0; at <= tokens.length; at++) {
    const token = tokens[at]
    if (token !== undefined && !isMarker(token)) continue
    runs.push({ marker: null, tokens: tokens.slice(from, at), text: texts.shift() ?? '', at: from })
    if (token !== undefined) runs.push({ marker: token === open ? 'open' : 'close', tokens: [token], text: '', at })
    from = at + 1
  }
  return runs
}

/** UTF-16 units of `text` by token. Where a character is made of several tokens, the last of them has it. */
function lengthsOf(tokens: readonly number[], text: string, decode: (tokens: readonly number[]) => string): number[] {
  if (tokens.length === 1) return [text.length]
  let before = 0
  return tokens.map((_, at) => {
    const end = at === tokens.length - 1 ? text.length : commonLength(decode(tokens.slice(0, at + 1)), text)
    const length = Math.max(0, end - before)
    before = Math.max(before, end)
    return length
  })
}

function commonLength(left: string, right: string): number {
  let at = 0
  while (at < left.length && at < right.length && left[at] === right[at]) at++
  return at
}
