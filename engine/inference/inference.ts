// engine/inference/inference.ts: the one port through which the brain asks a model for text.
// native-inference.ts implements it over the addon, scripted-inference.ts over a script (tests).
import type { MemoryUse } from '../contract/conversation.ts'
import type { ModelInfo } from '../contract/model.ts'
import type { ReplyHistory } from './reply-history.ts'

export type Sampling = {
  /** 0 means greedy. */
  readonly temperature: number
  /** 0 means off. */
  readonly topK: number
  /** 1 means off. */
  readonly topP: number
  /** 0 means off. */
  readonly minP: number
  /** 1 means off. */
  readonly repetitionPenalty: number
  /** Same prompt, sampling and seed give the same tokens. */
  readonly seed: number
}

/**
 * What a reply must be: JSON that meets a schema, a match of a whole pattern, or one of some texts. The part of JSON
 * Schema that is known is written down in native/constraint/schema.h; anything else rejects and names the keyword.
 */
export type Constraint =
  | { readonly jsonSchema: unknown }
  | { readonly regex: string }
  | { readonly choice: readonly string[] }

export type GenerateRequest = {
  /** The whole prompt, always; the session finds by itself what it can reuse. */
  readonly tokens: readonly number[]
  readonly maxTokens: number
  readonly sampling: Sampling
  /** Every token obeys it. A reply that ends by `length` or `cancelled` may be cut in the middle of it. */
  readonly constraint?: Constraint
}

/** About one a frame. `text` is whole UTF-8: a character whose bytes are not all there yet waits for the next piece. */
export type Piece = {
  readonly tokens: readonly number[]
  readonly text: string
  /** Tokens that the model was given in the middle of its reply, and did not write. */
  readonly given?: boolean
  /** One a token: 0 computed on its own; guessed and right by 1 drafter, 2 conversation, 3 earlier answers, 4 form. */
  readonly sources?: Uint8Array
}

export type GenerateResult = {
  readonly stop: 'end' | 'length' | 'context' | 'cancelled'
  readonly promptTokens: number
  readonly reusedTokens: number
  readonly newTokens: number
  readonly prefillMs: number
  readonly decodeMs: number
  /** Absent where nothing is guessed ahead. */
  readonly speculation?: Speculation
  /** Absent where it is not measured. */
  readonly memory?: MemoryUse
}

/** What guessing ahead gained. Counts are tokens; a guess is accepted if it is what the model wrote anyway. */
export type Speculation = {
  readonly passes: number
  readonly drafted: BySource
  readonly accepted: BySource
}
/** Who guessed: the model's drafter, this conversation's text, earlier answers, the form a reply is held to. */
export type BySource = {
  readonly model: number
  readonly lookup: number
  readonly history: number
  readonly constraint?: number | undefined
}

/** Who may guess; all never change a token. */
export type GuessSources = { readonly drafter: boolean; readonly lookup: boolean; readonly history: boolean }
export const everySource: GuessSources = { drafter: true, lookup: true, history: true }

/** How a text becomes tokens: what of it may be read as a marker. */
export type EncodeOptions = {
  readonly bos: boolean
  /** `all`: every control and user-defined marker. `text`: user-defined ones only. `none`: no marker at all. */
  readonly markers: 'all' | 'text' | 'none'
  /** A character that is removed after marker matching: put inside a marker's text, it makes the text plain. */
  readonly guard?: string
}

/** How much of the prompt has been read, in tokens. */
export type Progress = (done: number, total: number) => void

/** A session's memory as a file that only this model, on this build and machine, can read back. */
export type SessionSnapshot = {
  /** Tokens held now. */
  heldTokens(): number
  /** Writes to `path`, which must not exist. Answers the file's bytes; 0, with no file, when nothing is held. */
  save(path: string): Promise<number>
  /** Answers the tokens held. Rejects when the file is not exactly what `save` wrote. */
  restore(path: string): Promise<number>
}

/** One timeline over a model. Not shared: one generation at a time. */
export interface InferenceSession {
  /**
   * Calls `onPiece` as text appears and resolves once, at the end. Aborting `signal` stops within one decode step
   * and resolves with `cancelled`. Rejects with `HearthError` `prompt-too-long` or `engine-failed`.
   */
  generate(
    request: GenerateRequest,
    onPiece: (piece: Piece) => void,
    signal: AbortSignal,
    /** About once a frame while a prompt is read that takes more than one pass. */
    onProgress?: Progress,
  ): Promise<GenerateResult>
  /** Absent where a session cannot be saved. */
  readonly snapshot?: SessionSnapshot
  close(): void
}

/** A loaded model. */
export interface Inference {
  readonly info: ModelInfo
  /** The Jinja text from the file, or null where the file has none. */
  readonly chatTemplate: string | null
  readonly specialTokens: { readonly bos: string; readonly eos: string }
  /** Texts of the markers that `encode` would recognise, longest first; what a guard must break. */
  readonly markers: readonly string[]
  /** Bytes this model keeps in memory now: weights, cache, scratch. */
  memoryBytes(): number
  encode(text: string, options: EncodeOptions): number[]
  /** The text of tokens, markers left out. */
  decode(tokens: readonly number[]): string
  createSession(): InferenceSession
  /** Earlier replies, for guessing ahead. Absent where nothing is guessed. */
  readonly history?: ReplyHistory
  /** Forgets these messages there, if they are there. What keeps the history on the disk hears of it. */
  forgetHistory?(messages: readonly string[]): void
  close(): void
}
