// electron/web/launch-token.ts: the secret in the link. It lives as long as the shell and travels only in the URL
// fragment (which browsers never send) and in the WebSocket's subprotocol list.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, base64url: every character of it is allowed in a subprotocol name (RFC 6455 §4.1). */
export const newToken = () => randomBytes(32).toString('base64url')

/** Compares in constant time, whatever the lengths: both sides are hashed first. */
export function sameToken(expected: string, found: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(expected), digest(found))
}

/** What only a holder of the token can answer to `challenge`; the token itself is not shown. */
export const proofOf = (token: string, challenge: string) => createHmac('sha256', token).update(challenge).digest('hex')
