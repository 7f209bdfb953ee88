// engine/host/trash.ts: deleted conversations and messages: hidden at once, gone for good a minute later.
import type { ConversationId } from '../contract/ids.ts'
import type { Storage } from '../storage/open-storage.ts'
import { type Log, traceOf } from './log.ts'

export const undoMs = 60_000

export type Trash = {
  put(id: ConversationId): void
  takeBack(id: ConversationId): void
  /** Messages were hidden just now: they go when their minute is over. */
  messagesHidden(): void
  close(): void
}

/** What a timer misses (a full disk, the end of the process) is purged when the folder is opened next. */
export function createTrash(
  { conversations, messageTrash }: Pick<Storage, 'conversations' | 'messageTrash'>,
  now: () => number,
  log: Log,
  keepMs = undoMs,
): Trash {
  const timers = new Set<NodeJS.Timeout>()
  const purgeAt = (deletedAt: number) => {
    try {
      log('purged', {
        conversations: conversations.purge(deletedAt).length,
        messagesIn: messageTrash.purge(deletedAt).length,
      })
    } catch (error) {
      log('purge-failed', traceOf(error))
    }
  }
  const purgeLater = (deletedAt: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      purgeAt(deletedAt)
    }, keepMs)
    timer.unref()
    timers.add(timer)
  }
  return {
    put: (id) => {
      const deletedAt = now()
      conversations.hide(id, deletedAt)
      purgeLater(deletedAt)
    },
    takeBack: (id) => conversations.restore(id),
    messagesHidden: () => purgeLater(now()),
    close: () => {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
