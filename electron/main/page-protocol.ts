// electron/main/page-protocol.ts: app://hearth/ serves the built page, and nothing else is loaded from anywhere.
import { protocol, type Session } from 'electron'
import { contentSecurityPolicy, readPageFile } from '../page-files.ts'

const scheme = 'app'
export const pageOrigin = `${scheme}://hearth`
export const pageUrl = `${pageOrigin}/`

/** Before `ready`, as Electron asks. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** No COOP, CORP or HSTS here: on a custom scheme they stop the page instead of protecting it. */
export function servePage(session: Session, folder: string): void {
  session.protocol.handle(scheme, async (request) => {
    const url = new URL(request.url)
    if (url.host !== 'hearth') return new Response(null, { status: 404 })
    if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405 })
    const file = await readPageFile(folder, url.pathname)
    if (file === null) return new Response(null, { status: 404 })
    return new Response(file.body, {
      headers: {
        'Content-Type': file.type,
        'Content-Security-Policy': contentSecurityPolicy("'self'"),
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
      },
    })
  })
  // Hearth's window never needs the network. The policy above says so to the page; this says so to everything else.
  const elsewhere = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*']
  session.webRequest.onBeforeRequest({ urls: elsewhere }, (_, answer) => answer({ cancel: true }))
}
