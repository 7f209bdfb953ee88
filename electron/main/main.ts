// electron/main/main.ts: Hearth as a desktop app. A list of what is set up, in the order in which Electron wants it.
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { app, BrowserWindow, ipcMain, Menu, session } from 'electron'
import { dataFolder } from '../data-folder.ts'
import { engineBoot, engineEnvironment } from '../engine-boot.ts'
import { createSupervisor } from '../supervisor.ts'
import { openMainWindow } from './main-window.ts'
import { menuTemplate } from './menu.ts'
import { lockNavigation } from './navigation.ts'
import { registerPageScheme, servePage } from './page-protocol.ts'
import { denyPermissions } from './permissions.ts'
import { startUtilityEngine, type UtilityEngine } from './utility-engine.ts'
import { servePorts } from './window-ports.ts'

/** The repository, or the app folder of a package; this file is two folders below it, built or not. */
const root = path.resolve(import.meta.dirname, '..', '..')
const log = (line: string) => process.stderr.write(`[shell] ${line}\n`)

const flag = app.commandLine.getSwitchValue('data')
const dataDir = dataFolder({
  flag: flag === '' ? undefined : flag,
  environment: process.env,
  platform: process.platform,
  home: homedir(),
})
// Chromium's own files stay apart from the person's, and one window belongs to one data folder.
const chromiumFolder = path.join(dataDir, 'chromium')
mkdirSync(chromiumFolder, { recursive: true, mode: 0o700 })
app.setPath('userData', chromiumFolder)

app.enableSandbox()
registerPageScheme()
lockNavigation(app)

if (!app.requestSingleInstanceLock()) app.quit()
else app.whenReady().then(start, (error: unknown) => log(String(error)))

function start(): void {
  const developing = !app.isPackaged
  denyPermissions(session.defaultSession)
  servePage(session.defaultSession, path.join(root, 'dist', 'renderer'))
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, developing)))

  const resources = app.isPackaged ? process.resourcesPath : null
  const boot = engineBoot({ root, resources }, dataDir, app.getVersion(), process.env.HEARTH_SCRIPT)
  const engineModule = path.join(root, 'dist', 'main', 'engine.js')
  const supervisor = createSupervisor<UtilityEngine>(
    () => startUtilityEngine(engineModule, engineEnvironment(boot)),
    log,
  )
  servePorts(ipcMain, supervisor)

  const openWindow = () =>
    openMainWindow({
      preload: path.join(root, 'dist', 'preload', 'preload.cjs'),
      boundsFile: path.join(dataDir, 'window.json'),
      developing,
    })
  openWindow()

  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows()
    if (window === undefined) return void openWindow()
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow()
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  let stopped = false
  app.on('will-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    supervisor.stop().then(() => {
      stopped = true
      app.quit()
    }, log)
  })
}
