// engine/host/rooms.ts: the two places where conversations live: the database on the disk, and one in memory for those
// that are temporary. Both are the same parts over another storage, so a temporary chat can do what any other can, and
// nothing of it reaches the disk until the person keeps it.
import type { ConversationSummary } from '../contract/conversation.ts'
import { HearthError } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Trash } from './trash.ts'

export type Room = { readonly storage: Storage; readonly sessions: Sessions; readonly trash: Trash }

export type Rooms = {
  readonly disk: Room
  readonly memory: Room
  /** Where this conversation is. One that is nowhere belongs on the disk. */
  of(conversation: ConversationId): Room
  ofMessage(message: MessageId): Room
  isTemporary(conversation: ConversationId): boolean
  /** Writes a temporary conversation to the disk. Throws `HearthError`. */
  keep(conversation: ConversationId): ConversationSummary
  list(): ConversationSummary[]
  /** Ends the replies. The storages stay open: what the model remembers is saved after this. */
  shutdown(): Promise<void>
  close(): void
}

export function createRooms(disk: Room, memory: Room): Rooms {
  const isTemporary = (id: ConversationId) => memory.storage.conversations.find(id) !== null
  return {
    disk,
    memory,
    isTemporary,
    of: (id) => (isTemporary(id) ? memory : disk),
    ofMessage: (id) => (memory.storage.messages.find(id) === null ? disk : memory),
    keep: (id) => {
      const { streaming } = memory.sessions.summary(id)
      if (streaming !== null)
        throw new HearthError(
          'busy',
          'A reply is being written in this conversation, so it cannot be kept yet.',
          'Wait for it to end, or stop it.',
        )
      const archived = memory.storage.archive.read(id)
      if (archived === null) throw new HearthError('not-found', 'This conversation does not exist any more.')
      disk.storage.archive.write(archived)
      memory.storage.conversations.hide(id, 0)
      memory.storage.conversations.purge(0)
      return disk.sessions.summary(id)
    },
    list: () =>
      [...disk.sessions.list(), ...memory.sessions.list()].sort((left, right) => right.updatedAt - left.updatedAt),
    shutdown: async () => {
      await Promise.all([disk.sessions.shutdown(), memory.sessions.shutdown()])
      for (const { trash } of [disk, memory]) trash.close()
    },
    close: () => {
      memory.storage.close()
      disk.storage.close()
    },
  }
}
