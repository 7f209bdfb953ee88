// engine/inference/scripted-inference.ts: `Inference` without a model: a script says what comes, piece by piece.
// For tests of everything above this port. Deterministic; the only clock is the delays that the script asks for.
import { type FailureCode, HearthError } from '../contract/failure.ts'
import type { ModelInfo } from '../contract/model.ts'
import { createByteTokenizer } from './byte-tokenizer.ts'
import type { GenerateRequest, GenerateResult, Inference, InferenceSession, Piece } from './inference.ts'

export type ScriptedPiece =
  | string
  | {
      readonly text: string
      readonly delayMs?: number
      /** The text's markers are tokens of their own, as a model writes them. */
      readonly markers?: boolean
      /** Where its tokens come from, all of them; see `Piece.sources`. */
      readonly source?: number
    }

/** One reply. Pieces come first, in order; then it fails, crashes or ends. */
export type ScriptedReply = {
  readonly pieces: readonly ScriptedPiece[]
  /** How it ends when nothing else happens. */
  readonly stop?: 'end' | 'length' | 'context'
  /** After the pieces, reject with this. */
  readonly failure?: { readonly code: FailureCode; readonly message: string; readonly remedy?: string }
  /** After the pieces, end this process at once, as a fault in native code would. */
  readonly crash?: boolean
}

/** What a script may look at: the prompt as text with its markers, the request, and how many replies came before. */
export type ScriptedTurn = { readonly prompt: string; readonly request: GenerateRequest; readonly index: number }

/** A list is used in order, its last reply for ever; an empty list echoes nothing. */
export type Script = readonly ScriptedReply[] | ((turn: ScriptedTurn) => ScriptedReply)

export type ScriptedInferenceOptions = {
  readonly info?: Partial<ModelInfo>
  readonly chatTemplate?: string | null
  /** What `crash` does; absent: SIGKILL to this process. */
  readonly onCrash?: () => void
}

/** A minimal template in the shape of Gemma 4's: one marked turn a message, then the opening of the reply. */
export const scriptedChatTemplate =
  '{{ bos_token }}{% if enable_thinking %}<|turn>system\n<|think|><turn|>\n{% endif %}' +
  "{% for message in messages %}<|turn>{{ 'model' if message.role == 'assistant' else message.role }}\n" +
  '{{ message.content }}<turn|>\n{% endfor %}{% if add_generation_prompt %}<|turn>model\n{% endif %}'

export function createScriptedInference(script: Script, options: ScriptedInferenceOptions = {}): Inference {
  const tokenizer = createByteTokenizer()
  const info: ModelInfo = {
    name: 'Scripted',
    path: '/scripted.gguf',
    fileBytes: 0,
    architecture: 'scripted',
    parameterCount: 0,
    layers: 0,
    vocabularySize: tokenizer.size,
    trainedContextTokens: 8192,
    contextTokens: 8192,
    starter: false,
    thinks: options.chatTemplate === undefined,
    ...options.info,
  }
  const crash = options.onCrash ?? (() => process.kill(process.pid, 'SIGKILL'))
  let index = 0

  const nextReply = (request: GenerateRequest): ScriptedReply => {
    const turn = { prompt: tokenizer.decode(request.tokens), request, index: index++ }
    if (typeof script === 'function') return script(turn)
    return script[Math.min(turn.index, script.length - 1)] ?? { pieces: [] }
  }

  const createSession = (): InferenceSession => {
    let previous: readonly number[] = []
    let busy = false
    let closed = false
    const controller = new AbortController() // aborted by close

    const generate = async (request: GenerateRequest, onPiece: (piece: Piece) => void, signal: AbortSignal) => {
      if (closed || busy)
        throw new HearthError(
          'engine-failed',
          `The session was asked to generate while it was ${closed ? 'closed' : 'busy'}.`,
        )
      if (request.tokens.length >= info.contextTokens)
        throw new HearthError(
          'prompt-too-long',
          `The prompt has ${request.tokens.length} tokens, but the context holds ${info.contextTokens}.`,
          'Shorten the message, or go on in a new conversation.',
        )
      busy = true
      try {
        const reused = commonPrefix(previous, request.tokens)
        previous = request.tokens
        const stopped = AbortSignal.any([signal, controller.signal])
        const { newTokens, stop } = await play(nextReply(request), request.maxTokens, onPiece, stopped)
        return result(stop, request.tokens.length, reused, newTokens)
      } finally {
        busy = false
      }
    }

    const close = () => {
      closed = true
      controller.abort()
    }
    return { generate, close }
  }

  const play = async (
    reply: ScriptedReply,
    maxTokens: number,
    onPiece: (piece: Piece) => void,
    stopped: AbortSignal,
  ) => {
    let newTokens = 0
    for (const piece of reply.pieces) {
      const { text, delayMs = 0, markers = false, source = 0 } = typeof piece === 'string' ? { text: piece } : piece
      await pause(delayMs, stopped)
      if (stopped.aborted) return { newTokens, stop: 'cancelled' as const }
      const tokens = tokenizer.encode(text, { bos: false, markers: markers ? 'all' : 'none' })
      if (newTokens + tokens.length > maxTokens) return { newTokens, stop: 'length' as const }
      newTokens += tokens.length
      onPiece({ tokens, text, sources: new Uint8Array(tokens.length).fill(source) })
    }
    if (reply.crash) crash()
    if (reply.failure) throw new HearthError(reply.failure.code, reply.failure.message, reply.failure.remedy)
    return { newTokens, stop: reply.stop ?? ('end' as const) }
  }

  return {
    info,
    chatTemplate: options.chatTemplate === undefined ? scriptedChatTemplate : options.chatTemplate,
    specialTokens: tokenizer.specialTokens,
    markers: tokenizer.markers,
    memoryBytes: () => 0,
    encode: tokenizer.encode,
    decode: tokenizer.decode,
    createSession,
    close: () => {},
  }
}

function commonPrefix(left: readonly number[], right: readonly number[]): number {
  let length = 0
  while (length < left.length && length < right.length && left[length] === right[length]) length++
  return length
}

function result(
  stop: GenerateResult['stop'],
  promptTokens: number,
  reusedTokens: number,
  newTokens: number,
): GenerateResult {
  return { stop, promptTokens, reusedTokens, newTokens, prefillMs: 1, decodeMs: newTokens }
}

/** Waits, at least to the end of the current task, so that pieces never arrive inside the call that asked for them. */
function pause(delayMs: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stopped.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, delayMs)
    if (stopped.aborted) done()
    else stopped.addEventListener('abort', done, { once: true })
  })
}
