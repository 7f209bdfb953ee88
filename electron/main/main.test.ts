// The main process as it is built, booted in plain Node with a recording stub in place of Electron.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

const root = path.resolve(import.meta.dirname, '..', '..')
const driver = path.join(root, 'electron', 'test-support', 'boot-main.ts')
let folder: string
let report: z.infer<typeof reportShape>

const served = z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() })
const reportShape = z.object({
  beforeReady: z.array(z.string()),
  windows: z.number(),
  options: z.object({ webPreferences: z.record(z.string(), z.unknown()) }).loose(),
  url: z.string(),
  schemes: z.unknown(),
  menu: z.unknown(),
  fork: z.tuple([z.string(), z.array(z.string()), z.object({ env: z.record(z.string(), z.string()) }).loose()]),
  userData: z.array(z.string()),
  page: served,
  refused: z.record(z.string(), z.number()),
  network: z.unknown(),
  permissions: z.record(z.string(), z.unknown()),
  navigation: z.record(z.string(), z.unknown()),
  ports: z.record(z.string(), z.unknown()),
  lastSent: z.unknown(),
  end: z.array(z.string()),
})

async function boot(environment: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [driver, path.join(folder, 'dist', 'main', 'main.js')],
    {
      env: { ...process.env, HEARTH_DATA: path.join(folder, 'data'), ...environment },
    },
  )
  return stdout
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'hearth-main-'))
  await build({
    configFile: path.join(root, 'vite.main.config.ts'),
    root,
    logLevel: 'error',
    build: { outDir: path.join(folder, 'dist', 'main') },
  })
  mkdirSync(path.join(folder, 'dist', 'renderer'))
  writeFileSync(path.join(folder, 'dist', 'renderer', 'index.html'), '<title>page</title>')
  report = reportShape.parse(JSON.parse(await boot()))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

test('the window is sandboxed, isolated and without Node', () => {
  expect(report.options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    preload: path.join(folder, 'dist', 'preload', 'preload.cjs'),
  })
  for (const name of ['enableBlinkFeatures', 'allowRunningInsecureContent', 'experimentalFeatures']) {
    expect(report.options.webPreferences).not.toHaveProperty(name)
  }
})

test('the window has its standard and its smallest size, and its last place is remembered', () => {
  expect(report.windows).toBe(1)
  expect(report.options).toMatchObject({ width: 1440, height: 900, minWidth: 720, minHeight: 560, show: false })
  const saved: unknown = JSON.parse(readFileSync(path.join(folder, 'data', 'window.json'), 'utf8'))
  expect(saved).toEqual({ x: 10, y: 30, width: 1000, height: 700 })
})

test('the sandbox and the scheme are set up before the app is ready', () => {
  expect(report.beforeReady).toEqual(['app.setPath', 'app.enableSandbox', 'registerSchemesAsPrivileged'])
  expect(report.schemes).toEqual([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  expect(report.userData).toEqual(['userData', path.join(folder, 'data', 'chromium')])
})

describe('the page', () => {
  test('comes from our own scheme, with a policy and without the headers that break it', () => {
    expect(report.url).toBe('app://hearth/')
    expect(report.page.body).toContain('<title>page</title>')
    expect(report.page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(report.page.headers['x-content-type-options']).toBe('nosniff')
    const names = Object.keys(report.page.headers)
    expect(names.filter((name) => /cross-origin|strict-transport/.test(name))).toEqual([])
  })

  test('is all that is served, and nothing reaches the network', () => {
    expect(report.refused).toEqual({ traversal: 404, otherHost: 404, post: 405 })
    expect(report.network).toEqual({ cancel: true })
  })
})

test('permissions are denied, but for copying text from our own page', () => {
  const none = [false, false, false, false, false, false, false]
  expect(report.permissions).toEqual({
    requested: none,
    checked: none,
    copy: [true, true],
    copyElsewhere: [false, false],
    device: false,
  })
})

test('the window never leaves our page, opens no other and holds no webview', () => {
  expect(report.navigation).toEqual({
    foreign: [true, true, true],
    lookalike: true,
    frame: true,
    own: [false, false, false],
    webview: true,
    open: { action: 'deny' },
  })
})

test('the engine runs in a utility process and gets its boot message', () => {
  const [module, , { env }] = report.fork
  expect(module).toBe(path.join(folder, 'dist', 'main', 'engine.js'))
  expect(existsSync(module)).toBe(true)
  expect(JSON.parse(env.HEARTH_BOOT ?? '')).toEqual({
    dataDir: path.join(folder, 'data'),
    starterModelPath: path.join(folder, 'assets', 'models', 'kindling.gguf'),
    addonPath: path.join(folder, 'build', 'hearth.node'),
    inference: 'native',
    version: '0.0.0-test',
  })
})

test('only our page gets a port, one for each question, also while the engine is away', () => {
  expect(report.ports).toEqual({
    toStrangers: 0,
    channel: 'hearth:take-port',
    count: [1, 1, 1],
    sentToEngine: [{ message: { kind: 'port-open' }, ports: 1 }],
    notice: true,
    nextEngine: [{ kind: 'port-open' }],
  })
})

test('the app waits for the engine to end before it quits', () => {
  expect(report.lastSent).toEqual({ kind: 'shutdown' })
  expect(report.end).toEqual(['quit delayed', 'app.quit'])
})

test('the menu is made of roles and offers editing, closing and zoom', () => {
  const menu = JSON.stringify(report.menu)
  for (const role of ['editMenu', 'close', 'quit', 'zoomIn', 'resetZoom', 'windowMenu']) {
    expect(menu).toContain(`"role":"${role}"`)
  }
})

test('a second start opens no window and quits', async () => {
  expect(JSON.parse(await boot({ STUB_LOCKED: '1' }))).toMatchObject({ windows: 0, quit: true })
})
