// engine/egress/egress.test.ts: who may connect, to what, and what is written down; and that there is no other way out.
import { execFile } from 'node:child_process'
// biome-ignore lint/style/noRestrictedImports: the other end of the connections is made here
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { EgressEntry } from '../contract/egress.ts'
import { newConversationId } from '../contract/ids.ts'
import { openTemp } from '../storage/test-support.ts'
import { isOwnNetwork } from './address.ts'
import { createBroker, type EgressRequest, hostOf } from './broker.ts'
import { fetchPage } from './page.ts'

async function listen(answer: http.RequestListener) {
  const seen: string[] = []
  const server = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.headers.host}${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, seen }
}

function setUp(resolve = async () => [{ address: '127.0.0.1', family: 4 }]) {
  const entries: EgressEntry[] = []
  let time = 1_764_000_000_000
  const broker = createBroker({
    store: openTemp().tools.egress,
    now: () => time,
    onEntry: (entry) => entries.push(entry),
    onChange: () => {},
    resolve,
  })
  const request = (url: string, part: Partial<EgressRequest> = {}) =>
    broker.request({
      url: new URL(url),
      method: 'GET',
      headers: {},
      body: null,
      purpose: 'server',
      process: 'Test',
      conversation: null,
      permit: null,
      ownNetwork: true,
      signal: new AbortController().signal,
      ...part,
    })
  return {
    broker,
    entries,
    request,
    later: (ms: number) => {
      time += ms
    },
  }
}

const textOf = async (body: AsyncIterable<Buffer>) => {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('nothing is sent, and no name is looked up, without a grant; the attempt is written down', async () => {
  const { seen, port } = await listen((_, response) => response.end('hi'))
  const lookups: string[] = []
  const { broker, entries, request } = setUp(async () => {
    lookups.push('lookup')
    return [{ address: '127.0.0.1', family: 4 }]
  })
  await expect(request(`http://host.example:${port}/a`)).rejects.toThrow(/Nobody allowed/)
  expect([seen, lookups]).toEqual([[], []])
  expect(entries).toMatchObject([
    { host: `host.example:${port}`, outcome: 'refused', allowedBy: 'nobody', bytesOut: 0, bytesIn: 0 },
  ])
  expect(broker.state()).toMatchObject({ today: 0, refusedToday: 1 })
})

test('a grant is of one host for one purpose, in one chat, until its time; each use is counted and logged', async () => {
  const { port } = await listen((_, response) => response.end('hello'))
  const { broker, request, later, entries } = setUp()
  const chat = newConversationId()
  const host = `host.example:${port}`
  const grant = broker.grant(host, 'server', chat, broker.state().grants.length + 1_764_000_005_000)
  expect(await textOf((await request(`http://${host}/a`, { conversation: chat })).body)).toBe('hello')
  expect(entries.at(-1)).toMatchObject({
    outcome: 'done',
    bytesIn: 5,
    process: 'Test',
    purpose: 'server',
    allowedBy: expect.stringContaining('in that chat'),
  })
  expect(entries.at(-1)?.bytesOut).toBeGreaterThan(0)
  expect(broker.state()).toMatchObject({ grants: [{ id: grant.id, uses: 1 }], today: 1 })
  for (const wrong of [
    { conversation: newConversationId() },
    { conversation: null },
    { conversation: chat, purpose: 'page' as const },
  ])
    await expect(request(`http://${host}/a`, wrong)).rejects.toThrow(/Nobody allowed/)
  await expect(request(`http://other.example:${port}/`, { conversation: chat })).rejects.toThrow(/Nobody allowed/)
  later(10_000)
  await expect(request(`http://${host}/a`, { conversation: chat })).rejects.toThrow(/Nobody allowed/)
  broker.grant(host, 'server', null, null)
  broker.revokeAll()
  await expect(request(`http://${host}/a`)).rejects.toThrow(/Nobody allowed/)
})

test('a page may not come from the own network, however its name is written', async () => {
  const { seen, port } = await listen((_, response) => response.end('secret'))
  const page = { purpose: 'page' as const, ownNetwork: false, permit: 'You, once' }
  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '100.64.0.1',
    '0.0.0.0',
  ])
    await expect(
      setUp(async () => [{ address, family: address.includes(':') ? 6 : 4 }]).request(
        `http://rebind.example:${port}/`,
        page,
      ),
    ).rejects.toThrow(/own network/)
  expect(seen).toEqual([])
  for (const address of ['8.8.8.8', '2606:4700::1111', '1.1.1.1']) expect(isOwnNetwork(address)).toBe(false)
  for (const address of ['', 'localhost', '2002:7f00:1::', '64:ff9b::7f00:1', '[::1]', 'fe80::1%eth0'])
    expect(isOwnNetwork(address)).toBe(true)
})

