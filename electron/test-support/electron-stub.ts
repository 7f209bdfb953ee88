// electron/test-support/electron-stub.ts: stands in for `electron` where its binary cannot be had. It does nothing and
// writes down everything: which calls came in which order, and which handlers were left with it.
import { EventEmitter } from 'node:events'

export const calls: string[] = []
/** The last value handed to a call, by its name: a handler, or the options of a window. */
export const given: Record<string, unknown[]> = {}
const record =
  (name: string, answer?: unknown) =>
  (...values: unknown[]) => {
    calls.push(name)
    given[name] = values
    return answer
  }

let makeReady: () => void = () => undefined
const whenReady = new Promise<void>((resolve) => {
  makeReady = resolve
})
export const becomeReady = () => makeReady()

export const app = Object.assign(new EventEmitter(), {
  commandLine: { getSwitchValue: () => '' },
  isPackaged: false,
  getVersion: () => '0.0.0-test',
  setPath: record('app.setPath'),
  enableSandbox: record('app.enableSandbox'),
  requestSingleInstanceLock: () => process.env.STUB_LOCKED === undefined,
  whenReady: () => whenReady,
  quit: record('app.quit'),
})
export const protocol = { registerSchemesAsPrivileged: record('registerSchemesAsPrivileged') }
export const session = {
  defaultSession: {
    protocol: { handle: record('protocol.handle') },
    webRequest: { onBeforeRequest: record('onBeforeRequest') },
    setPermissionRequestHandler: record('setPermissionRequestHandler'),
    setPermissionCheckHandler: record('setPermissionCheckHandler'),
    setDevicePermissionHandler: record('setDevicePermissionHandler'),
    setDisplayMediaRequestHandler: record('setDisplayMediaRequestHandler'),
  },
}
export const Menu = {
  buildFromTemplate: record('Menu.buildFromTemplate', 'menu'),
  setApplicationMenu: record('Menu.setApplicationMenu'),
}
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 25, width: 1920, height: 1055 } }] }
export const nativeTheme = { shouldUseDarkColors: true }
export const ipcMain = new EventEmitter()

export class MessagePortStub extends EventEmitter {
  readonly sent: unknown[] = []
  closed = false
  postMessage(message: unknown): void {
    this.sent.push(message)
  }
  close(): void {
    this.closed = true
  }
}
export class MessageChannelMain {
  readonly port1 = new MessagePortStub()
  readonly port2 = new MessagePortStub()
}

export class UtilityProcessStub extends EventEmitter {
  readonly sent: { message: unknown; ports: MessagePortStub[] }[] = []
  postMessage(message: unknown, ports: MessagePortStub[] = []): void {
    this.sent.push({ message, ports })
    if ((message as { kind: string }).kind === 'shutdown') setImmediate(() => this.emit('exit', 0))
  }
  kill = record('engine.kill', true)
}
export const engines: UtilityProcessStub[] = []
export const utilityProcess = {
  fork(...values: unknown[]) {
    record('utilityProcess.fork')(...values)
    const engine = new UtilityProcessStub()
    engines.push(engine)
    return engine
  },
}

export class WebContentsStub extends EventEmitter {
  readonly posted: { channel: string; ports: MessagePortStub[] }[] = []
  setWindowOpenHandler = record('setWindowOpenHandler')
  postMessage(channel: string, _message: unknown, ports: MessagePortStub[]): void {
    this.posted.push({ channel, ports })
  }
}
export const windows: BrowserWindow[] = []
export class BrowserWindow extends EventEmitter {
  static getAllWindows = () => windows
  readonly webContents = new WebContentsStub()
  show = record('window.show')
  reload = record('window.reload')
  loadURL = record('window.loadURL', Promise.resolve())
  getNormalBounds = () => ({ x: 10, y: 30, width: 1000, height: 700 })
  constructor(options: unknown) {
    super()
    record('BrowserWindow')(options)
    windows.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
}
