// engine/sessions/snapshots.ts: what the model remembers of a conversation, kept over a restart. An optimisation that is
// never trusted: whatever goes wrong is logged, the file is thrown away, and the prompt is computed.
import type { ConversationId } from '../contract/ids.ts'
import type { InferenceSession } from '../inference/inference.ts'
import type { SnapshotFiles } from '../storage/snapshot-files.ts'

export type Snapshots = {
  /** Fills a new session with what was saved, if anything fits. Never rejects. */
  restore(conversation: ConversationId, session: InferenceSession): Promise<void>
  /** Never rejects. */
  save(conversation: ConversationId, session: InferenceSession): Promise<void>
  forget(conversation: ConversationId): void
}

export type SnapshotsDeps = {
  readonly files: SnapshotFiles
  readonly log: (event: string, fields: Record<string, unknown>) => void
  /** Fewer tokens are computed as fast as they are read. */
  readonly leastTokens?: number
}

/** The same, except that nothing of the conversations that `isPrivate` names ever reaches the disk. */
export const withoutPrivate = (snapshots: Snapshots, isPrivate: (id: ConversationId) => boolean): Snapshots => ({
  restore: async (id, session) => (isPrivate(id) ? undefined : snapshots.restore(id, session)),
  save: async (id, session) => (isPrivate(id) ? undefined : snapshots.save(id, session)),
  forget: snapshots.forget,
})

export const noSnapshots: Snapshots = { restore: async () => {}, save: async () => {}, forget: () => {} }

export function createSnapshots({ files, log, leastTokens = 256 }: SnapshotsDeps): Snapshots {
  /** Forgotten while they were written: the file must not appear. */
  const writing = new Map<ConversationId, { forgotten: boolean }>()

  return {
    restore: async (conversation, { snapshot }) => {
      const path = snapshot === undefined ? null : files.find(conversation)
      if (snapshot === undefined || path === null) return
      try {
        log('snapshot-restored', { tokens: await snapshot.restore(path) })
      } catch (error) {
        files.remove(conversation)
        log('snapshot-discarded', { error: kindOf(error) })
      }
    },
    save: async (conversation, { snapshot }) => {
      if (snapshot === undefined || snapshot.heldTokens() < leastTokens) return
      const state = { forgotten: false }
      writing.set(conversation, state)
      try {
        const bytes = await files.write(
          conversation,
          (path) => snapshot.save(path),
          () => !state.forgotten,
        )
        log('snapshot-saved', { bytes })
      } catch (error) {
        log('snapshot-not-saved', { error: kindOf(error) }) // a full disk, most likely
      } finally {
        writing.delete(conversation)
      }
    },
    forget: (conversation) => {
      const state = writing.get(conversation)
      if (state !== undefined) state.forgotten = true
      files.remove(conversation)
    },
  }
}

/** Never the message, which may hold a path of the person. */
const kindOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : typeof error)
