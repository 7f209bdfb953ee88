// engine/contract/ids.ts: branded identifiers. All are UUIDv7 strings, so that ids sort by time of creation.
import { z } from 'zod'

const id = <B extends string>(brand: B) => z.uuidv7().brand<B>(brand)

export const conversationId = id('ConversationId')
export const messageId = id('MessageId')
export type ConversationId = z.infer<typeof conversationId>
export type MessageId = z.infer<typeof messageId>

/**
 * A new UUIDv7 (RFC 9562 §5.7): 48 bits of unix milliseconds, then 74 random bits.
 * Works in Node and in the browser; `now` is unix milliseconds.
 */
export function uuidv7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export const newConversationId = () => uuidv7() as ConversationId
export const newMessageId = () => uuidv7() as MessageId
