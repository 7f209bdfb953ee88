// engine/storage/permissions.ts: what the person allowed: rules, a policy for each tool, groups that are on, folders.
import type { ConversationId } from '../contract/ids.ts'
import {
  type FolderGrant,
  type GroupId,
  type Pattern,
  type Policy,
  pattern as patternSchema,
  type RuleId,
  type ServerId,
  type ToolRef,
} from '../contract/tools.ts'
import type { WritableDatabase } from './database.ts'

export type StoredRule = {
  readonly id: RuleId
  readonly tool: ToolRef
  /** Of the server that the rule was made for. */
  readonly identity: string
  readonly pattern: Pattern
  readonly words: string
  readonly conversation: ConversationId | null
  readonly createdAt: number
  readonly until: number | null
  readonly uses: number
  readonly lastUsedAt: number | null
}

export type Permissions = {
  /** Oldest first. */
  rules(): StoredRule[]
  addRule(rule: Omit<StoredRule, 'uses' | 'lastUsedAt'>): void
  countUse(id: RuleId, at: number): void
  removeRule(id: RuleId): void
  removeRulesOf(server: ServerId): void
  removeAllRules(): void
  /** Rules that ended before `at`. */
  removeEndedRules(at: number): void
  policy(tool: ToolRef): Policy | null
  setPolicy(tool: ToolRef, policy: Policy): void
  group(id: GroupId): boolean | null
  setGroup(id: GroupId, enabled: boolean): void
  folders(): FolderGrant[]
  putFolder(folder: FolderGrant): void
  removeFolder(path: string): void
}

type RuleRow = Omit<StoredRule, 'tool' | 'pattern'> & {
  readonly server: ServerId | null
  readonly tool: string
  readonly pattern: string
}

const keyOf = ({ server, name }: ToolRef) => `${server ?? ''}/${name}`

export function createPermissions(db: WritableDatabase): Permissions {
  const rules = db.prepare<[], RuleRow>(`
    SELECT id, server, tool, identity, pattern, words, conversation, created_at AS createdAt, until, uses,
      last_used_at AS lastUsedAt FROM tool_rules ORDER BY id`)
  const insert = db.prepare(`
    INSERT INTO tool_rules (id, server, tool, identity, pattern, words, conversation, created_at, until)
    VALUES (@id, @server, @tool, @identity, @pattern, @words, @conversation, @createdAt, @until)`)
  const use = db.prepare<[number, string]>('UPDATE tool_rules SET uses = uses + 1, last_used_at = ? WHERE id = ?')
  const remove = db.prepare<[string]>('DELETE FROM tool_rules WHERE id = ?')
  const removeOf = db.prepare<[string]>('DELETE FROM tool_rules WHERE server = ?')
  const removeAll = db.prepare('DELETE FROM tool_rules')
  const removeEnded = db.prepare<[number]>('DELETE FROM tool_rules WHERE until <= ?')
  const policy = db.prepare<[string], { policy: Policy }>('SELECT policy FROM tool_policies WHERE tool = ?')
  const putPolicy = db.prepare<[string, string]>(
    'INSERT INTO tool_policies VALUES (?, ?) ON CONFLICT (tool) DO UPDATE SET policy = excluded.policy',
  )
  const group = db.prepare<[string], { enabled: number }>('SELECT enabled FROM tool_groups WHERE id = ?')
  const putGroup = db.prepare<[string, number]>(
    'INSERT INTO tool_groups VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled',
  )
  const folders = db.prepare<[], FolderGrant>(
    'SELECT path, access, created_at AS createdAt FROM tool_folders ORDER BY created_at, path',
  )
  const putFolder = db.prepare<[string, string, number]>(
    'INSERT INTO tool_folders VALUES (?, ?, ?) ON CONFLICT (path) DO UPDATE SET access = excluded.access',
  )
  const removeFolder = db.prepare<[string]>('DELETE FROM tool_folders WHERE path = ?')

  return {
    rules: () =>
      rules.all().flatMap(({ server, tool, pattern, ...row }) => {
        const parsed = patternSchema.safeParse(JSON.parse(pattern))
        return parsed.success ? [{ ...row, tool: { server, name: tool }, pattern: parsed.data }] : []
      }),
    addRule: ({ tool, pattern, ...rule }) =>
      void insert.run({ ...rule, server: tool.server, tool: tool.name, pattern: JSON.stringify(pattern) }),
    countUse: (id, at) => void use.run(at, id),
    removeRule: (id) => void remove.run(id),
    removeRulesOf: (server) => void removeOf.run(server),
    removeAllRules: () => void removeAll.run(),
    removeEndedRules: (at) => void removeEnded.run(at),
    policy: (tool) => policy.get(keyOf(tool))?.policy ?? null,
    setPolicy: (tool, chosen) => void putPolicy.run(keyOf(tool), chosen),
    group: (id) => {
      const row = group.get(id)
      return row === undefined ? null : row.enabled === 1
    },
    setGroup: (id, enabled) => void putGroup.run(id, enabled ? 1 : 0),
    folders: () => folders.all(),
    putFolder: ({ path, access, createdAt }) => void putFolder.run(path, access, createdAt),
    removeFolder: (path) => void removeFolder.run(path),
  }
}
