// engine/storage/storage-error.ts: what SQLite and the file system say, as sentences for a person.
import { HearthError } from '../contract/failure.ts'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const full = /^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)$/
const readOnly = /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EROFS|EACCES|EPERM)/
const locked = /^(SQLITE_BUSY|SQLITE_LOCKED|SQLITE_PROTOCOL)/
const corrupt = /^(SQLITE_CORRUPT|SQLITE_NOTADB)/

export const isCorrupt = (error: unknown) => corrupt.test(codeOf(error))
export const isLocked = (error: unknown) => locked.test(codeOf(error))

/** `folder`: the data folder that the sentence names. A `HearthError` passes unchanged. */
export function toStorageError(error: unknown, folder: string): unknown {
  const code = codeOf(error)
  const cause = { cause: error }
  if (full.test(code))
    return new HearthError(
      'storage-full',
      `The disk that holds ${folder} is full, so this was not saved.`,
      'Free some space, then try again. Everything saved before is safe.',
      cause,
    )
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return new HearthError(
      'storage-read-only',
      `A folder for Hearth's data was expected at ${folder}, and there is a file.`,
      'Move the file away, or choose another folder.',
      cause,
    )
  if (readOnly.test(code))
    return new HearthError(
      'storage-read-only',
      `Hearth must be able to write to ${folder}, and may not.`,
      'Make the folder and its files writable for this user, then try again.',
      cause,
    )
  if (locked.test(code))
    return new HearthError(
      'storage-locked',
      `Another program holds the database in ${folder}.`,
      'Close the other program, then try again.',
      cause,
    )
  if (corrupt.test(code))
    return new HearthError(
      'storage-corrupt',
      `The database in ${folder} is damaged.`,
      'Quit Hearth and start it again: it checks the file, and keeps it when it cannot be read.',
      cause,
    )
  if (code.startsWith('SQLITE_IOERR'))
    return new HearthError(
      'internal',
      `The disk that holds ${folder} reports a read or write error (${code}).`,
      'Check the disk, then try again.',
      cause,
    )
  return error
}

type Methods = Record<string, (...args: never[]) => unknown>

/** The same methods, with errors as `toStorageError` says them. */
export function withStorageErrors<T extends Methods>(methods: T, folder: string): T {
  const wrap =
    (method: (...args: never[]) => unknown) =>
    (...args: never[]) => {
      try {
        return method(...args)
      } catch (error) {
        throw toStorageError(error, folder)
      }
    }
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, wrap(method)])) as T
}
