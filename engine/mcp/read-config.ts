// engine/mcp/read-config.ts: servers from an `mcp.json` as Claude and LM Studio write it: `{ "mcpServers": { name: … } }`,
// each with `command`, `args`, `env`, `cwd`, or with `url`, `headers`. VS Code calls the same `servers`.
import { z } from 'zod'
import { type ServerDraft, serverDraft } from '../contract/tools.ts'
import { oneLine } from '../tools/clean-text.ts'

const texts = z.record(z.string(), z.coerce.string())
const entry = z.looseObject({
  command: z.string().optional(),
  args: z.array(z.coerce.string()).default([]),
  env: texts.default({}),
  cwd: z.string().nullish(),
  url: z.string().optional(),
  serverUrl: z.string().optional(),
  headers: texts.default({}),
})

export type ReadConfig = { readonly drafts: ServerDraft[]; readonly problems: string[] }

/** Never throws: what cannot be read is a problem in words. */
export function readConfig(text: string): ReadConfig {
  let json: unknown
  try {
    json = JSON.parse(withoutComments(text))
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    return { drafts: [], problems: [`JSON was expected, and it cannot be read: ${reason}.`] }
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(json)
  const servers = parsed.success ? (parsed.data.mcpServers ?? parsed.data.servers ?? parsed.data) : null
  const list = z.record(z.string(), z.unknown()).safeParse(servers)
  if (!list.success) return { drafts: [], problems: ['An object with `mcpServers` was expected, and there is none.'] }
  const drafts: ServerDraft[] = []
  const problems: string[] = []
  for (const [name, value] of Object.entries(list.data)) {
    const shown = oneLine(name, 80)
    const found = entry.safeParse(value)
    const draft = found.success ? toDraft(shown, found.data) : null
    const checked = serverDraft.safeParse(draft)
    if (checked.success) drafts.push(checked.data)
    else problems.push(`${shown}: \`command\` with \`args\`, or \`url\`, was expected.`)
  }
  if (drafts.length + problems.length === 0) problems.push('There is no server in it.')
  return { drafts: drafts.slice(0, 100), problems: problems.slice(0, 100) }
}

function toDraft(name: string, { command, args, env, cwd, url, serverUrl, headers }: z.infer<typeof entry>): unknown {
  const address = url ?? serverUrl
  if (address !== undefined) return { name, transport: { kind: 'http', url: address, headers } }
  return {
    name,
    transport: { kind: 'stdio', command, arguments: args, folder: cwd ?? null, environment: env, network: true },
  }
}

/** Line and block comments, which some programs allow; not inside texts. */
function withoutComments(text: string): string {
  return text
    .replace(/^\ufeff/, '')
    .replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) => (found.startsWith('"') ? found : ''))
}
