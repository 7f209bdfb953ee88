// electron/web/loopback-server.ts: HTTP and WebSocket on 127.0.0.1. The files hold no secret and need no token; the
// port to the engine does. Every request must name this host exactly, which stops DNS rebinding.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { contentSecurityPolicy, readPageFile } from '../page-files.ts'
import { proofOf, sameToken } from './launch-token.ts'
import { longestMessageBytes } from './window-socket.ts'

export const protocolName = 'hearth.1'
const tokenPrefix = 't.'
/** Tabs at a time. More is a fault or an attack, not a person. */
const mostSockets = 32

export type LoopbackOptions = {
  readonly pageFolder: string
  readonly token: string
  /** 0: any free one. */
  readonly port: number
  readonly onSocket: (socket: WebSocket) => void
}

export interface LoopbackServer {
  readonly port: number
  /** The link a person opens: the token is in the fragment. */
  readonly link: string
  close(): Promise<void>
}

/** Rejects with the error of `listen`, such as EADDRINUSE. */
export async function startLoopbackServer(options: LoopbackOptions): Promise<LoopbackServer> {
  const { pageFolder, token, onSocket } = options
  let host = ''
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessageBytes,
    perMessageDeflate: false,
    handleProtocols: () => protocolName, // not the one with the token: that must not come back
  })
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'The page could not be read.')
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders(host))) response.setHeader(name, value)
    if (request.headers.host !== host) return refuse(response, 421, `Only ${host} is served here.`)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET and HEAD.')
    const url = targetOf(request)
    if (url === null) return refuse(response, 400, 'The address cannot be read.')
    if (url.pathname === '/instance') {
      // A second start asks whether this is the shell that wrote the token into the data folder.
      const body = JSON.stringify({ proof: proofOf(token, url.searchParams.get('challenge') ?? '') })
      return void response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(body)
    }
    const file = await readPageFile(pageFolder, url.pathname)
    if (file === null) return refuse(response, 404, 'There is no such file.')
    response.writeHead(200, {
      'Content-Type': file.type,
      'Content-Length': file.body.length,
      'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    const refusal = upgradeRefusal(request, host, token, sockets.clients.size)
    if (refusal !== null) {
      return stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => socket.terminate()) // a broken frame or one that is too long
      onSocket(socket)
    })
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  host = `127.0.0.1:${port}`
  return {
    port,
    link: `http://${host}/#t=${token}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Why this upgrade is refused, as an HTTP status line, or null when it may pass. */
function upgradeRefusal(request: IncomingMessage, host: string, token: string, open: number): string | null {
  if (request.headers.host !== host) return '421 Misdirected Request'
  if (request.headers.origin !== `http://${host}`) return '403 Forbidden'
  if (targetOf(request)?.pathname !== '/port') return '404 Not Found'
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  const given = protocols.find((name) => name.startsWith(tokenPrefix))?.slice(tokenPrefix.length)
  if (!protocols.includes(protocolName) || given === undefined || !sameToken(token, given)) return '401 Unauthorized'
  if (open >= mostSockets) return '503 Service Unavailable'
  return null
}

function securityHeaders(host: string): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(`'self' ws://${host}`),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}

/** The target of a request without its origin; null when it is not an absolute path. */
function targetOf(request: IncomingMessage): { pathname: string; searchParams: URLSearchParams } | null {
  const target = request.url ?? ''
  if (!target.startsWith('/')) return null
  // Not `new URL`, which would resolve `..` before anybody could see it.
  const [pathname = '', query = ''] = target.split('?', 2)
  return { pathname, searchParams: new URLSearchParams(query) }
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(sentence)
}
