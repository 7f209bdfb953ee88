// engine/storage/digests.ts: summaries that stand for the older messages of a conversation. A conversation may have
// several: one for each place that it was summarised down to, on one branch or on others.
import type { Digest } from '../contract/context.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { WritableDatabase } from './database.ts'

export type StoredDigest = Omit<Digest, 'writing'>

export type Digests = {
  /** The one that reaches furthest among those whose last message is in `branch`. */
  find(conversation: ConversationId, branch: readonly MessageId[]): StoredDigest | null
  put(conversation: ConversationId, digest: StoredDigest): void
  remove(conversation: ConversationId, upto: MessageId): void
}

export function createDigests(db: WritableDatabase): Digests {
  const all = db.prepare<[string], StoredDigest>('SELECT upto, text, by FROM digests WHERE conversation = ?')
  const insert = db.prepare(`
    INSERT INTO digests (conversation, upto, text, by) VALUES (@conversation, @upto, @text, @by)
    ON CONFLICT (conversation, upto) DO UPDATE SET text = excluded.text, by = excluded.by`)
  const remove = db.prepare<[string, string]>('DELETE FROM digests WHERE conversation = ? AND upto = ?')
  return {
    find: (conversation, branch) => {
      const digests = new Map(all.all(conversation).map((one) => [one.upto, one]))
      const furthest = digests.size === 0 ? undefined : branch.findLast((id) => digests.has(id))
      return (furthest && digests.get(furthest)) ?? null
    },
    put: (conversation, digest) => void insert.run({ conversation, ...digest }),
    remove: (conversation, upto) => void remove.run(conversation, upto),
  }
}
