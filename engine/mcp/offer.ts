// engine/mcp/offer.ts: what a server says that it offers, taken with care: bounded, cleaned, and as hashes, so that a tool
// that becomes another one after it was looked at is noticed.
import type { Client } from '@modelcontextprotocol/client'
import { cleanText, cutText, oneLine } from '../tools/clean-text.ts'
import { canonical, sha256 } from '../tools/plan.ts'

export type OfferedTool = {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
  /** It says so itself. */
  readonly claims: 'reads' | 'changes' | 'destroys'
  /** Of everything that it said about this tool. */
  readonly hash: string
}

export type Offer = {
  readonly title: string | null
  readonly version: string | null
  readonly tools: readonly OfferedTool[]
  readonly prompts: readonly { readonly name: string; readonly description: string; readonly arguments: string[] }[]
  readonly resources: readonly { readonly uri: string; readonly name: string; readonly kind: string | null }[]
  /** What was left out, and why. */
  readonly problems: readonly string[]
}

const mostTools = 128
const mostPages = 20
const mostSchema = 64_000
const mostListed = 500

/** Asks for everything. Throws when the server does not answer; a list that it does not know is empty. */
export async function readOffer(client: Client, signal: AbortSignal): Promise<Offer> {
  const capabilities = client.getServerCapabilities() ?? {}
  const version = client.getServerVersion()
  const options = { signal, timeout: 20_000 }
  const problems: string[] = []
  const tools = new Map<string, OfferedTool>()
  if (capabilities.tools !== undefined)
    for await (const tool of pages(async (cursor) => {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, options)
      return { items: page.tools, next: page.nextCursor }
    })) {
      const taken = takeTool(tool)
      if (typeof taken === 'string') problems.push(taken)
      else if (tools.has(taken.name)) problems.push(`A second tool called ${taken.name} was left out.`)
      else if (tools.size >= mostTools) problems.push(`More than ${mostTools} tools: ${taken.name} was left out.`)
      else tools.set(taken.name, taken)
    }
  const prompts: Offer['prompts'][number][] = []
  if (capabilities.prompts !== undefined)
    for await (const prompt of pages(async (cursor) => {
      const page = await client.listPrompts(cursor === undefined ? {} : { cursor }, options)
      return { items: page.prompts, next: page.nextCursor }
    }))
      prompts.push({
        name: oneLine(prompt.name, 128),
        description: oneLine(prompt.description ?? '', 500),
        arguments: (prompt.arguments ?? []).slice(0, 50).map(({ name }) => oneLine(name, 128)),
      })
  const resources: Offer['resources'][number][] = []
  if (capabilities.resources !== undefined)
    for await (const resource of pages(async (cursor) => {
      const page = await client.listResources(cursor === undefined ? {} : { cursor }, options)
      return { items: page.resources, next: page.nextCursor }
    }))
      resources.push({
        uri: resource.uri.slice(0, 2000),
        name: oneLine(resource.name, 200),
        kind: resource.mimeType === undefined ? null : oneLine(resource.mimeType, 100),
      })
  return {
    title: version === undefined ? null : oneLine(version.title ?? version.name, 80),
    version: version === undefined ? null : oneLine(version.version, 40),
    tools: [...tools.values()],
    prompts,
    resources,
    problems: problems.slice(0, 20),
  }
}

type RawTool = {
  readonly name: string
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly inputSchema: object
  readonly annotations?:
    | { readonly readOnlyHint?: boolean | undefined; readonly destructiveHint?: boolean | undefined }
    | undefined
}

function takeTool(tool: RawTool): OfferedTool | string {
  const shown = oneLine(tool.name, 60)
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(tool.name)) return `"${shown}" was left out: its name has other characters in it.`
  const schema = canonical(tool.inputSchema)
  if (schema.length > mostSchema) return `${shown} was left out: what it says about its arguments is too long.`
  const { readOnlyHint = false, destructiveHint = false } = tool.annotations ?? {}
  return {
    name: tool.name,
    title: oneLine(tool.title ?? tool.name.replaceAll('_', ' '), 80),
    description: cutText(cleanText(tool.description ?? ''), 2000).text,
    schema: { ...tool.inputSchema },
    claims: readOnlyHint ? 'reads' : destructiveHint ? 'destroys' : 'changes',
    hash: sha256(
      canonical([tool.name, tool.title ?? null, tool.description ?? null, tool.inputSchema, tool.annotations ?? null]),
    ),
  }
}

async function* pages<T>(
  read: (cursor: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): AsyncGenerator<T, void, void> {
  let cursor: string | undefined
  let count = 0
  for (let page = 0; page < mostPages; page++) {
    const { items, next } = await read(cursor)
    for (const item of items) if (count++ < mostListed) yield item
    // A server that gives the same place for ever is at its end.
    if (next === undefined || next === cursor || count >= mostListed) return
    cursor = next
  }
}

/** What is different, in words. */
export function differences(approved: Readonly<Record<string, string>>, offer: Offer): string[] {
  const now = new Map(offer.tools.map(({ name, hash }) => [name, hash]))
  const lines: string[] = []
  for (const [name, hash] of now)
    if (!Object.hasOwn(approved, name)) lines.push(`${name} is new.`)
    else if (approved[name] !== hash) lines.push(`${name} says something else about itself.`)
  for (const name of Object.keys(approved)) if (!now.has(name)) lines.push(`${name} is gone.`)
  return lines
}

export const hashesOf = (offer: Offer): Record<string, string> =>
  Object.fromEntries(offer.tools.map(({ name, hash }) => [name, hash]))
