// engine/sessions/session-cache.ts: the model's memory of a few conversations, so that the next turn in one of them
// only computes what is new. Least recently used goes first, and leaves a snapshot on the disk.
import type { ConversationId } from '../contract/ids.ts'
import type { Inference, InferenceSession } from '../inference/inference.ts'
import { noSnapshots, type Snapshots } from './snapshots.ts'

export type SessionCache = {
  /** The session of `conversation`, made when there is none. Where memory is short, the others make room. */
  take(inference: Pick<Inference, 'createSession'>, conversation: ConversationId): Promise<InferenceSession>
  /** Forgets a conversation, its snapshot too. */
  drop(conversation: ConversationId): void
  /** Writes what has changed since it was written last. No session may be working. */
  save(): Promise<void>
  /** Ends all sessions at once, for their model ends. What was not saved is lost. */
  clear(): void
  /** Saves as much as the time allows, and ends all. */
  close(): Promise<void>
}

type Held = { readonly session: InferenceSession; dirty: boolean }

/** The shell waits four seconds for an engine to end. */
const closeLimitMs = 2500

export function createSessionCache(capacity: number, snapshots: Snapshots = noSnapshots): SessionCache {
  const sessions = new Map<ConversationId, Held>() // in order of use, the latest last
  const leaving = new Map<ConversationId, { readonly session: InferenceSession; readonly left: Promise<void> }>()

  const save = async (conversation: ConversationId, held: Held) => {
    if (!held.dirty) return
    held.dirty = false
    await snapshots.save(conversation, held.session)
  }
  /** Writes and then closes in the background; whoever takes the conversation again waits for that. */
  const leave = (conversation: ConversationId, held: Held): Promise<void> => {
    sessions.delete(conversation)
    const left = save(conversation, held).finally(() => {
      held.session.close()
      leaving.delete(conversation)
    })
    leaving.set(conversation, { session: held.session, left })
    return left
  }
  const create = async (inference: Pick<Inference, 'createSession'>): Promise<InferenceSession> => {
    try {
      return inference.createSession()
    } catch (error) {
      if (sessions.size === 0 && leaving.size === 0) throw error
      for (const [conversation, held] of [...sessions]) void leave(conversation, held)
      await Promise.all([...leaving.values()].map(({ left }) => left))
      return inference.createSession()
    }
  }
  const clear = () => {
    for (const { session } of [...sessions.values(), ...leaving.values()]) session.close()
    sessions.clear()
  }
  return {
    take: async (inference, conversation) => {
      await leaving.get(conversation)?.left
      const known = sessions.get(conversation)
      if (known === undefined)
        for (const [oldest, held] of sessions) {
          if (sessions.size < capacity) break
          void leave(oldest, held)
        }
      const session = known?.session ?? (await create(inference))
      if (known === undefined) await snapshots.restore(conversation, session)
      sessions.delete(conversation)
      sessions.set(conversation, { session, dirty: true })
      return session
    },
    drop: (conversation) => {
      sessions.get(conversation)?.session.close()
      leaving.get(conversation)?.session.close()
      sessions.delete(conversation)
      snapshots.forget(conversation)
    },
    save: async () => {
      for (const [conversation, held] of [...sessions]) await save(conversation, held)
    },
    clear,
    close: async () => {
      for (const [conversation, held] of [...sessions].reverse()) void leave(conversation, held)
      const all = Promise.all([...leaving.values()].map(({ left }) => left))
      const limit = Promise.withResolvers<void>()
      const timer = setTimeout(limit.resolve, closeLimitMs)
      await Promise.race([all, limit.promise])
      clearTimeout(timer)
      clear()
    },
  }
}
