// engine/agent/call-reader.ts: finds the calls in what a model writes, as it writes. The marks of a call are told by their
// tokens: the same characters as plain words, in an answer about tools, stay words.
import type { Inference, Piece } from '../inference/inference.ts'
import { closesCall, opensCall, type ParsedCall, parseCall } from '../prompt/tool-syntax.ts'

export type CallReader = {
  /** Takes the pieces of one pass in order. Answers the same tokens; the text of calls is taken out of them. */
  read(piece: Piece): readonly Piece[]
  /** Calls that are finished, in order. After `end`, also one that the model did not close. */
  calls(): readonly ParsedCall[]
  /** The pass has ended by itself. */
  end(): void
  /** What of an open call has been written. */
  open(): string | null
}

/** A call that is longer is not read: it would be a file of its own. In UTF-16 units. */
const longest = 2_000_000

export function createCallReader({ encode }: Pick<Inference, 'encode'>): CallReader {
  const tokenOf = (mark: string) => {
    const tokens = encode(mark, { bos: false, markers: 'all' })
    return tokens.length === 1 ? tokens[0] : undefined
  }
  const [opens, closes] = [tokenOf(opensCall), tokenOf(closesCall)]
  const calls: ParsedCall[] = []
  let buffer: string | null = null

  const finish = () => {
    if (buffer !== null) calls.push(parseCall(buffer))
    buffer = null
  }
  return {
    calls: () => calls,
    open: () => buffer,
    end: finish,
    read: (piece) => {
      const isMark = (token: number) => token === opens || token === closes
      if (!piece.tokens.some(isMark)) {
        if (buffer === null) return [piece]
        buffer = (buffer + piece.text).slice(0, longest)
        return [{ ...piece, text: '' }]
      }
      const texts = piece.text.split(/<\|tool_call>|<tool_call\|>/)
      const parts: Piece[] = []
      const add = (from: number, to: number, text: string) => {
        if (from === to && text === '') return
        const sources = piece.sources?.subarray(from, to)
        const tokens = piece.tokens.slice(from, to)
        parts.push(sources === undefined ? { tokens, text } : { tokens, text, sources })
      }
      let from = 0
      for (let at = 0; at <= piece.tokens.length; at++) {
        const token = piece.tokens[at]
        if (token !== undefined && !isMark(token)) continue
        const text = texts.shift() ?? ''
        if (buffer === null) add(from, at, text)
        else {
          buffer = (buffer + text).slice(0, longest)
          add(from, at, '')
        }
        if (token !== undefined) add(at, at + 1, '')
        if (token === opens) {
          finish() // the one before was not closed
          buffer = ''
        } else if (token === closes) finish()
        from = at + 1
      }
      return parts
    },
  }
}
