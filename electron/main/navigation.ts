// electron/main/navigation.ts: a window shows our page and never anything else. Applied to every web contents there is.
import type { App, WebContents } from 'electron'
import { pageOrigin } from './page-protocol.ts'

const isOurs = (url: string) => url.startsWith(`${pageOrigin}/`)

export function lockNavigation(app: App): void {
  app.on('web-contents-created', (_, contents) => lockContents(contents))
}

function lockContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isOurs(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}
