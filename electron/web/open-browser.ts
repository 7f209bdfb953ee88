// electron/web/open-browser.ts: shows the link in the person's browser. The link is printed as well, so a failure here
// is not worth a word.
import { spawn } from 'node:child_process'

/** The command that opens a link, or null where there is no desktop to open it on. */
export function browserCommand(platform: string, environment: Readonly<Record<string, string | undefined>>) {
  if (platform === 'darwin') return 'open'
  if (platform === 'linux' && (environment.DISPLAY || environment.WAYLAND_DISPLAY)) return 'xdg-open'
  return null
}

export function openBrowser(link: string): void {
  const command = browserCommand(process.platform, process.env)
  if (command === null) return
  const child = spawn(command, [link], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
