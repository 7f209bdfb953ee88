// The loopback shell from outside: a real process, real sockets, a scripted engine.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../test-support/wait.ts'
import { get, openedTab, openTab, startWebShell, tokenOf, type WebShell } from '../test-support/web-shell.ts'

let folder: string
let shells: WebShell[]

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hearth-web-'))
  shells = []
  mkdirSync(path.join(folder, 'page', 'assets'), { recursive: true })
  writeFileSync(path.join(folder, 'page', 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(path.join(folder, 'page', 'assets', 'app-1.js'), 'export {}')
  writeFileSync(path.join(folder, 'secret.txt'), 'secret')
  symlinkSync(path.join(folder, 'secret.txt'), path.join(folder, 'page', 'link.txt'))
})
afterEach(async () => {
  for (const shell of shells) shell.process.kill('SIGKILL')
  await Promise.all(shells.map(({ ended }) => ended))
  rmSync(folder, { recursive: true })
})

function start(flags: string[] = [], environment: Record<string, string> = {}): WebShell {
  const notes = { HEARTH_ENGINE_NOTES: path.join(folder, 'notes') }
  const shell = startWebShell(
    { page: path.join(folder, 'page'), data: path.join(folder, 'data'), environment: { ...notes, ...environment } },
    ...flags,
  )
  shells.push(shell)
  return shell
}
const notes = () => readFileSync(path.join(folder, 'notes'), 'utf8').trim().split('\n')

describe('files', () => {
  test('the page is served with its policy, and any screen of it is the same page', async () => {
    const link = await start().link()
    expect(link.hostname).toBe('127.0.0.1')
    expect(tokenOf(link)).toMatch(/^[\w-]{43}$/)
    const page = await get(link, '/')
    expect(page.body).toContain('<title>page</title>')
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain(`connect-src 'self' ws://${link.host}`)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['x-content-type-options']).toBe('nosniff')
    expect(page.headers['cross-origin-opener-policy']).toBe('same-origin')
    expect(page.headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(page.headers['set-cookie']).toBeUndefined()
    expect((await get(link, '/conversation/7')).body).toBe(page.body)
    const script = await get(link, '/assets/app-1.js')
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(script.headers['cache-control']).toContain('immutable')
    expect((await get(link, '/assets/app-2.js')).status).toBe(404)
    expect((await get(link, '/', {}, 'POST')).status).toBe(405)
  })

  test('nothing outside the page folder is served', async () => {
    const link = await start().link()
    const targets = [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/..%5csecret.txt',
      '/link.txt',
    ]
    for (const target of targets) {
      const { status, body } = await get(link, target)
      expect(status, target).toBe(404)
      expect(body).not.toContain('secret')
    }
    expect((await get(link, '/%E0%A4%A')).status).toBe(404)
    expect((await get(link, '/index.html%00.txt')).status).toBe(404)
  })

  test('a request that names another host is misdirected', async () => {
    const link = await start().link()
    for (const host of [`localhost:${link.port}`, '127.0.0.1', 'evil.example', `evil.example:${link.port}`]) {
      expect((await get(link, '/', { host })).status, host).toBe(421)
    }
  })
})

describe('the port', () => {
  test('opens for the page that holds the token, and the token does not come back', async () => {
    const link = await start().link()
    const { socket, messages } = await openedTab(link)
    expect(socket.protocol).toBe('hearth.1')
    expect(socket.extensions).toBe('')
    await until(() => messages.length === 1)
    expect(messages[0]?.type).toBe('hello')
    socket.send(JSON.stringify({ type: 'call', id: 5, command: 'echo', input: { text: 'grüße 🔥' } }))
    await until(() => messages.length === 2)
    expect(messages[1]).toEqual({ type: 'result', id: 5, output: { text: 'grüße 🔥' } })
  })

  test('is refused without the right token, origin, host and path', async () => {
    const link = await start().link()
    const wrong = `t.${'A'.repeat(43)}`
    expect(await openTab(link, { protocols: ['hearth.1'] })).toEqual({ refused: 401 })
    expect(await openTab(link, { protocols: ['hearth.1', wrong] })).toEqual({ refused: 401 })
    expect(await openTab(link, { protocols: ['hearth.1', 't.'] })).toEqual({ refused: 401 })
    expect(await openTab(link, { protocols: [`t.${tokenOf(link)}`] })).toEqual({ refused: 401 })
    expect(await openTab(link, { origin: null })).toEqual({ refused: 403 })
    expect(await openTab(link, { origin: 'http://evil.example' })).toEqual({ refused: 403 })
    expect(await openTab(link, { origin: `http://localhost:${link.port}` })).toEqual({ refused: 403 })
    expect(await openTab(link, { host: `localhost:${link.port}` })).toEqual({ refused: 421 })
    expect(await openTab(link, { path: '/other' })).toEqual({ refused: 404 })
    expect(await openTab(link)).toHaveProperty('socket')
  })

  test('closes on what is not JSON text, and the shell lives', async () => {
    const link = await start().link()
    for (const wrong of ['{"type":', Buffer.from([1, 2, 3])]) {
      const { socket } = await openedTab(link)
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.send(wrong)
      expect(await closed).toBe(1007)
    }
    expect((await get(link, '/')).status).toBe(200)
  })

  test('closes when the engine closes it', async () => {
    const link = await start().link()
    const { socket, messages } = await openedTab(link)
    await until(() => messages.length === 1)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.send(JSON.stringify({ type: 'call', id: 1, command: 'close-me' }))
    expect(await closed).toBe(1001)
  })

  test('drops a tab that does not read, instead of keeping all it missed in memory', async () => {
    const link = await start().link()
    const { socket, messages } = await openedTab(link)
    await until(() => messages.length === 1)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.send(JSON.stringify({ type: 'call', id: 1, command: 'flood' }))
    socket.pause()
    await until(() => notes().some((line) => line.startsWith('close ')))
    socket.resume()
    await closed
    expect(messages.length).toBeLessThan(200)
  })
})

