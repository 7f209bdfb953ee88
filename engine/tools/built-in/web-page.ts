// engine/tools/built-in/web-page.ts: one page of the web, through the broker, for a host that the person allowed.
import { z } from 'zod'
import { PageError } from '../../egress/page.ts'
import { oneLine } from '../clean-text.ts'
import { textOfDocument } from '../document-text.ts'
import { pageEffect } from '../hands.ts'
import { builtIn, type Tool, ToolError } from '../tool.ts'

const fetchPageTool = builtIn({
  name: 'fetch_page',
  group: 'web',
  title: 'Fetch a page',
  description: 'Fetch the text of one web page.',
  effects: 'Sends the address, nothing else',
  policies: ['never', 'ask', 'chat'],
  policy: 'ask',
  timeoutMs: 30_000,
  input: z.object({ url: z.string().min(1).max(4096).describe('The whole address, with https://') }),
  plan: ({ url }) => {
    const address = parse(url)
    const said = address.pathname.length + address.search.length
    return {
      words: `fetched a page from ${oneLine(address.host, 60)}`,
      question: `Fetch a page from ${oneLine(address.host, 60)}?`,
      effects: [pageEffect(address)],
      previews: [{ kind: 'request', method: 'GET', url: address.href, body: '' }],
      rehearsed: false,
      // The address itself can carry words out, so a long one is not covered by what was allowed for short ones.
      patterns:
        said > 200
          ? []
          : [{ pattern: { kind: 'host', host: address.host }, words: `fetch pages from ${oneLine(address.host, 60)}` }],
    }
  },
  run: async ({ url }, hands) => {
    const address = parse(url)
    try {
      const page = await hands.fetchPage(address)
      if (page.status >= 400) throw new ToolError(`${address.host} answered with ${page.status}.`)
      const name = address.pathname.split('/').at(-1) || address.host
      const { text } = await textOfDocument(page.bytes, name, page.contentType)
      return { value: { source: page.url, text }, origins: [{ kind: 'web', name: address.host }] }
    } catch (error) {
      throw error instanceof PageError ? new ToolError(error.message) : error
    }
  },
})

function parse(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new ToolError(`An address such as https://example.com/page was expected, found "${oneLine(text)}".`)
  if (url.username !== '' || url.password !== '') throw new ToolError('An address with a password in it is not used.')
  url.hash = ''
  return url
}

export const webPage: readonly Tool[] = [fetchPageTool]
