// engine/storage/history-files.ts: indices of earlier replies, one file a model, for this user alone. None is needed: all
// they say is in the database.
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export type HistoryFiles = {
  /** Null where there is none, or none that can be read. */
  read(key: string): Uint8Array | null
  /** Puts `bytes` in place of the old ones. When that fails, the old file is gone, too, and false is answered. */
  write(key: string, bytes: Uint8Array): boolean
  remove(key: string): void
  /** Removes the files of all models but this one; null: of all. */
  removeOthers(key: string | null): void
  /** Ids of messages that were to be forgotten although the database keeps them; no words. */
  readForgotten(): string[]
  writeForgotten(messages: readonly string[]): void
}

const suffix = '.replies'
const temporary = '.part'
const forgotten = 'forgotten.json'
const listOfTexts = z.array(z.string())
/** A file is at most a megabyte; models come and go. */
const mostFiles = 4

/** Never throws. */
export function openHistoryFiles(dataDir: string): HistoryFiles {
  const folder = join(dataDir, 'history')
  const nameOf = (key: string) => key.slice(0, 32) + suffix
  const remove = (name: string) => quietly(undefined, () => rmSync(join(folder, name), { force: true }))
  const names = () => quietly<string[]>([], () => readdirSync(folder))
  const usedAt = (name: string) => quietly(0, () => statSync(join(folder, name)).mtimeMs)
  const indices = () => names().filter((name) => name.endsWith(suffix))
  const put = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name + temporary), content, { mode: 0o600 })
    renameSync(join(folder, name + temporary), join(folder, name))
  }
  const makeRoom = () => {
    const files = indices()
    for (const name of files.sort((a, b) => usedAt(b) - usedAt(a)).slice(mostFiles)) remove(name)
  }

  quietly(undefined, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
  })
  for (const name of names()) if (name.endsWith(temporary)) remove(name)
  makeRoom()

  return {
    read: (key) => quietly(null, () => new Uint8Array(readFileSync(join(folder, nameOf(key))))),
    write: (key, bytes) => {
      const name = nameOf(key)
      try {
        put(name, bytes)
        makeRoom()
        return true
      } catch {
        remove(name + temporary)
        remove(name)
        return false
      }
    },
    remove: (key) => remove(nameOf(key)),
    removeOthers: (key) => {
      for (const name of indices()) if (key === null || name !== nameOf(key)) remove(name)
    },
    readForgotten: () =>
      quietly([], () => listOfTexts.parse(JSON.parse(readFileSync(join(folder, forgotten), 'utf8')))),
    writeForgotten: (messages) => quietly(undefined, () => put(forgotten, JSON.stringify(messages))),
  }
}

function quietly<T>(otherwise: T, work: () => T): T {
  try {
    return work()
  } catch {
    return otherwise
  }
}
