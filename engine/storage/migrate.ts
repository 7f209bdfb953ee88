// engine/storage/migrate.ts: brings a database up to date. A released step is never edited; a change is a new step.
import { HearthError } from '../contract/failure.ts'
import type { WritableDatabase } from './database.ts'

export type Migration = { readonly version: number; readonly sql: string }

export const versionOf = (db: Pick<WritableDatabase, 'pragma'>): number =>
  db.pragma('user_version', { simple: true }) as number

/**
 * Runs the steps that are missing, each in its own transaction: a step that fails leaves the version before it.
 * Throws `HearthError` `storage-newer` before anything is written.
 */
export function migrate(db: WritableDatabase, steps: readonly Migration[], file: string): void {
  const found = versionOf(db)
  const newest = steps.at(-1)?.version ?? 0
  if (found > newest)
    throw new HearthError(
      'storage-newer',
      `${file} was written by a newer Hearth: this one reads data format ${newest}, the file has ${found}.`,
      'Start the newer Hearth, or update this one. The file was not changed.',
    )
  for (const step of steps) {
    if (step.version <= found) continue
    db.transaction(() => {
      db.exec(step.sql)
      db.pragma(`user_version = ${step.version}`)
    }).immediate()
  }
}
