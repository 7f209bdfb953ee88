// engine/inference/native-failure.ts: what the addon reports, as failures with a next step for the person.
import { type FailureCode, HearthError } from '../contract/failure.ts'
import type { NativeError } from './addon.ts'

const failures: Readonly<Record<string, { readonly code: FailureCode; readonly remedy: string }>> = {
  'file-missing': {
    code: 'model-missing',
    remedy: 'Put the model file back where it was, or choose another one.',
  },
  'model-invalid': {
    code: 'model-invalid',
    remedy: 'Choose a Gemma 4 model in GGUF format; if this file should be one, download it again.',
  },
  'prompt-too-long': {
    code: 'prompt-too-long',
    remedy: 'Shorten the message, or go on in a new conversation.',
  },
  'out-of-memory': {
    code: 'engine-failed',
    remedy: 'Close other programs, or choose a smaller model.',
  },
  'invalid-argument': {
    code: 'engine-failed',
    remedy: 'Change the request as the message says.',
  },
  backend: {
    code: 'engine-failed',
    remedy: 'Try again; if it happens again, run `npm run -s hearth -- doctor`.',
  },
}

const unexpected = { code: 'engine-failed', remedy: 'Restart Hearth; this is a mistake in Hearth itself.' } as const

export function isNativeError(error: unknown): error is NativeError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** Any value that the addon threw or rejected with, as a `HearthError`. */
export function fromNative(error: unknown): HearthError {
  if (error instanceof HearthError) return error
  const { code, remedy } = (isNativeError(error) && failures[error.code]) || unexpected
  return new HearthError(code, error instanceof Error ? error.message : String(error), remedy, { cause: error })
}
