// engine/storage/snapshot-files.ts: the folder of snapshots: one file a conversation, for this user alone, never more than
// its share of the disk. Nothing here is needed: every file may be deleted at any time.
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { ConversationId } from '../contract/ids.ts'

export type SnapshotFiles = {
  /** The path of a conversation's file, or null where there is none. It counts as used now. */
  find(conversation: ConversationId): string | null
  /**
   * Has `write` make a file at the path it is given and answer its bytes, 0 for none; then puts it in place of the old
   * one, unless `wanted` says no by then. Files that were not used for longest make room. Answers the bytes kept.
   */
  write(conversation: ConversationId, write: (path: string) => Promise<number>, wanted?: () => boolean): Promise<number>
  remove(conversation: ConversationId): void
}

export type SnapshotFilesOptions = {
  /** Bytes of all files together. Also never more than a tenth of what is free, the files themselves counted as free. */
  readonly mostBytes?: number
  readonly freeBytes?: (folder: string) => number
  readonly now?: () => number
}

const suffix = '.kv'
const temporary = '.part'

/** `exists`: files of other conversations, and of writes that never ended, are removed. Never throws. */
export function openSnapshotFiles(
  dataDir: string,
  exists: (conversation: ConversationId) => boolean,
  { mostBytes = 512 * 2 ** 20, freeBytes = freeOf, now = Date.now }: SnapshotFilesOptions = {},
): SnapshotFiles {
  const folder = join(dataDir, 'cache')
  const pathOf = (conversation: ConversationId) => join(folder, conversation + suffix)
  let writes = 0

  const files = () =>
    quietly([], () =>
      readdirSync(folder)
        .filter((name) => name.endsWith(suffix))
        .map((name) => ({ path: join(folder, name), ...sizeAndUse(join(folder, name)) })),
    )
  /** Removes the oldest until all fit; `keep` goes last. */
  const makeRoom = (keep: string) => {
    const all = files().sort((a, b) => Number(a.path === keep) - Number(b.path === keep) || a.usedAt - b.usedAt)
    let sum = all.reduce((bytes, file) => bytes + file.bytes, 0)
    const share = Math.min(mostBytes, (quietly(0, () => freeBytes(folder)) + sum) / 10)
    for (const { path, bytes } of all) {
      if (sum <= share) return
      remove(path)
      sum -= bytes
    }
  }

  quietly(undefined, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
  })
  for (const name of quietly([], () => readdirSync(folder))) {
    const conversation = name.endsWith(suffix) ? (name.slice(0, -suffix.length) as ConversationId) : null
    if (conversation === null || !exists(conversation)) remove(join(folder, name))
  }
  makeRoom('')

  return {
    find: (conversation) => {
      const path = pathOf(conversation)
      return quietly(null, () => {
        if (!statSync(path).isFile()) return null
        utimesSync(path, now() / 1000, now() / 1000)
        return path
      })
    },
    write: async (conversation, write, wanted = () => true) => {
      const path = pathOf(conversation)
      const part = `${path}-${++writes}${temporary}`
      remove(part)
      try {
        const bytes = await write(part)
        if (bytes === 0 || !wanted()) return 0
        renameSync(part, path)
        utimesSync(path, now() / 1000, now() / 1000)
        makeRoom(path)
        return quietly(0, () => statSync(path).size)
      } finally {
        remove(part)
      }
    },
    remove: (conversation) => remove(pathOf(conversation)),
  }
}

const remove = (path: string) => quietly(undefined, () => rmSync(path, { recursive: true, force: true }))

function sizeAndUse(path: string) {
  const { size, mtimeMs } = statSync(path)
  return { bytes: size, usedAt: mtimeMs }
}

function freeOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function quietly<T>(otherwise: T, work: () => T): T {
  try {
    return work()
  } catch {
    return otherwise
  }
}