test('addresses with a password and other kinds of address are refused', async () => {
  const { request } = setUp()
  await expect(request('http://user:secret@host.example/', { permit: 'x' })).rejects.toThrow(/password/)
  await expect(request('ftp://host.example/', { permit: 'x' })).rejects.toThrow(/no way to the web/)
  expect(hostOf('https://Example.com/path')).toBe('example.com')
  expect(hostOf('example.com:8443')).toBe('example.com:8443')
  expect(() => hostOf('not a host')).toThrow(/example.com/)
  expect(() => hostOf('example.com/path')).toThrow(/example.com/)
})

test('a redirect to another host ends the way, and one that never ends ends too', async () => {
  const far = await listen((_, response) => response.end('far'))
  const near = await listen((request, response) => {
    const to = request.url === '/away' ? `http://127.0.0.1:${far.port}/` : '/round'
    response.writeHead(302, { location: to }).end()
  })
  const { broker } = setUp()
  const open = (path: string) => {
    const relaxed = { ...broker, request: (request: EgressRequest) => broker.request({ ...request, ownNetwork: true }) }
    return fetchPage(
      relaxed,
      new URL(`http://host.example:${near.port}${path}`),
      newConversationId(),
      'You, once',
      new AbortController().signal,
    )
  }
  await expect(open('/away')).rejects.toThrow(/sends on to/)
  await expect(open('/round')).rejects.toThrow(/on and on/)
  expect(far.seen).toEqual([])
})

test('a page that is too long is cut, and one that is stopped ends', async () => {
  const { port } = await listen((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    if (request.url === '/slow') response.write('first')
    else for (let i = 0; i < 80; i++) response.write('x'.repeat(100_000))
    if (request.url !== '/slow') response.end()
  })
  const { broker, entries } = setUp()
  const relaxed = { ...broker, request: (request: EgressRequest) => broker.request({ ...request, ownNetwork: true }) }
  const page = await fetchPage(
    relaxed,
    new URL(`http://host.example:${port}/`),
    newConversationId(),
    'You, once',
    new AbortController().signal,
  )
  expect([page.cut, page.bytes.length]).toEqual([true, 5_000_000])
  const stop = new AbortController()
  const slow = fetchPage(
    relaxed,
    new URL(`http://host.example:${port}/slow`),
    newConversationId(),
    'You, once',
    stop.signal,
  )
  setTimeout(() => stop.abort(), 50)
  await expect(slow).rejects.toThrow()
  expect(entries.at(-1)?.outcome).not.toBe('open')
})

test('fifteen other ways out of the sealed process are shut, and the two keys open', { timeout: 60_000 }, async () => {
  const { seen, port } = await listen((_, response) => response.end('out'))
  const program = fileURLToPath(new URL('./ways-out.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(port)])
  const results = JSON.parse(stdout) as Record<string, string>
  const { keyed, started, ...ways } = results
  expect(Object.keys(ways).length).toBeGreaterThanOrEqual(15)
  for (const [way, result] of Object.entries(ways)) expect([way, result]).toEqual([way, 'refused'])
  expect([keyed, started]).toEqual(['out', 'yes'])
  expect(seen).toEqual([`GET 127.0.0.1:${port}/keyed`])
})
