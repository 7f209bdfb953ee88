// electron/test-support/web-shell.ts: starts the real web shell as its users do, with a page and an engine of the test.
import { type ChildProcess, spawn } from 'node:child_process'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import path from 'node:path'
import { WebSocket } from 'ws'
import { until } from './wait.ts'

const main = path.join(import.meta.dirname, '..', 'web', 'main.ts')
const engine = path.join(import.meta.dirname, 'scripted-engine.ts')

export type WebShell = {
  readonly process: ChildProcess
  readonly output: () => string
  readonly errors: () => string
  /** Resolves with the exit code, or the name of the signal. */
  readonly ended: Promise<number | string | null>
  /** The link of the ready line, or of the line that says it is already running. */
  readonly link: () => Promise<URL>
}

export function startWebShell(
  options: { page: string; data: string; environment?: Record<string, string> },
  ...flags: string[]
): WebShell {
  const child = spawn(process.execPath, [main, '--data', options.data, '--no-open', ...flags], {
    env: { ...process.env, HEARTH_PAGE: options.page, HEARTH_ENGINE: engine, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = new Promise<number | string | null>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal)),
  )
  return {
    process: child,
    output: () => output,
    errors: () => errors,
    ended,
    link: async () => new URL(await until(() => /^Hearth is (?:ready|already running): (\S+)$/m.exec(output)?.[1])),
  }
}

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }

/** A raw request: neither the path nor the Host header is tidied up. */
export function get(link: URL, target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: link.port, path: target, method, headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    request.on('error', reject)
    request.end()
  })
}

export const tokenOf = (link: URL) => link.hash.slice('#t='.length)

export type Tab = { readonly socket: WebSocket; readonly messages: { type: string; [key: string]: unknown }[] }

/** Opens the port as a page does; `refused` is the HTTP status where the upgrade was refused. */
export async function openTab(
  link: URL,
  changes: { origin?: string | null; host?: string; protocols?: string[]; path?: string } = {},
): Promise<Tab | { refused: number }> {
  const protocols = changes.protocols ?? ['hearth.1', `t.${tokenOf(link)}`]
  const socket = new WebSocket(`ws://127.0.0.1:${link.port}${changes.path ?? '/port'}`, protocols, {
    ...(changes.origin === null ? {} : { origin: changes.origin ?? link.origin }),
    ...(changes.host === undefined ? {} : { headers: { host: changes.host } }),
  })
  const messages: Tab['messages'] = []
  socket.on('message', (data) => messages.push(JSON.parse(data.toString())))
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, messages }))
    socket.on('unexpected-response', (_, response) => {
      resolve({ refused: response.statusCode ?? 0 })
      response.destroy()
    })
    socket.on('error', reject)
  })
}

export async function openedTab(link: URL): Promise<Tab> {
  const tab = await openTab(link)
  if ('refused' in tab) throw new Error(`the port was expected to open, but answered ${tab.refused}`)
  return tab
}
