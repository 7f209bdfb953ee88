// Starts and requests that are not as they should be: a port in use, two starts at once, strangers on the loopback.
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebSocket } from 'ws'
import { expect, test } from './fixtures/app.ts'
import { type Host, runShellToItsEnd, startHost } from './fixtures/host.ts'

let dataDir = ''
test.beforeEach(({ shell }) => {
  test.skip(shell === 'electron', 'the desktop app has no port and is one instance by the system')
  dataDir = mkdtempSync(path.join(tmpdir(), 'hearth-start-'))
})
test.afterEach(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }))

test('a port in use ends the start with one sentence, and the folder is free for the next', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const { code, errors, output } = await runShellToItsEnd({ dataDir, flags: ['--port', String(port)] })
  expect({ code, output }).toEqual({ code: 1, output: '' })
  expect(errors.trim()).toBe(
    `Port ${port} was expected to be free, but another program listens there. Choose another with --port, or leave it out.`,
  )
  other.close()
  await (await startHost({ dataDir })).stop()
})

test('two starts at once are one host, and both show its link', async () => {
  const [first, second] = await Promise.all([
    startHost({ dataDir }).catch((error: unknown) => String(error)),
    startHost({ dataDir }).catch((error: unknown) => String(error)),
  ])
  const running = [first, second].filter((one): one is Host => typeof one !== 'string')
  const [other] = [first, second].filter((one) => typeof one === 'string')
  expect(running).toHaveLength(1)
  expect(other).toContain(`Hearth is already running: ${running[0]?.link}`)
  const third = await runShellToItsEnd({ dataDir })
  expect(third).toMatchObject({ code: 0, output: `Hearth is already running: ${running[0]?.link}\n` })
  await running[0]?.stop()
})

test.describe('strangers', () => {
  let host: Host
  test.beforeEach(async () => {
    host = await startHost({ dataDir })
  })
  test.afterEach(() => host.stop())

  const get = (target: string, headers: Record<string, string> = {}, method = 'GET') => {
    const { port } = new URL(host.link)
    return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path: target, method, headers }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      })
      sent.on('error', reject)
      sent.end()
    })
  }
  /** 101 where the port opens, else the status of the refusal. */
  const upgrade = (changes: { origin?: string | null; host?: string; protocols?: string[]; path?: string }) => {
    const url = new URL(host.link)
    const token = url.hash.slice('#t='.length)
    const socket = new WebSocket(
      `ws://${url.host}${changes.path ?? '/port'}`,
      changes.protocols ?? ['hearth.1', `t.${token}`],
      {
        ...(changes.origin === null ? {} : { origin: changes.origin ?? url.origin }),
        ...(changes.host === undefined ? {} : { headers: { host: changes.host } }),
      },
    )
    return new Promise<number>((resolve, reject) => {
      socket.on('open', () => {
        socket.close()
        resolve(101)
      })
      socket.on('unexpected-response', (_, response) => {
        resolve(response.statusCode ?? 0)
        response.destroy()
      })
      socket.on('error', reject)
    })
  }

  test('the page is served to its own name only, with a policy and without a cookie', async () => {
    const page = await get('/')
    expect(page.status).toBe(200)
    expect(page.headers['set-cookie']).toBeUndefined()
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['access-control-allow-origin']).toBeUndefined()
    const { port } = new URL(host.link)
    for (const name of [`localhost:${port}`, 'evil.example', `127.0.0.1.evil.example:${port}`, '127.0.0.1', '[::1]'])
      expect((await get('/', { host: name })).status, name).toBe(421)
    expect((await get('/', {}, 'POST')).status).toBe(405)
  })

  test('no path leads out of the page', async () => {
    const page = (await get('/')).body
    for (const target of [
      '/../package.json',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/assets/../../../package.json',
      '/assets/..%5c..%5cpackage.json',
      '//etc/passwd',
      '/%00',
      '/assets/%ff',
      'http://evil.example/package.json',
    ]) {
      const { status, body } = await get(target)
      // An unknown path is the page itself, or refused: never another file.
      if (status === 200) expect(body, target).toBe(page)
      else expect([400, 404, 421], target).toContain(status)
      expect(body).not.toContain('better-sqlite3')
      expect(body).not.toContain('root:')
    }
  })

  test('the port opens for the page with the token and for nobody else', async () => {
    const url = new URL(host.link)
    const token = url.hash.slice('#t='.length)
    expect(await upgrade({})).toBe(101)
    expect(await upgrade({ origin: null })).toBe(403)
    for (const origin of ['https://evil.example', 'null', `https://${url.host}`, `http://localhost:${url.port}`])
      expect(await upgrade({ origin }), origin).toBe(403)
    expect(await upgrade({ host: `localhost:${url.port}` })).toBe(421)
    for (const wrong of ['', 'a', token.slice(0, -1), `${token}x`, token.toLowerCase()])
      expect(await upgrade({ protocols: ['hearth.1', `t.${wrong}`] }), wrong).toBe(401)
    expect(await upgrade({ protocols: ['hearth.1'] })).toBe(401)
    expect(await upgrade({ path: '/elsewhere' })).toBe(404)
  })
})
