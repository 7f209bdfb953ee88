// engine/contract/egress.ts: what leaves this machine. One broker in the engine process owns every outgoing connection;
// it refuses all that nobody granted, and writes down both.
import { z } from 'zod'
import { conversationId } from './ids.ts'

export const grantId = z.uuidv7().brand('GrantId')
export type GrantId = z.infer<typeof grantId>

/** What a connection is for. A grant is of one host for one purpose. */
export const egressPurpose = z.enum(['page', 'server', 'model'])
export type EgressPurpose = z.infer<typeof egressPurpose>

export const egressGrant = z.object({
  id: grantId,
  /** Host name in ASCII form, with its port where that is not the usual one. */
  host: z.string(),
  purpose: egressPurpose,
  /** Null: in every chat. */
  conversation: conversationId.nullable(),
  createdAt: z.number(),
  /** Unix milliseconds; null: until it is revoked. */
  until: z.number().nullable(),
  uses: z.number().int(),
})
export type EgressGrant = z.infer<typeof egressGrant>

export const egressEntry = z.object({
  id: z.uuidv7(),
  /** Unix milliseconds. */
  at: z.number(),
  /** Who asked: `Hearth`, or the name of a server that was added. */
  process: z.string(),
  host: z.string(),
  method: z.string(),
  purpose: egressPurpose,
  /** `open`: still going. `refused`: nothing was sent. */
  outcome: z.enum(['open', 'done', 'refused', 'failed']),
  bytesOut: z.number().int(),
  bytesIn: z.number().int(),
  /** `You, once`, `You, until 24 Dec`, `nobody`. */
  allowedBy: z.string(),
})
export type EgressEntry = z.infer<typeof egressEntry>

export const egressState = z.object({
  grants: z.array(egressGrant),
  /** Connections that were made since midnight, refused ones apart. */
  today: z.number().int(),
  /** Attempts that were refused since midnight. */
  refusedToday: z.number().int(),
})
export type EgressState = z.infer<typeof egressState>

const none = z.object({})

export const egressCommands = {
  'egress.state': { input: none, output: egressState },
  /** Newest first. `before`: the `id` of the last one seen. */
  'egress.log': {
    input: z.object({
      before: z.uuidv7().nullable().default(null),
      limit: z.number().int().min(1).max(500).default(100),
    }),
    output: z.object({ entries: z.array(egressEntry), more: z.boolean() }),
  },
  'egress.grant': {
    input: z.object({
      host: z.string().min(1).max(260),
      purpose: egressPurpose,
      conversation: conversationId.nullable().default(null),
      until: z.number().nullable().default(null),
    }),
    output: egressState,
  },
  'egress.revoke': { input: z.object({ id: grantId }), output: egressState },
  'egress.revoke-all': { input: none, output: egressState },
} as const

export const egressEvents = [
  z.object({ type: z.literal('egress-entry'), entry: egressEntry }),
  z.object({ type: z.literal('egress-changed'), state: egressState }),
] as const
