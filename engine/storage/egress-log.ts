// engine/storage/egress-log.ts: every connection that was made or refused, and the hosts that are granted.
import type { EgressEntry, EgressGrant, GrantId } from '../contract/egress.ts'
import type { WritableDatabase } from './database.ts'

export type EgressStore = {
  put(entry: EgressEntry): void
  /** Newest first. */
  latest(before: string | null, limit: number): EgressEntry[]
  /** Since `from`: connections made, and refused ones. */
  count(from: number): { readonly made: number; readonly refused: number }
  /** Connections that a process left open are `failed`; entries before `keepFrom` go. */
  tidy(keepFrom: number): void
  grants(): EgressGrant[]
  addGrant(grant: EgressGrant): void
  countUse(id: GrantId): void
  removeGrant(id: GrantId): void
  removeAllGrants(): void
}

export function createEgressStore(db: WritableDatabase): EgressStore {
  const upsert = db.prepare(`
    INSERT INTO egress_log (id, at, process, host, method, purpose, outcome, bytes_out, bytes_in, allowed_by)
    VALUES (@id, @at, @process, @host, @method, @purpose, @outcome, @bytesOut, @bytesIn, @allowedBy)
    ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, bytes_out = excluded.bytes_out,
      bytes_in = excluded.bytes_in`)
  const newest = db.prepare<[string, number], EgressEntry>(`
    SELECT id, at, process, host, method, purpose, outcome, bytes_out AS bytesOut, bytes_in AS bytesIn,
      allowed_by AS allowedBy FROM egress_log WHERE id < ? ORDER BY id DESC LIMIT ?`)
  const counts = db.prepare<[number], { made: number; refused: number }>(`
    SELECT count(*) FILTER (WHERE outcome <> 'refused') AS made, count(*) FILTER (WHERE outcome = 'refused') AS refused
    FROM egress_log WHERE at >= ?`)
  const failOpen = db.prepare("UPDATE egress_log SET outcome = 'failed' WHERE outcome = 'open'")
  const forget = db.prepare<[number]>('DELETE FROM egress_log WHERE at < ?')
  const grants = db.prepare<[], EgressGrant>(
    'SELECT id, host, purpose, conversation, created_at AS createdAt, until, uses FROM egress_grants ORDER BY id',
  )
  const addGrant = db.prepare(`
    INSERT INTO egress_grants (id, host, purpose, conversation, created_at, until, uses)
    VALUES (@id, @host, @purpose, @conversation, @createdAt, @until, @uses)`)
  const countUse = db.prepare<[string]>('UPDATE egress_grants SET uses = uses + 1 WHERE id = ?')
  const removeGrant = db.prepare<[string]>('DELETE FROM egress_grants WHERE id = ?')
  const removeAll = db.prepare('DELETE FROM egress_grants')
  return {
    put: (entry) => void upsert.run(entry),
    latest: (before, limit) => newest.all(before ?? '~', limit),
    count: (from) => counts.get(from) ?? { made: 0, refused: 0 },
    tidy: (keepFrom) => {
      failOpen.run()
      forget.run(keepFrom)
    },
    grants: () => grants.all(),
    addGrant: (grant) => void addGrant.run(grant),
    countUse: (id) => void countUse.run(id),
    removeGrant: (id) => void removeGrant.run(id),
    removeAllGrants: () => void removeAll.run(),
  }
}
