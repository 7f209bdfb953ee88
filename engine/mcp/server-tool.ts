// engine/mcp/server-tool.ts: a tool of a server as a tool of ours. What it will do cannot be known, only what it claims; so
// it is asked for each time unless the person makes a rule, and its results are a stranger's text.
import { z } from 'zod'
import type { ServerId } from '../contract/tools.ts'
import { oneLine } from '../tools/clean-text.ts'
import { canonical, sha256 } from '../tools/plan.ts'
import { checkedBy, type Tool, ToolError, type ToolResult } from '../tools/tool.ts'
import type { OfferedTool } from './offer.ts'

/** `address`: command or URL. A tool is the same while its server, its address and its own words are. */
export function serverTool(server: ServerId, serverName: string, address: string, offered: OfferedTool): Tool {
  const { name, title, description, schema, claims, hash } = offered
  const identity = sha256(canonical([server, address, hash]))
  const validator = validatorOf(schema)
  return {
    ref: { server, name },
    group: null,
    title,
    description,
    parameters: { ...schema, type: 'object' },
    effects: { reads: 'Says it only reads', changes: 'May change things', destroys: 'Says it can destroy things' }[
      claims
    ],
    policies: ['never', 'ask', 'chat', 'always'],
    policy: 'ask',
    timeoutMs: 60_000,
    basic: false,
    identity,
    check: (raw) => checkedBy(validator, raw),
    plan: async (args) => ({
      words: `used ${title} of ${serverName}`,
      question: `Let ${serverName} ${oneLine(title, 60)}?`,
      effects: [{ kind: 'server-call', server, claims }],
      previews: [{ kind: 'request', method: name, url: serverName, body: JSON.stringify(args, null, 2) }],
      rehearsed: false,
      patterns:
        claims === 'destroys'
          ? []
          : [
              { pattern: { kind: 'same', arguments: canonical(args) }, words: `use ${title} with exactly this` },
              { pattern: { kind: 'any' }, words: `use ${title}` },
            ],
    }),
    run: async (args, hands) => {
      const answer = await hands.callServer({ server, name }, identity, args, claims)
      return toResult(answer, serverName)
    },
  }
}

const content = z.object({
  content: z.array(z.looseObject({ type: z.string() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
})

/** Text and structure; pictures and sounds are named and left out. Throws `ToolError` when the tool says it failed. */
function toResult(answer: unknown, serverName: string): ToolResult {
  const parsed = content.safeParse(answer)
  if (!parsed.success) throw new ToolError(`${serverName} answered with something that is no result.`)
  const parts = parsed.data.content.map((part) => {
    if (part.type === 'text' && typeof part.text === 'string') return part.text
    if (part.type === 'resource' && part.resource !== null && typeof part.resource === 'object')
      return 'text' in part.resource && typeof part.resource.text === 'string'
        ? part.resource.text
        : '[a file that is no text]'
    if (part.type === 'resource_link' && typeof part.uri === 'string') return `[link: ${part.uri}]`
    return `[${part.type}, left out]`
  })
  const text = parts.join('\n')
  if (parsed.data.isError) throw new ToolError(`${serverName} says: ${text === '' ? 'it failed' : text.slice(0, 2000)}`)
  const structured = parsed.data.structuredContent
  return {
    value: { source: serverName, text: text === '' && structured !== undefined ? JSON.stringify(structured) : text },
    origins: [{ kind: 'server', name: serverName }],
  }
}

/** Patterns of a stranger are not run over texts: a bad one never ends. What is not understood is left to the server. */
function validatorOf(schema: Readonly<Record<string, unknown>>): z.ZodType<Readonly<Record<string, unknown>>> {
  const object = z.record(z.string(), z.unknown())
  try {
    const made = z.fromJSONSchema({ ...withoutPatterns(schema), type: 'object' })
    return object.superRefine((value, context) => {
      const result = made.safeParse(value)
      if (!result.success)
        for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path, message })
    })
  } catch {
    return object
  }
}

function withoutPatterns(value: unknown, depth = 0): Record<string, unknown> {
  if (depth > 40) return {}
  const clean = (inner: unknown): unknown =>
    Array.isArray(inner)
      ? inner.map(clean)
      : inner !== null && typeof inner === 'object'
        ? withoutPatterns(inner, depth + 1)
        : inner
  return value !== null && typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]) =>
          ['pattern', 'patternProperties', 'format', '$schema'].includes(key) &&
          typeof inner !== 'boolean' &&
          !isProperty(inner, key)
            ? []
            : [[key, clean(inner)]],
        ),
      )
    : {}
}

/** An argument may be called `pattern` or `format`: then what stands there is a schema. */
const isProperty = (inner: unknown, key: string): boolean =>
  key !== 'patternProperties' && inner !== null && typeof inner === 'object'
