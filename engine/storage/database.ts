// engine/storage/database.ts: the one way to open an SQLite file here, and the two kinds of handle.
import Sqlite, { type Database } from 'better-sqlite3'

declare const writes: unique symbol

/** A handle for questions only. Code that holds it has no statement that writes. */
export type ReadableDatabase = Pick<Database, 'prepare' | 'pragma'>
/** A handle that may change the data. Every one is also readable. */
export type WritableDatabase = Database & { readonly [writes]: true }

/** How long a statement waits for a lock of another program (a backup, a database browser) before it fails. */
const busyMs = 2000

/** Opens `file` and creates it when it is missing. Throws `SqliteError`. */
export function openDatabase(file: string): WritableDatabase {
  const db = new Sqlite(file, { timeout: busyMs }) as WritableDatabase
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL') // a message that was confirmed survives a power cut
    db.pragma('foreign_keys = ON')
    db.pragma('secure_delete = ON') // what the person deletes is overwritten, not only forgotten
    db.pragma('temp_store = MEMORY') // no private text in temporary files
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
