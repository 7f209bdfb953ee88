// engine/mcp/servers.ts: all servers that the person added: what is written down of each, and its connection.
import { HearthError, toFailure } from '../contract/failure.ts'
import type { Policy, Server, ServerDraft, ServerId, ToolInfo, ToolRef, ToolsState } from '../contract/tools.ts'
import { type Broker, hostOf } from '../egress/broker.ts'
import type { Permissions } from '../storage/permissions.ts'
import type { ServerConfig, StoredServer, ToolServers } from '../storage/tool-servers.ts'
import { cleanText, cutText } from '../tools/clean-text.ts'
import { canonical } from '../tools/plan.ts'
import type { Sandbox } from '../tools/sandbox.ts'
import { type Tool, ToolError } from '../tools/tool.ts'
import { type Connection, createConnection, type Pauses } from './connection.ts'
import { differences, hashesOf } from './offer.ts'
import { type PipeLimits, PipeTransport } from './pipe-transport.ts'
import { serverTool } from './server-tool.ts'
import { createWebTransport } from './web-transport.ts'

export type Servers = {
  list(): ToolsState['servers']
  /** Of servers that are ready and unchanged. */
  tools(): readonly Tool[]
  /** Throws `ToolError`; `identity` is of the tool that was planned with. */
  call(tool: ToolRef, identity: string, args: unknown, signal: AbortSignal): Promise<unknown>
  add(id: ServerId, draft: ServerDraft): void
  edit(id: ServerId, draft: ServerDraft): void
  enable(id: ServerId, enabled: boolean): void
  remove(id: ServerId): void
  restart(id: ServerId): void
  accept(id: ServerId): void
  log(id: ServerId): ReturnType<Connection['log']>
  prompt(id: ServerId, name: string, args: Record<string, string>): Promise<string>
  resource(id: ServerId, uri: string): Promise<string>
  /** Starts those that are switched on. */
  start(): void
  close(): Promise<void>
}

export type ServersDeps = {
  readonly store: ToolServers
  readonly permissions: Permissions
  readonly broker: Broker
  readonly sandbox: Sandbox | null
  readonly version: string
  readonly now: () => number
  readonly onChange: () => void
  readonly pauses?: Pauses
  readonly limits?: Partial<PipeLimits>
}

const mostContent = 200_000

type Held = { stored: StoredServer; connection: Connection }

