// engine/cli/open-data.ts: the data folder for verbs that read or change what Hearth keeps. One program holds a folder at a
// time: while the app runs, these verbs say so and change nothing.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { HearthError } from '../contract/failure.ts'
import { forgettableDrafts, forgettableSnapshots, forgettableSummaries, tableBeside } from '../host/forgettables.ts'
import { assembleMemory, type Memory } from '../memory/assemble.ts'
import { createReplyIndex } from '../sessions/reply-index.ts'
import { openHistoryFiles } from '../storage/history-files.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { createReplies } from '../storage/replies.ts'
import { openSnapshotFiles } from '../storage/snapshot-files.ts'
import type { Arguments, Flags } from './arguments.ts'
import { starterModelPath } from './open-model.ts'

export const dataFlags: Flags = {
  data: { value: 'DIR', help: "the data folder (default: the app's own)" },
}

/** As the app chooses it. */
export function dataFolderOf(args: Arguments): string {
  const asked = args.text('data') ?? process.env.HEARTH_DATA
  if (asked !== undefined) return path.resolve(asked)
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Hearth')
  const shared = process.env.XDG_DATA_HOME
  const base = shared !== undefined && path.isAbsolute(shared) ? shared : path.join(homedir(), '.local', 'share')
  return path.join(base, 'hearth')
}

export type Data = { readonly storage: Storage; readonly memory: Memory }

/** Throws `HearthError`: `not-found` where there is no data, and as `openStorage` does. */
export async function withData<T>(args: Arguments, work: (data: Data) => T | Promise<T>): Promise<T> {
  const folder = dataFolderOf(args)
  if (!existsSync(path.join(folder, 'hearth.db')))
    throw new HearthError(
      'not-found',
      `Hearth's data was expected in ${folder}, and there is none.`,
      'Name the folder with --data DIR.',
    )
  const storage = openStorage(folder)
  try {
    const files = openSnapshotFiles(folder, (id) => storage.conversations.find(id)?.deletedAt === null)
    const index = createReplyIndex({
      files: openHistoryFiles(folder),
      replies: createReplies(storage.database),
      isOn: () => true,
      log: () => {},
    })
    const memory = assembleMemory({
      storage,
      embedderPath: tableBeside(starterModelPath),
      forgettables: [
        forgettableSnapshots(files, async (id) => files.remove(id)),
        forgettableDrafts(index, () => undefined),
        forgettableSummaries(storage.database),
      ],
      emit: () => {},
      log: () => {},
      now: Date.now,
      random: Math.random,
      build: 'cli',
    })
    try {
      return await work({ storage, memory })
    } finally {
      await memory.close()
    }
  } finally {
    storage.close()
  }
}
