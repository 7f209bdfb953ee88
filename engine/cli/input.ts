// engine/cli/input.ts: texts and token lists from flags, files and stdin. Files stay bytes: what is wrong in their UTF-8
// is the tokenizer's business.
import { readFileSync } from 'node:fs'
import { HearthError } from '../contract/failure.ts'
import { type Arguments, UsageError } from './arguments.ts'

const stdin = 0

/** The bytes of a file, or of stdin for `-`. Throws `HearthError` `not-found`. */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file === '-' ? stdin : file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HearthError('not-found', `A readable file was expected at ${file}: ${reason}.`, 'Check the path.')
  }
}

/** Exactly one of the flags `inline` (a text), `file` (its path) or the word `-`; undefined when none was given. */
export function readText(args: Arguments, inline: string, file: string): string | Uint8Array | undefined {
  const text = args.text(inline)
  const path = args.text(file) ?? (args.positionals.includes('-') ? '-' : undefined)
  if (text !== undefined && path !== undefined) throw new UsageError(`Expected --${inline} or --${file}, found both.`)
  return text ?? (path === undefined ? undefined : readBytes(path))
}

/** `1,2,3` as token ids; ids outside the vocabulary are found where the vocabulary is known. */
export function readTokens(args: Arguments): Int32Array | undefined {
  const list = args.text('tokens')
  if (list === undefined) return undefined
  const words = list.trim() === '' ? [] : list.split(',').map((word) => word.trim())
  const wrong = words.find((word) => !/^\d{1,9}$/.test(word))
  if (wrong !== undefined) throw new UsageError(`--tokens expected ids such as 2,17,9, found "${wrong}".`)
  return Int32Array.from(words, Number)
}

/** Throws `UsageError` for an id that the model does not have. */
export function checkTokens(tokens: Int32Array, vocabulary: number): void {
  const wrong = tokens.find((token) => token >= vocabulary)
  if (wrong !== undefined) throw new UsageError(`--tokens expected ids from 0 to ${vocabulary - 1}, found ${wrong}.`)
}