export function createServers(deps: ServersDeps): Servers {
  const { store, permissions, broker, now, onChange } = deps
  const held = new Map<ServerId, Held>(
    store.all().map((stored) => [stored.id, { stored, connection: connect(stored) }]),
  )

  function connect({ id, config }: StoredServer): Connection {
    return createConnection({
      name: config.name,
      version: deps.version,
      now,
      ...(deps.pauses === undefined ? {} : { pauses: deps.pauses }),
      open: (onLine) => open(config, onLine),
      onChange: () => {
        const mine = held.get(id)
        const state = mine?.connection.state()
        // What it offers the first time is what the person sees when they switch it on.
        if (mine !== undefined && state?.kind === 'ready' && mine.stored.approved === null)
          write(mine, { approved: hashesOf(state.offer), approvedAt: now() })
        onChange()
      },
    })
  }
  const open = (config: ServerConfig, onLine: (text: string) => void) => {
    const { transport } = config
    if (transport.kind === 'http')
      return createWebTransport({ url: new URL(transport.url), headers: transport.headers, name: config.name, broker })
    const argv = [transport.command, ...transport.arguments]
    const caged = !transport.network && deps.sandbox !== null
    return new PipeTransport({
      argv: caged ? deps.sandbox.wrap(argv, { write: transport.folder, network: false }) : argv,
      folder: transport.folder,
      environment: transport.environment,
      onLine,
      ...(deps.limits === undefined ? {} : { limits: deps.limits }),
    })
  }
  const write = (mine: Held, part: Partial<StoredServer>) => {
    mine.stored = { ...mine.stored, ...part }
    store.put(mine.stored)
  }
  const find = (id: ServerId): Held => {
    const found = held.get(id)
    if (found === undefined) throw new HearthError('not-found', 'This server is not there any more.')
    return found
  }
  const changesOf = ({ stored, connection }: Held): string[] => {
    const state = connection.state()
    return state.kind === 'ready' && stored.approved !== null ? differences(stored.approved, state.offer) : []
  }
  const toolsOf = (mine: Held): Tool[] => {
    const state = mine.connection.state()
    if (state.kind !== 'ready') return []
    const { id, config } = mine.stored
    return state.offer.tools.map((tool) => serverTool(id, config.name, canonical(config.transport), tool))
  }
  const ready = (id: ServerId) => {
    const mine = find(id)
    const client = mine.connection.client()
    if (client === null || changesOf(mine).length > 0)
      throw new HearthError('bad-request', `${mine.stored.config.name} is not ready.`, 'Look at it under Tools.')
    return client
  }
  /** The person's wish is the grant: a server at an address may be spoken to while it is on. */
  const grant = ({ stored }: Held) => {
    const { transport } = stored.config
    if (transport.kind !== 'http') return
    const host = hostOf(transport.url)
    for (const known of broker.state().grants)
      if (known.purpose === 'server' && known.host === host) broker.revoke(known.id)
    const wanted = [...held.values()].some(
      (other) =>
        other.stored.enabled &&
        other.stored.config.transport.kind === 'http' &&
        hostOf(other.stored.config.transport.url) === host,
    )
    if (wanted) broker.grant(host, 'server', null, null)
  }

  return {
    list: () =>
      [...held.values()].map((mine) =>
        toServer(mine, toolsOf(mine), changesOf(mine), (tool) => permissions.policy(tool.ref) ?? tool.policy),
      ),
    tools: () => [...held.values()].flatMap((mine) => (changesOf(mine).length > 0 ? [] : toolsOf(mine))),
    call: async (tool, identity, args, signal) => {
      const mine = tool.server === null ? undefined : held.get(tool.server)
      const offered = mine === undefined || changesOf(mine).length > 0 ? [] : toolsOf(mine)
      const client = mine?.connection.client() ?? null
      const now = offered.find(({ ref }) => ref.name === tool.name)
      if (mine === undefined || client === null || now === undefined)
        throw new ToolError('The server of this tool is not ready.')
      if (now.identity !== identity)
        throw new ToolError(`${mine.stored.config.name} is not the server that was asked about.`)
      try {
        return await client.callTool(
          { name: tool.name, arguments: args as Record<string, unknown> },
          { signal, timeout: 120_000 },
        )
      } catch (error) {
        signal.throwIfAborted()
        throw new ToolError(
          `${mine.stored.config.name} failed: ${cutText(cleanText(toFailure(error).message), 500).text}`,
        )
      }
    },
    add: (id, draft) => {
      if (held.has(id)) return
      const stored: StoredServer = {
        id,
        config: configOf(draft, null),
        enabled: false,
        approved: null,
        approvedAt: null,
      }
      store.put(stored)
      held.set(id, { stored, connection: connect(stored) })
      onChange()
    },
    edit: (id, draft) => {
      const mine = find(id)
      const config = configOf(draft, mine.stored.config)
      const same = canonical(config.transport) === canonical(mine.stored.config.transport)
      const before = mine.connection
      write(mine, same ? { config } : { config, approved: null, approvedAt: null })
      if (!same) permissions.removeRulesOf(id)
      mine.connection = connect(mine.stored)
      void before.stop()
      grant(mine)
      if (mine.stored.enabled) mine.connection.start()
      onChange()
    },
    enable: (id, enabled) => {
      const mine = find(id)
      if (mine.stored.enabled === enabled) return
      write(mine, { enabled })
      grant(mine)
      if (enabled) mine.connection.start()
      else void mine.connection.stop().then(onChange)
      onChange()
    },
    remove: (id) => {
      const mine = find(id)
      write(mine, { enabled: false })
      grant(mine)
      void mine.connection.stop()
      held.delete(id)
      store.remove(id)
      permissions.removeRulesOf(id)
      onChange()
    },
    restart: (id) => {
      const mine = find(id)
      if (!mine.stored.enabled)
        throw new HearthError('bad-request', `${mine.stored.config.name} is switched off.`, 'Switch it on first.')
      mine.connection.restart()
    },
    accept: (id) => {
      const mine = find(id)
      const state = mine.connection.state()
      if (state.kind !== 'ready') throw new HearthError('bad-request', `${mine.stored.config.name} is not ready.`)
      write(mine, { approved: hashesOf(state.offer), approvedAt: now() })
      onChange()
    },
    log: (id) => find(id).connection.log(),
    prompt: async (id, name, args) => {
      const { messages } = await ready(id).getPrompt({ name, arguments: args }, { timeout: 30_000 })
      const texts = messages.map(({ content }) =>
        content.type === 'text' ? content.text : `[${content.type}, left out]`,
      )
      return cutText(cleanText(texts.join('\n\n')), mostContent).text
    },
    resource: async (id, uri) => {
      const { contents } = await ready(id).readResource({ uri }, { timeout: 30_000 })
      const texts = contents.map((part) => ('text' in part ? part.text : '[a file that is no text]'))
      return cutText(cleanText(texts.join('\n\n')), mostContent).text
    },
    start: () => {
      for (const mine of held.values()) if (mine.stored.enabled) mine.connection.start()
    },
    close: async () => void (await Promise.all([...held.values()].map(({ connection }) => connection.stop()))),
  }
}

