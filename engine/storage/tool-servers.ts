// engine/storage/tool-servers.ts: the servers that the person added, with the values that no window gets to see.
import { z } from 'zod'
import { type ServerId, serverId } from '../contract/tools.ts'
import type { WritableDatabase } from './database.ts'

const values = z.record(z.string(), z.string())

/** A server as it is started: every variable and header with its value. */
export const serverConfig = z.object({
  name: z.string(),
  transport: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('stdio'),
      command: z.string(),
      arguments: z.array(z.string()),
      folder: z.string().nullable(),
      environment: values,
      network: z.boolean(),
    }),
    z.object({ kind: z.literal('http'), url: z.string(), headers: values }),
  ]),
})
export type ServerConfig = z.infer<typeof serverConfig>

/** What a server offered when the person last looked: a hash for each tool, by name. */
export const approvedOffer = z.record(z.string(), z.string())
export type ApprovedOffer = z.infer<typeof approvedOffer>

export type StoredServer = {
  readonly id: ServerId
  readonly config: ServerConfig
  readonly enabled: boolean
  readonly approved: ApprovedOffer | null
  readonly approvedAt: number | null
}

export type ToolServers = {
  /** In the order they were added. */
  all(): StoredServer[]
  put(server: StoredServer): void
  remove(id: ServerId): void
}

type Row = {
  readonly id: string
  readonly config: string
  readonly enabled: number
  readonly approved: string | null
  readonly approvedAt: number | null
}

export function createToolServers(db: WritableDatabase): ToolServers {
  const all = db.prepare<[], Row>(
    'SELECT id, config, enabled, approved, approved_at AS approvedAt FROM tool_servers ORDER BY id',
  )
  const upsert = db.prepare(`
    INSERT INTO tool_servers (id, config, enabled, approved, approved_at)
    VALUES (@id, @config, @enabled, @approved, @approvedAt)
    ON CONFLICT (id) DO UPDATE SET config = excluded.config, enabled = excluded.enabled, approved = excluded.approved,
      approved_at = excluded.approved_at`)
  const remove = db.prepare<[string]>('DELETE FROM tool_servers WHERE id = ?')
  return {
    all: () =>
      all.all().flatMap(({ id, config, enabled, approved, approvedAt }) => {
        const parsed = serverConfig.safeParse(JSON.parse(config))
        if (!parsed.success) return []
        const offer = approved === null ? null : approvedOffer.catch({}).parse(JSON.parse(approved))
        return [{ id: serverId.parse(id), config: parsed.data, enabled: enabled === 1, approved: offer, approvedAt }]
      }),
    put: ({ id, config, enabled, approved, approvedAt }) =>
      void upsert.run({
        id,
        config: JSON.stringify(config),
        enabled: enabled ? 1 : 0,
        approved: approved === null ? null : JSON.stringify(approved),
        approvedAt,
      }),
    remove: (id) => void remove.run(id),
  }
}
