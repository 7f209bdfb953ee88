// electron/main/main-window.ts: the one window. Its page runs in a sandbox and sees the preload's bridge only.
import { BrowserWindow, nativeTheme, screen } from 'electron'
import { pageUrl } from './page-protocol.ts'
import { fitBounds, readBounds, smallest, writeBounds } from './window-bounds.ts'

/** The canvas colours of the two themes, so that nothing flashes before the first paint. */
const canvas = { light: '#f1eeea', dark: '#12110f' } as const
/** A page that crashes twice within this time is not loaded once more: the fault would only repeat. */
const crashLoopMs = 10_000

export type WindowOptions = { readonly preload: string; readonly boundsFile: string; readonly developing: boolean }

export function openMainWindow({ preload, boundsFile, developing }: WindowOptions): BrowserWindow {
  const displays = screen.getAllDisplays().map((display) => display.workArea)
  const window = new BrowserWindow({
    ...fitBounds(readBounds(boundsFile), displays),
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: 'Hearth',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? canvas.dark : canvas.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: developing,
      // Elsewhere Chromium would fetch its dictionaries from the network; the Mac brings its own.
      spellcheck: process.platform === 'darwin',
    },
  })
  window.once('ready-to-show', () => window.show())
  window.on('close', () => writeBounds(boundsFile, window.getNormalBounds()))

  let crashedAt = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_, { reason }) => {
    const now = performance.now()
    if (reason !== 'clean-exit' && now - crashedAt > crashLoopMs) window.reload()
    crashedAt = now
  })
  window.loadURL(pageUrl).catch((error: unknown) => {
    process.stderr.write(`[shell] the page ${pageUrl} was expected to load, but: ${String(error)}\n`)
  })
  return window
}
