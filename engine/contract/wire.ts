// engine/contract/wire.ts: the messages on a port, and the port itself. The same over a MessagePort (Electron),
// a WebSocket (web shell) and a pair of objects (tests).
//
// Events are numbered batches. The window acknowledges each batch after it has drawn it; the host keeps at most
// `eventWindow` batches in flight and meanwhile merges what waits (text of one reply becomes one delta), so a slow
// window costs neither memory nor correctness.
import { z } from 'zod'
import { appEvent } from './events.ts'
import { failure } from './failure.ts'

export const protocolVersion = 1
export const eventWindow = 4

export const toHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id: z.number().int(), command: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('ack'), batch: z.number().int() }),
])
export type ToHost = z.infer<typeof toHost>

export const toWindow = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.number().int(), version: z.string() }),
  z.object({ type: z.literal('result'), id: z.number().int(), output: z.unknown() }),
  z.object({ type: z.literal('failed'), id: z.number().int(), failure }),
  z.object({ type: z.literal('events'), batch: z.number().int(), events: z.array(appEvent) }),
  /** From the shell, not the engine: the engine process ended; the shell is starting it again in `retryMs`. */
  z.object({ type: z.literal('engine-lost'), failure, retryMs: z.number().nullable() }),
])
export type ToWindow = z.infer<typeof toWindow>

/** One end of a two-way channel of JSON-like values. After `close` (by either end) nothing more is delivered. */
export interface Port {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
}
