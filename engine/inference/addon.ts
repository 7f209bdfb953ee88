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

export type NativeGenerateOptions = NativeSampling & { maxTokens?: number; ignoreEnd?: boolean }

export type NativeGenerateReport = {
  readonly stop: 'end' | 'length' | 'context' | 'cancelled'
  readonly promptTokens: number
  readonly reusedTokens: number
  readonly newTokens: number
  readonly prefillMs: number
  readonly decodeMs: number
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
    onPiece: (tokens: Int32Array, text: string) => void,
  ): Promise<NativeGenerateReport>
  /** Teacher-forced logits of every position, row-major [positions][vocabulary]. */
  logits(tokens: Int32Array): Promise<Float32Array>
  /** Stops the running call within one decode step. Harmless when nothing runs. */
  cancel(): void
  /** Idempotent: cancels, waits for the thread, frees. A running promise rejects or resolves as cancelled first. */
  close(): void
}

export interface NativeModel {
  readonly facts: NativeModelFacts
  memoryBytes(): number
  encode(text: string | Uint8Array, options?: NativeEncodeOptions): Int32Array
  decode(tokens: Int32Array, showSpecial?: boolean): string
  createSession(options?: { context?: number; kv?: 'f16' | 'f32' }): NativeSession
  /** Idempotent. Sessions that are open keep the weights until they close. */
  close(): void
}

export interface NativeAddon {
  readonly version: string
  /** What this machine runs the engine on: `{ backend: 'cpu', simd: 'avx512', threads: 2 }`. */
  readonly machine: { readonly backend: string; readonly simd: string; readonly threads: number }
  /** Loads on a worker thread. Rejects with `NativeError`. */
  loadModel(path: string, options?: { backend?: 'auto' | 'cpu' | 'metal'; threads?: number }): Promise<NativeModel>
}

/** `path`: the built `hearth.node`, handed in by the shell. */
export function loadAddon(path: string): NativeAddon {
  return createRequire(import.meta.url)(path) as NativeAddon
}
