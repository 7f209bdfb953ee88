// engine/storage/open-storage.ts: the data folder, opened: locked, checked, brought up to date.
import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { HearthError } from '../contract/failure.ts'
import { type Archive, createArchive } from './archive.ts'
import { type Conversations, createConversations } from './conversations.ts'
import { openDatabase, type WritableDatabase } from './database.ts'
import { createDigests, type Digests } from './digests.ts'
import { lockFolder } from './folder-lock.ts'
import { createMessageTrash, type MessageTrash } from './message-trash.ts'
import { createMessages, type Messages } from './messages.ts'
import { migrate, versionOf } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { createSearch, type Search } from './search.ts'
import { createSettings, type SettingsStore } from './settings.ts'
import { isCorrupt, toStorageError, withStorageErrors } from './storage-error.ts'
import { createToolStores, type ToolStores } from './tool-stores.ts'

export type Storage = {
  readonly folder: string
  readonly conversations: Conversations
  readonly messages: Messages
  readonly messageTrash: MessageTrash
  readonly digests: Digests
  readonly archive: Archive
  readonly search: Search
  readonly settings: SettingsStore
  readonly tools: ToolStores
  /** Several writes as one: all of them, or none. */
  readonly atomically: <T>(work: () => T) => T
  /** For tests: the handle below everything. */
  readonly database: WritableDatabase
  /** Idempotent. Empties the log into the database file and frees the folder. */
  close(): void
}

export type StorageOptions = {
  /** How long to wait for another engine to leave the folder. */
  readonly lockWaitMs?: number
}

/**
 * Opens `folder`, creating it for this user alone. Replies that were being written are `interrupted` afterwards, and
 * deleted conversations are gone.
 * Throws `HearthError`: `storage-locked`, `storage-newer`, `storage-corrupt` (the file is then kept aside under the
 * name in the message, and the next open begins anew), `storage-read-only`, `storage-full`.
 */
export function openStorage(folder: string, { lockWaitMs = 1500 }: StorageOptions = {}): Storage {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const lock = lockFolder(folder, lockWaitMs)
    try {
      chmodSync(folder, 0o700)
      const db = openChecked(join(folder, 'hearth.db'))
      try {
        return assemble(folder, db, lock.release)
      } catch (error) {
        db.close()
        throw error
      }
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    throw toStorageError(error, folder)
  }
}

/** The same, in memory only: for temporary conversations. Gone with `close` or the process. */
export function openMemoryStorage(): Storage {
  const db = openDatabase(':memory:')
  migrate(db, migrations, ':memory:')
  return assemble('memory', db, () => {}, true)
}

function assemble(folder: string, db: WritableDatabase, release: () => void, temporary = false): Storage {
  const named = <T extends Record<string, (...args: never[]) => unknown>>(methods: T) =>
    withStorageErrors(methods, folder)
  const conversations = named(createConversations(db, temporary))
  const messages = named(createMessages(db))
  const messageTrash = named(createMessageTrash(db, messages))
  messages.interruptAll()
  conversations.purge(Number.MAX_SAFE_INTEGER)
  messageTrash.purge(Number.MAX_SAFE_INTEGER)
  const { atomically } = named({ atomically: <T>(work: () => T): T => db.transaction(work).immediate() as T })
  return {
    folder,
    conversations,
    messages,
    messageTrash,
    digests: named(createDigests(db)),
    archive: named(createArchive(db)),
    search: named(createSearch(db)),
    settings: named(createSettings(db)),
    tools: createToolStores(db, named),
    atomically: atomically as Storage['atomically'],
    database: db,
    close: () => {
      if (!db.open) return
      db.close() // the last connection of a WAL database empties the log
      release()
    },
  }
}

/** A database that passed SQLite's own check, at the newest version, and can be written. */
function openChecked(file: string): WritableDatabase {
  let db: WritableDatabase | undefined
  try {
    db = openDatabase(file)
    // A newer database may hold what this SQLite cannot check, so the version is looked at first.
    if (versionOf(db) <= (migrations.at(-1)?.version ?? 0)) check(db)
    db.exec('BEGIN IMMEDIATE; ROLLBACK;') // a file that is read-only says so here, and not in the first message
    migrate(db, migrations, file)
    return db
  } catch (error) {
    db?.close()
    throw isCorrupt(error) ? setAside(file, error) : error
  }
}

class CorruptError extends Error {
  readonly code = 'SQLITE_CORRUPT'
}

function check(db: WritableDatabase): void {
  const found = db.pragma('quick_check(1)', { simple: true })
  if (found !== 'ok') throw new CorruptError(String(found))
}

/** Renames the database and its log; nothing is deleted. */
function setAside(file: string, cause: unknown): HearthError {
  const kept = `${file}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  for (const suffix of ['-wal', '-shm', '']) if (existsSync(file + suffix)) renameSync(file + suffix, kept + suffix)
  return new HearthError(
    'storage-corrupt',
    `The database in this folder is damaged and cannot be read. It is kept as ${kept}.`,
    'Quit Hearth and start it again to begin with an empty history. A backup of hearth.db may be put back before that.',
    { cause },
  )
}
