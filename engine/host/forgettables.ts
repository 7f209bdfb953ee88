// engine/host/forgettables.ts: stores outside of the memory tables that may hold something of what is forgotten, each as
// forgetting sees it: how much is there, take it away, look again.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ConversationId } from '../contract/ids.ts'
import type { ReplyHistory } from '../inference/reply-history.ts'
import type { Forgettable } from '../memory/forget.ts'
import type { ReplyIndex } from '../sessions/reply-index.ts'
import type { ReadableDatabase } from '../storage/database.ts'
import type { SnapshotFiles } from '../storage/snapshot-files.ts'

/** What a model keeps of conversations whose prompts held a memory: in this process, and as files. */
export function forgettableSnapshots(
  files: Pick<SnapshotFiles, 'find'>,
  drop: (conversation: ConversationId) => Promise<unknown>,
): Forgettable {
  const there = (conversations: readonly ConversationId[]) =>
    conversations.filter((conversation) => files.find(conversation) !== null).length
  return {
    store: 'snapshots',
    verb: 'removed',
    // The state in this process goes in any case: it is read anew with the next message.
    count: ({ conversations }) => conversations.length,
    remove: async ({ conversations }) => {
      for (const conversation of conversations) await drop(conversation)
    },
    remains: ({ conversations }) => there(conversations),
  }
}

/** The index that guesses ahead from earlier replies. */
export function forgettableDrafts(
  index: Pick<ReplyIndex, 'forget'>,
  history: () => Pick<ReplyHistory, 'has'> | undefined,
): Forgettable {
  const there = (messages: readonly string[]) => {
    const offered = history()
    return offered === undefined ? 0 : messages.filter((message) => offered.has(message)).length
  }
  return {
    store: 'drafts',
    verb: 'removed',
    count: ({ messages }) => there(messages),
    // Also where none is loaded: files of other models hold them, too.
    remove: async ({ messages }) => index.forget(messages),
    remains: ({ messages }) => there(messages),
  }
}

/** Summaries of conversations that used a memory, or that it comes from. They are written anew when they are needed. */
export function forgettableSummaries(database: ReadableDatabase): Forgettable {
  const count = database.prepare<[string], { n: number }>(
    'SELECT count(*) AS n FROM digests WHERE conversation IN (SELECT value FROM json_each(?))',
  )
  const remove = database.prepare<[string]>(
    'DELETE FROM digests WHERE conversation IN (SELECT value FROM json_each(?))',
  )
  const there = ({ conversations, sources }: Parameters<Forgettable['count']>[0]) =>
    count.get(JSON.stringify([...conversations, ...sources]))?.n ?? 0
  return {
    store: 'summaries',
    verb: 'removed',
    count: there,
    remove: async ({ conversations, sources }) => void remove.run(JSON.stringify([...conversations, ...sources])),
    remains: there,
  }
}

/** The table of word vectors ships beside the starter model. Null where it does not. */
export function tableBeside(starterModelPath: string | null): string | null {
  if (starterModelPath === null) return null
  const path = join(dirname(starterModelPath), 'embedder.bin')
  return existsSync(path) ? path : null
}
