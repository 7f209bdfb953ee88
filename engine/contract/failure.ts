// engine/contract/failure.ts: every error that reaches a person, as data.
// One sentence in three parts: what was expected, what was found, what to do.
import { z } from 'zod'

export const failureCode = z.enum([
  'engine-crashed', // the engine process ended during a turn
  'engine-failed', // the native engine reported an error; the process lives
  'model-missing', // no file at the path
  'model-invalid', // the file is not a model this engine can run
  'no-model', // nothing is loaded
  'prompt-too-long', // the prompt does not fit the context
  'context-full', // the chat is longer than the model can read, and nobody chose what to do
  'storage-full',
  'storage-read-only',
  'storage-corrupt',
  'storage-newer', // the database was written by a newer Hearth
  'storage-locked', // another Hearth holds the data folder
  'not-found',
  'bad-request', // a message that does not follow the contract
  'busy', // the conversation already has a reply in flight
  'internal',
])
export type FailureCode = z.infer<typeof failureCode>

export const failure = z.object({
  code: failureCode,
  /** What happened: what was expected and what was found. Plain words, no stack. */
  message: z.string(),
  /** The next step for the person, or absent where there is none. */
  remedy: z.string().optional(),
})
export type Failure = z.infer<typeof failure>

/** An error that carries a `Failure` through code that throws. Only the edge (host, CLI) turns it back into data. */
export class HearthError extends Error {
  override readonly name = 'HearthError'
  readonly failure: Failure
  constructor(code: FailureCode, message: string, remedy?: string, options?: ErrorOptions) {
    super(message, options)
    this.failure = remedy === undefined ? { code, message } : { code, message, remedy }
  }
}

/** Any thrown value as a `Failure`. Unknown errors become `internal` and keep their message, never their stack. */
export function toFailure(error: unknown): Failure {
  if (error instanceof HearthError) return error.failure
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}
