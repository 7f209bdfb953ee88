// engine/inference/plain-turns.ts: how a model is talked to that was trained on text and on no turns: its file has no chat
// template and its vocabulary no marks of Gemma 4. It goes on with a written dialogue; what it writes ends where it
// would begin to speak for the person.
import type { GenerateRequest, GenerateResult, InferenceSession, Piece, Progress } from './inference.ts'

/** Whether the file says nothing about turns. A file with the marks of Gemma 4 has their format even without a template. */
export function lacksTurns({
  chatTemplate,
  markers,
}: {
  readonly chatTemplate: string
  readonly markers: readonly string[]
}): boolean {
  return chatTemplate.trim() === '' && !markers.includes('<|turn>')
}

/**
 * A Jinja template like those in files, where a line break behind a block is part of it. The first words tell the model
 * what it is reading.
 */
export const plainTemplate = `{{ bos_token }}{% if messages and messages[0].role == 'system' %}{{ messages[0].content }}
{% else %}A conversation between a person and an assistant, who answers briefly, helpfully and truthfully.
{% endif %}

{% for message in messages %}{% if message.role == 'user' %}Person: {{ message.content | trim }}
{% elif message.role == 'assistant' %}Assistant: {{ message.content | trim }}
{% endif %}{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}`

/** A line that begins like this is the next turn, and no longer the answer. */
const nextTurns = ['\nPerson:', '\nAssistant:']

export type TurnCutter = {
  /** Takes the pieces of one reply in order; answers what may be shown by now. */
  read(piece: Piece): Piece | null
  /** What was held back when the reply ended by itself. */
  rest(): Piece | null
  /** True once the next turn has begun: nothing is shown from then on. */
  ended(): boolean
}

/** Holds back what may be the beginning of the next turn, and white space before the first word. */
export function createTurnCutter(): TurnCutter {
  let held: Piece = { tokens: [], text: '', sources: new Uint8Array() }
  let begun = false
  let over = false

  const release = (text: string): Piece | null => {
    const shown = begun ? text : text.trimStart()
    begun ||= shown !== ''
    const piece = { ...held, text: shown }
    held = { tokens: [], text: '', sources: new Uint8Array() }
    return piece.tokens.length === 0 && shown === '' ? null : piece
  }
  return {
    read: (piece) => {
      if (over) return null
      held = join(held, piece)
      const end = firstOf(held.text)
      if (end !== null) {
        over = true
        return release(held.text.slice(0, end).trimEnd())
      }
      return mayEndIn(held.text) ? null : release(held.text)
    },
    rest: () => (over ? null : release(held.text.trimEnd())),
    ended: () => over,
  }
}

function firstOf(text: string): number | null {
  const places = nextTurns.map((turn) => text.indexOf(turn)).filter((at) => at >= 0)
  return places.length === 0 ? null : Math.min(...places)
}

/** Whether the text ends in what may become the next turn, or in white space before it. */
function mayEndIn(text: string): boolean {
  if (/\s$/.test(text)) return true
  return nextTurns.some((turn) =>
    Array.from({ length: turn.length - 1 }, (_, i) => turn.slice(0, i + 1)).some((head) => text.endsWith(head)),
  )
}

function join(left: Piece, right: Piece): Piece {
  const from = (piece: Piece) => piece.sources ?? new Uint8Array(piece.tokens.length)
  return {
    tokens: [...left.tokens, ...right.tokens],
    text: left.text + right.text,
    sources: Uint8Array.from([...from(left), ...from(right)]),
  }
}

/** The same session, whose replies end where the next turn begins. A reply under a constraint is left as it is. */
export function withPlainTurns(session: InferenceSession): InferenceSession {
  const generate = async (
    request: GenerateRequest,
    onPiece: (piece: Piece) => void,
    signal: AbortSignal,
    onProgress?: Progress,
  ): Promise<GenerateResult> => {
    if (request.constraint !== undefined) return session.generate(request, onPiece, signal, onProgress)
    const cutter = createTurnCutter()
    const enough = new AbortController()
    const show = (piece: Piece | null) => piece !== null && onPiece(piece)
    const result = await session.generate(
      request,
      (piece) => {
        show(cutter.read(piece))
        if (cutter.ended()) enough.abort()
      },
      AbortSignal.any([signal, enough.signal]),
      onProgress,
    )
    show(cutter.rest())
    return cutter.ended() && !signal.aborted ? { ...result, stop: 'end' } : result
  }
  return { ...session, generate }
}
