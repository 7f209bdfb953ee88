// engine/mcp/web-transport.ts: a server at an address, over streamable HTTP. Every request goes through the broker, to that
// one host, and so is granted, counted and logged.
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Broker } from '../egress/broker.ts'

export type WebOptions = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly name: string
  readonly broker: Broker
  /** Bytes of one answer. A stream that stays open is counted by message. */
  readonly mostBytes?: number
}

const mostBytesByDefault = 10_000_000

export function createWebTransport({ url, headers, name, broker, mostBytes = mostBytesByDefault }: WebOptions) {
  const request = async (address: string | URL, init: RequestInit = {}): Promise<Response> => {
    const target = new URL(address)
    if (target.origin !== url.origin) throw new Error(`${name} sends on to ${target.origin}, which was not allowed.`)
    const body = init.body ?? null
    if (body !== null && typeof body !== 'string') throw new Error('A text was expected as the body of a request.')
    const answer = await broker.request({
      url: target,
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      body: body === null ? null : Buffer.from(body, 'utf8'),
      purpose: 'server',
      process: name,
      conversation: null,
      permit: null,
      ownNetwork: true, // the person typed this address in
      signal: init.signal ?? new AbortController().signal,
    })
    const { status } = answer
    const fields = Object.entries(answer.headers).flatMap(([field, value]): [string, string][] =>
      value === undefined ? [] : [[field, value]],
    )
    const empty = status === 204 || status === 205 || status === 304
    const streaming = (answer.headers['content-type'] ?? '').startsWith('text/event-stream')
    return new Response(empty ? null : bounded(answer.body, mostBytes, streaming), { status, headers: fields })
  }
  return new StreamableHTTPClientTransport(url, {
    fetch: request,
    requestInit: { headers: { ...headers } },
    reconnectionOptions: {
      initialReconnectionDelay: 1000,
      maxReconnectionDelay: 30_000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: 3,
    },
  })
}

/** The body, ended with an error when it, or one event of a stream, is too large. */
function bounded(body: AsyncIterable<Buffer>, most: number, streaming: boolean): ReadableStream<Uint8Array> {
  const source = body[Symbol.asyncIterator]()
  let size = 0
  return new ReadableStream({
    pull: async (to) => {
      try {
        const { done, value } = await source.next()
        if (done === true) return to.close()
        const ends = streaming ? value.lastIndexOf('\n\n') : -1
        size = ends >= 0 ? value.length - ends : size + value.length
        if (size > most) {
          await source.return?.()
          return to.error(new Error('The server sent an answer that is too large.'))
        }
        to.enqueue(value)
      } catch (error) {
        to.error(error)
      }
    },
    cancel: async () => void (await source.return?.()),
  })
}
