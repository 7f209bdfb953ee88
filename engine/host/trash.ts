// engine/host/trash.ts: deleted conversations: hidden at once, gone for good a minute later.
import type { ConversationId } from '../contract/ids.ts'
import type { Conversations } from '../storage/conversations.ts'
import { type Log, traceOf } from './log.ts'

export const undoMs = 60_000

export type Trash = {
  put(id: ConversationId): void
  takeBack(id: ConversationId): void
  close(): void
}

/** What a timer misses (a full disk, the end of the process) is purged when the folder is opened next. */
export function createTrash(conversations: Conversations, now: () => number, log: Log, keepMs = undoMs): Trash {
  const timers = new Set<NodeJS.Timeout>()
  const purgeAt = (deletedAt: number) => {
    try {
      log('purged', { conversations: conversations.purge(deletedAt).length })
    } catch (error) {
      log('purge-failed', traceOf(error))
    }
  }
  return {
    put: (id) => {
      const deletedAt = now()
      conversations.hide(id, deletedAt)
      const timer = setTimeout(() => {
        timers.delete(timer)
        purgeAt(deletedAt)
      }, keepMs)
      timer.unref()
      timers.add(timer)
    },
    takeBack: (id) => conversations.restore(id),
    close: () => {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