describe('an engine that is killed', () => {
  test('is announced to the tab, which then gets the next engine on the same socket', async () => {
    const link = await start().link()
    const { socket, messages } = await openedTab(link)
    await until(() => messages.length === 1)
    process.kill(Number(notes()[0]?.split(' ')[1]), 'SIGKILL')
    await until(() => messages.length === 2)
    socket.send(JSON.stringify({ type: 'call', id: 9, command: 'echo', input: 1 }))
    await until(() => messages.length === 4)
    expect(messages.map(({ type }) => type)).toEqual(['hello', 'engine-lost', 'failed', 'hello'])
    expect(messages[1]).toMatchObject({ retryMs: 250, failure: { code: 'engine-crashed' } })
    expect(messages[2]).toMatchObject({ id: 9, failure: { code: 'engine-crashed' } })
    socket.send(JSON.stringify({ type: 'call', id: 10, command: 'echo', input: 2 }))
    await until(() => messages.length === 5)
    expect(messages[4]).toEqual({ type: 'result', id: 10, output: 2 })
  })
})

describe('one shell per data folder', () => {
  test('a second start prints the link of the first and ends well', async () => {
    const first = start()
    const link = await first.link()
    const file = path.join(folder, 'data', 'instance.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const second = start()
    expect(await second.ended).toBe(0)
    expect(second.output()).toBe(`Hearth is already running: ${link.href}\n`)
  })

  test('of six starts at the same moment one runs and all show its link', async () => {
    const six = Array.from({ length: 6 }, () => start())
    const links = await Promise.all(six.map((shell) => shell.link()))
    expect(new Set(links.map(({ href }) => href)).size).toBe(1)
    const running = six.filter((shell) => shell.output().startsWith('Hearth is ready'))
    expect(running).toHaveLength(1)
    const { messages } = await openedTab(links[0] as URL)
    await until(() => messages.length === 1)
    await Promise.all(six.filter((shell) => shell !== running[0]).map(async ({ ended }) => expect(await ended).toBe(0)))
    expect(notes().filter((line) => line.startsWith('start '))).toHaveLength(1)
  })

  test('what a killed shell left behind stops nobody', async () => {
    const first = start()
    const old = await first.link()
    first.process.kill('SIGKILL')
    await first.ended
    const second = start()
    const link = await second.link()
    expect(second.output()).toContain('Hearth is ready')
    expect(tokenOf(link)).not.toBe(tokenOf(old))
  })
})

describe('the command line', () => {
  test('a port in use gives one sentence and exit code 1', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as { port: number }
    const shell = start(['--port', String(port)])
    expect(await shell.ended).toBe(1)
    expect(shell.errors()).toBe(
      `Port ${port} was expected to be free, but another program listens there. Choose another with --port, or leave it out.\n`,
    )
    blocker.close()
  })

  test.each([['--port', 'abc'], ['--port', '70000'], ['--linger', 'soon'], ['--unknown']])(
    '%s %s is refused with one sentence',
    async (...flags) => {
      const shell = start(flags)
      expect(await shell.ended).toBe(1)
      expect(shell.errors().trim().split('\n')).toHaveLength(1)
    },
  )

  test('a data folder that cannot be made gives one sentence that names it', async () => {
    writeFileSync(path.join(folder, 'data'), 'a file')
    const shell = start()
    expect(await shell.ended).toBe(1)
    expect(shell.errors().trim().split('\n')).toHaveLength(1)
    expect(shell.errors()).toContain(path.join(folder, 'data'))
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the engine first and leaves nothing behind', async (signal) => {
    const shell = start()
    const link = await shell.link()
    const { socket, messages } = await openedTab(link)
    await until(() => messages.length === 1)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    shell.process.kill(signal)
    expect(await shell.ended).toBe(0)
    await closed
    expect(notes().at(-1)).toBe('shutdown')
    expect(() => statSync(path.join(folder, 'data', 'instance.json'))).toThrow('ENOENT')
  })

  test('the shell ends by itself once the last tab has been gone for as long as --linger says', async () => {
    const shell = start(['--linger', '0.1'])
    const link = await shell.link()
    const first = await openedTab(link)
    const second = await openedTab(link)
    first.socket.close()
    second.socket.close()
    expect(await shell.ended).toBe(0)
  })
})
