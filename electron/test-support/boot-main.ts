// electron/test-support/boot-main.ts: loads a main bundle with the stub in place of `electron`, plays the events that a
// person and a hostile page would cause, and prints what came of them as JSON. Run by main.test.ts.
// `node boot-main.ts BUNDLE`
import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { app, becomeReady, calls, engines, given, ipcMain, type UtilityProcessStub, windows } from './electron-stub.ts'

const stub = pathToFileURL(path.join(import.meta.dirname, 'electron-stub.ts')).href
registerHooks({
  resolve: (name, context, next) => (name === 'electron' ? { url: stub, shortCircuit: true } : next(name, context)),
})

type Handler = (...values: unknown[]) => unknown
const handler = (name: string, index = 0) => given[name]?.[index] as Handler
const turn = () => new Promise((resolve) => setImmediate(resolve))

await import(pathToFileURL(process.argv[2] ?? '').href)
const beforeReady = [...calls]
becomeReady()
await turn()

const [window] = windows
if (window === undefined) {
  console.log(JSON.stringify({ beforeReady, windows: 0, quit: calls.includes('app.quit') }))
  process.exit(0)
}
const contents = window.webContents

// The page and its protocol.
const serve = async (url: string, method = 'GET') => {
  const response = (await handler('protocol.handle', 1)({ url, method })) as Response
  const headers = Object.fromEntries(response.headers)
  return { status: response.status, headers, body: await response.text() }
}
const page = await serve('app://hearth/')
const refused = {
  traversal: (await serve('app://hearth/..%2f..%2fpackage.json')).status,
  otherHost: (await serve('app://evil/')).status,
  post: (await serve('app://hearth/', 'POST')).status,
}
let network: unknown
handler('onBeforeRequest', 1)({ url: 'https://example.com/' }, (answer: unknown) => {
  network = answer
})

// Permissions.
const ask = (permission: string, requestingUrl: string) => {
  let granted: unknown
  const details = { isMainFrame: true, requestingUrl }
  handler('setPermissionRequestHandler')(contents, permission, (answer: unknown) => (granted = answer), details)
  return granted
}
const check = (permission: string, origin: string) => handler('setPermissionCheckHandler')(contents, permission, origin)
const ours = 'app://hearth/'
const names = ['media', 'geolocation', 'notifications', 'clipboard-read', 'local-network-access', 'fileSystem', 'usb']
const permissions = {
  requested: names.map((name) => ask(name, ours)),
  checked: names.map((name) => check(name, ours)),
  copy: [ask('clipboard-sanitized-write', ours), check('clipboard-sanitized-write', 'app://hearth')],
  copyElsewhere: [
    ask('clipboard-sanitized-write', 'https://example.com/'),
    check('clipboard-sanitized-write', 'app://hearth.example'),
  ],
  device: handler('setDevicePermissionHandler')({}),
}

// Navigation.
const prevented = (event: string, url: string, isMainFrame = true) => {
  let stopped = false
  contents.emit(event, { url, isMainFrame, preventDefault: () => (stopped = true) })
  return stopped
}
const navigation = {
  foreign: ['will-navigate', 'will-frame-navigate', 'will-redirect'].map((name) =>
    prevented(name, 'https://a.example/'),
  ),
  lookalike: prevented('will-navigate', 'app://hearth.example/'),
  frame: prevented('will-frame-navigate', ours, false),
  own: ['will-navigate', 'will-frame-navigate', 'will-redirect'].map((name) => prevented(name, `${ours}x`)),
  webview: prevented('will-attach-webview', ''),
  open: handler('setWindowOpenHandler')({ url: 'https://a.example/' }),
}

// Ports: who gets one, and what happens around a crash.
const requestPort = (senderFrame: unknown) => ipcMain.emit('hearth:ask-for-port', { sender: contents, senderFrame })
const pageFrame = { url: ours, parent: null }
engines[0]?.emit('message', { kind: 'ready' })
for (const frame of [null, { url: 'https://a.example/', parent: null }, { url: ours, parent: {} }]) requestPort(frame)
const toStrangers = contents.posted.length
requestPort(pageFrame)
const [first] = contents.posted
const sentToEngine = engines[0]?.sent.map(({ message, ports }) => ({ message, ports: ports.length }))
engines[0]?.emit('exit', 9)
requestPort(pageFrame)
const notice = contents.posted[1]
// The notice port of the page is one end of a channel whose other end is ours; the stub does not connect them.
const nextEngine = await new Promise<UtilityProcessStub>((resolve) => {
  const look = () => (engines[1] === undefined ? setTimeout(look, 10) : resolve(engines[1]))
  look()
})
nextEngine.emit('message', { kind: 'ready' })
requestPort(pageFrame)
const ports = {
  toStrangers,
  channel: first?.channel,
  count: contents.posted.map((post) => post.ports.length),
  sentToEngine,
  notice: notice !== undefined,
  nextEngine: nextEngine.sent.map(({ message }) => message),
}

// The end: the engine is asked to stop before the app quits.
window.emit('close')
app.emit('will-quit', { preventDefault: () => calls.push('quit delayed') })
await turn()
await turn()

console.log(
  JSON.stringify({
    beforeReady,
    windows: windows.length,
    options: given.BrowserWindow?.[0],
    url: given['window.loadURL']?.[0],
    schemes: given.registerSchemesAsPrivileged?.[0],
    menu: given['Menu.buildFromTemplate']?.[0],
    fork: given['utilityProcess.fork'],
    userData: given['app.setPath'],
    page,
    refused,
    network,
    permissions,
    navigation,
    ports,
    lastSent: engines[1]?.sent.at(-1)?.message,
    end: calls.slice(-2),
  }),
)
process.exit(0)
