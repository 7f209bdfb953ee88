// engine/storage/folder-lock.ts: one engine a data folder.
//
// The lock is an exclusive transaction on an empty SQLite file of its own, so the operating system holds it and frees
// it however the process ends, kill -9 included. No pid file that could lie.
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { HearthError } from '../contract/failure.ts'
import { isLocked } from './storage-error.ts'

export type FolderLock = { release(): void }

/**
 * `waitMs`: how long to wait for an engine that is just ending. Throws `HearthError` `storage-locked`, or the
 * `SqliteError` of a folder that cannot be written.
 */
export function lockFolder(folder: string, waitMs: number): FolderLock {
  const db = new Sqlite(join(folder, 'engine.lock'), { timeout: waitMs })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (!isLocked(error)) throw error
    throw new HearthError(
      'storage-locked',
      `Another Hearth is using ${folder}, and only one can at a time.`,
      'Use the window that is open, or quit the other Hearth and try again.',
      { cause: error },
    )
  }
  return { release: () => void db.close() }
}
