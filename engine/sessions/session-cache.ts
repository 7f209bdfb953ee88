// engine/sessions/session-cache.ts: the model's memory of a few conversations, so that the next turn in one of them
// only computes what is new. Least recently used goes first.
import type { ConversationId } from '../contract/ids.ts'
import type { Inference, InferenceSession } from '../inference/inference.ts'

export type SessionCache = {
  /** The session of `conversation`, made when there is none. Where memory is short, the others make room. */
  take(inference: Pick<Inference, 'createSession'>, conversation: ConversationId): InferenceSession
  drop(conversation: ConversationId): void
  clear(): void
}

export function createSessionCache(capacity: number): SessionCache {
  const sessions = new Map<ConversationId, InferenceSession>() // in order of use, the latest last

  const drop = (conversation: ConversationId) => {
    sessions.get(conversation)?.close()
    sessions.delete(conversation)
  }
  const clear = () => {
    for (const conversation of [...sessions.keys()]) drop(conversation)
  }
  const create = (inference: Pick<Inference, 'createSession'>): InferenceSession => {
    try {
      return inference.createSession()
    } catch (error) {
      if (sessions.size === 0) throw error
      clear()
      return inference.createSession()
    }
  }
  return {
    take: (inference, conversation) => {
      const known = sessions.get(conversation)
      if (known === undefined)
        for (const oldest of sessions.keys()) {
          if (sessions.size < capacity) break
          drop(oldest)
        }
      const session = known ?? create(inference)
      sessions.delete(conversation)
      sessions.set(conversation, session)
      return session
    },
    drop,
    clear,
  }
}
