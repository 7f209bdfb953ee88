// engine/inference/addon.ts: the face of native/binding, as types, and the one place that loads the file.
import { createRequire } from 'node:module'

export type NativeModelFacts = {
  readonly name: string
  readonly path: string
  readonly architecture: string
  readonly backend: string
  readonly fileBytes: number
  readonly parameters: number
  readonly layers: number
  readonly dim: number
  readonly vocabulary: number
  readonly trainedContext: number
  readonly chatTemplate: string
  readonly spec: string
  /** Path of the drafter that is used; empty without one. */
  readonly drafter: string
  readonly bos: number
  readonly eos: number
  readonly markers: readonly string[]
}

export type NativeEncodeOptions = { bos?: boolean; markers?: 'all' | 'text' | 'none'; guard?: string }

export type NativeSampling = {
  temperature?: number
  topK?: number
  topP?: number
  minP?: number
  repetitionPenalty?: number
  seed?: number
}

/** Exactly one. `jsonSchema` is JSON text; what of it is known, native/constraint/schema.h says. */
export type NativeConstraint =
  | { readonly jsonSchema: string }
  | { readonly regex: string }
  | { readonly choice: readonly string[] }

export type NativeGenerateOptions = NativeSampling & {
  maxTokens?: number
  ignoreEnd?: boolean
  constraint?: NativeConstraint
  /** Guesses that are verified several at a time. They never change a token. `auto`: as long as they pay. */
  speculate?: 'auto' | 'off'
  /** Who may guess; absent: all. A constraint's own guesses need no leave. */
  guessWith?: readonly NativeGuessSource[]
}

export const guessSources = ['drafter', 'lookup', 'history'] as const
export type NativeGuessSource = (typeof guessSources)[number]

/** Counts of tokens by who guessed them: the model's drafter, this conversation, earlier answers, the constraint. */
export type NativeSourceCounts = {
  readonly model: number
  readonly lookup: number
  readonly history: number
  readonly constraint: number
}

export type NativeGenerateReport = {
  readonly stop: 'end' | 'length' | 'context' | 'cancelled'
  readonly promptTokens: number
  readonly reusedTokens: number
  readonly newTokens: number
  readonly prefillMs: number
  readonly decodeMs: number
  /** From the call to the first token; 0 without one. */
  readonly firstTokenMs: number
  /** Passes of decoding; plain decoding needs one a token, and none for the last. */
  readonly passes: number
  readonly drafted: NativeSourceCounts
  readonly accepted: NativeSourceCounts
  /** What the session remembers of the conversation, at the end. */
  readonly keysValuesBytes: number
}

/** `code` is one of `file-missing`, `model-invalid`, `prompt-too-long`, `out-of-memory`, `cancelled`, `invalid-argument`, `backend`, `closed`. */
export type NativeError = Error & { readonly code: string }

export interface NativeSession {
  readonly context: number
  memoryBytes(): number
  /** Runs on the session's own thread. `onPiece` is called about once a frame, never after the promise settles. */
  generate(
    tokens: Int32Array,
    options: NativeGenerateOptions,
    /** `sources`: one a token; 0 its own, else guessed and right: 1 drafter, 2 lookup, 3 history, 4 constraint. */
    onPiece: (tokens: Int32Array, text: string, sources: Uint8Array) => void,
    /** About once a frame while the prompt is read: tokens of it that are held, and all. */
    onProgress?: (done: number, total: number) => void,
  ): Promise<NativeGenerateReport>
  /**
   * Writes what the session holds to `path`, which must not exist, for this user alone. Answers the file's bytes; 0,
   * with no file, when nothing is held. `build` names the program: another build must not trust the file.
   */
  save(path: string, build: string): Promise<number>
  /** Reads what `save` wrote. Rejects when the file is not exactly that. Answers the tokens held afterwards. */
  restore(path: string, build: string): Promise<number>
  /** Teacher-forced logits of every position, row-major [positions][vocabulary]. */
  logits(tokens: Int32Array): Promise<Float32Array>
  /** Stops the running call within one decode step. Harmless when nothing runs. */
  cancel(): void
  /** Idempotent: cancels, waits for the thread, frees. A running promise rejects or resolves as cancelled first. */
  close(): void
}