function toServer(
  { stored, connection }: Held,
  tools: readonly Tool[],
  changes: string[],
  policyOf: (tool: Tool) => Policy,
): Server {
  const { id, config, enabled, approvedAt } = stored
  const state = connection.state()
  const offer = state.kind === 'ready' ? state.offer : null
  return {
    id,
    name: config.name,
    transport: hidden(config.transport),
    enabled,
    state: !enabled ? 'off' : changes.length > 0 ? 'changed' : state.kind,
    failure: state.kind === 'waiting' || state.kind === 'failed' ? state.failure : null,
    retryAt: state.kind === 'waiting' ? state.retryAt : null,
    title: offer?.title ?? null,
    version: offer?.version ?? null,
    tools: tools.map((tool) => toInfo(tool, policyOf(tool))),
    prompts: [...(offer?.prompts ?? [])],
    resources: [...(offer?.resources ?? [])],
    approvedAt,
    changes,
  }
}

export const toInfo = ({ ref, title, description, parameters, effects, policies }: Tool, policy: Policy): ToolInfo => ({
  tool: ref,
  title,
  description,
  parameters,
  effects,
  policy: policies.includes(policy) ? policy : 'ask',
  policies: [...policies],
})

/** Values stay here: windows get the names. */
function hidden(transport: ServerConfig['transport']): Server['transport'] {
  const names = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.keys(values).map((name) => [name, null]))
  return transport.kind === 'stdio'
    ? { ...transport, environment: names(transport.environment) }
    : { ...transport, headers: names(transport.headers) }
}

function configOf({ name, transport }: ServerDraft, before: ServerConfig | null): ServerConfig {
  const known =
    before === null ? {} : before.transport.kind === 'stdio' ? before.transport.environment : before.transport.headers
  const filled = (values: Readonly<Record<string, string | null>>) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([key, value]): [string, string][] => {
        const kept = value ?? (Object.hasOwn(known, key) ? known[key] : undefined)
        return kept === undefined ? [] : [[key, kept]]
      }),
    )
  return transport.kind === 'stdio'
    ? { name, transport: { ...transport, environment: filled(transport.environment) } }
    : { name, transport: { ...transport, headers: filled(transport.headers) } }
}
