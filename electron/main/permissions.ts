// electron/main/permissions.ts: what the page may ask of the machine. Nothing, but to put text on the clipboard.
import type { Session } from 'electron'
import { pageOrigin } from './page-protocol.ts'

/** Copying an answer. Reading the clipboard is another permission and stays denied. */
const allowed = new Set(['clipboard-sanitized-write'])

const isOurs = (url: string) => url === pageOrigin || url.startsWith(`${pageOrigin}/`)

/** Electron grants whatever has no handler, so every kind gets one. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_, permission, answer, details) => {
    answer(allowed.has(permission) && details.isMainFrame && isOurs(details.requestingUrl))
  })
  session.setPermissionCheckHandler((_, permission, origin) => allowed.has(permission) && isOurs(origin))
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_, answer) => answer({}))
}