/** Messages by their ids, as tokens: what was said before is guessed to be said again. At most 2^18 tokens. */
export interface NativeHistory {
  /** Names model file and vocabulary: saved bytes of another key are refused. */
  readonly key: string
  tokens(): number
  messages(): number
  has(message: string): boolean
  /** Adds a message, or replaces it. The oldest leave when it is full. */
  add(message: string, tokens: Int32Array): void
  /** False if it is not here. Afterwards no trace of it is. */
  forget(message: string): boolean
  /** Forgets all but these; answers how many. */
  retain(messages: readonly string[]): number
  clear(): void
  save(): Uint8Array
  /** Throws `NativeError` and changes nothing when the bytes are not exactly what `save` gave. */
  restore(bytes: Uint8Array): void
}

export interface NativeModel {
  readonly facts: NativeModelFacts
  memoryBytes(): number
  encode(text: string | Uint8Array, options?: NativeEncodeOptions): Int32Array
  decode(tokens: Int32Array, showSpecial?: boolean): string
  createSession(options?: { context?: number; kv?: 'f16' | 'f32' }): NativeSession
  /** The one index of earlier answers that all sessions of this model guess from. It outlives the model. */
  history(): NativeHistory
  /** Idempotent. Sessions that are open keep the weights until they close. */
  close(): void
}

/** What a model file is and will need, in bytes; see native/core/describe.h. */
export type NativeDescription = {
  readonly name: string
  readonly architecture: string
  readonly licence: string
  readonly spec: string
  readonly fileBytes: number
  readonly parameters: number
  readonly tensors: number
  readonly layers: number
  readonly trainedContext: number
  readonly fit: {
    readonly context: number
    readonly weights: number
    readonly lookedUp: number
    readonly vocabulary: number
    readonly keysValues: number
    readonly keysValuesAtStart: number
    readonly scratch: number
    /** 0 without a drafter, which owns no keys and values. */
    readonly drafterWeights: number
    readonly drafterVocabulary: number
    readonly drafterScratch: number
  }
}

export const numericsNames = ['auto', 'exact', 'fast'] as const
export type Numerics = (typeof numericsNames)[number]

export interface NativeAddon {
  readonly version: string
  /** What this machine runs the engine on: `{ backend: 'cpu', simd: 'avx512', threads: 2 }`. */
  readonly machine: { readonly backend: string; readonly simd: string; readonly threads: number }
  /**
   * Whether this machine's GPU gives the CPU's numbers: a report as JSON text, after seconds on another thread.
   * `folder` keeps notes of steps that never came back, which hold for `key`; empty: none are kept.
   */
  checkGpu(folder: string, key?: string): Promise<string>
  /** Reads the file's directory and checks all tensors, but loads nothing. Throws `NativeError`. */
  describe(path: string, options?: { context?: number; drafter?: string }): NativeDescription
  /** Loads on a worker thread. Rejects with `NativeError`. */
  loadModel(
    path: string,
    options?: {
      backend?: 'auto' | 'cpu' | 'metal'
      threads?: number
      /** How matrices are multiplied; absent or auto: exactly for small files, with eight-bit activations for others. */
      numerics?: Numerics
      drafter?: string
      /** Files that may be its drafter, where `drafter` is not given: the first that fits is taken, others do no harm. */
      drafters?: readonly string[]
    },
  ): Promise<NativeModel>
}

/** `path`: the built `hearth.node`, handed in by the shell. */
export function loadAddon(path: string): NativeAddon {
  return createRequire(import.meta.url)(path) as NativeAddon
}
