// engine/storage/replies.ts: the finished replies that may be guessed from: none that is hidden.
import type { MessageId } from '../contract/ids.ts'
import type { WritableDatabase } from './database.ts'

export type FinishedReply = { readonly id: MessageId; readonly text: string }

export type Replies = {
  /** The newest, newest first, until their texts have `mostCharacters` together. */
  newest(mostCharacters: number): FinishedReply[]
  find(id: MessageId): FinishedReply | null
}

export function createReplies(db: WritableDatabase): Replies {
  const finished = `FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE m.role = 'assistant' AND m.status = 'done' AND m.text <> ''
      AND m.deleted_at IS NULL AND c.deleted_at IS NULL`
  const all = db.prepare<[], FinishedReply>(`SELECT m.id, m.text ${finished} ORDER BY m.seq DESC`)
  const byId = db.prepare<[string], FinishedReply>(`SELECT m.id, m.text ${finished} AND m.id = ?`)
  return {
    newest: (mostCharacters) => {
      const found: FinishedReply[] = []
      let characters = 0
      for (const reply of all.iterate()) {
        characters += reply.text.length
        if (characters > mostCharacters) break
        found.push(reply)
      }
      return found
    },
    find: (id) => byId.get(id) ?? null,
  }
}
