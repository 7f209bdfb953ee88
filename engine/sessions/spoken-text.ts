// engine/sessions/spoken-text.ts: what of a reply is said aloud. Gemma 4 writes its thoughts between two markers, before
// the answer and sometimes again later; those are not the answer and are left out.
import type { Inference, Piece } from '../inference/inference.ts'

const opening = '<|channel>'
const closing = '<channel|>'

/**
 * A function to call with every piece of one reply, in order; answers what of it to show. Only a piece that holds the
 * token of a marker is searched for its text: the same characters as plain words, in an answer about markers, stay.
 */
export function createSpokenText({ encode }: Pick<Inference, 'encode'>): (piece: Piece) => string {
  const tokenOf = (marker: string) => {
    const tokens = encode(marker, { bos: false, markers: 'all' })
    return tokens.length === 1 ? tokens[0] : undefined
  }
  const [open, close] = [tokenOf(opening), tokenOf(closing)]
  if (open === undefined || close === undefined) return ({ text }) => text // a model without thoughts
  let thinking = false

  return ({ tokens, text }) => {
    if (!tokens.includes(open) && !tokens.includes(close)) return thinking ? '' : text
    // The parts between markers: what stands before each one belongs to the state that it ends.
    let said = ''
    for (const part of text.split(/(<\|channel>|<channel\|>)/)) {
      if (part === opening) thinking = true
      else if (part === closing) thinking = false
      else if (!thinking) said += part
    }
    return said
  }
}
