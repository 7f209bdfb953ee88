// engine/egress/page.ts: one web page as text. Redirects stay on the host that was allowed; what is too large, too slow or
// no text ends with a sentence.
import type { ConversationId } from '../contract/ids.ts'
import type { Broker } from './broker.ts'

export type Page = {
  readonly url: string
  readonly status: number
  readonly contentType: string
  readonly bytes: Uint8Array
  /** True when there was more than was read. */
  readonly cut: boolean
}

const mostBytes = 5_000_000
const mostRedirects = 5

export class PageError extends Error {
  override readonly name = 'PageError'
}

export async function fetchPage(
  broker: Broker,
  address: URL,
  conversation: ConversationId,
  allowedBy: string,
  signal: AbortSignal,
): Promise<Page> {
  let url = address
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = await broker.request({
      url,
      method: 'GET',
      headers: { accept: 'text/html,text/plain,application/json,application/pdf;q=0.9', 'user-agent': 'Hearth' },
      body: null,
      purpose: 'page',
      process: 'Hearth',
      conversation,
      permit: allowedBy,
      ownNetwork: false,
      signal,
    })
    const target = answer.headers.location
    if (answer.status >= 300 && answer.status < 400 && target !== undefined) {
      for await (const _ of answer.body) break // the connection is not kept
      const next = URL.parse(target, url.href)
      if (next === null) throw new PageError(`${url.host} answered with a redirect that leads nowhere.`)
      if (next.host !== address.host || (url.protocol === 'https:' && next.protocol !== 'https:'))
        throw new PageError(
          `${url.host} sends on to ${next.origin}, which was not allowed. Ask for that address instead.`,
        )
      url = next
      continue
    }
    const { bytes, cut } = await readSome(answer.body)
    return { url: url.href, status: answer.status, contentType: answer.headers['content-type'] ?? '', bytes, cut }
  }
  throw new PageError(`${address.host} sent on and on (${mostRedirects} times).`)
}

async function readSome(body: AsyncIterable<Buffer>): Promise<{ bytes: Uint8Array; cut: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > mostBytes) return { bytes: Buffer.concat(chunks).subarray(0, mostBytes), cut: true }
  }
  return { bytes: Buffer.concat(chunks), cut: false }
}
