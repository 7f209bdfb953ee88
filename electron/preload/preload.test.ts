// The preload as it is built, run in a bare context with a stub that refuses every module but Electron.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..', '..')
let folder: string
let code: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'hearth-preload-'))
  const configFile = path.join(root, 'vite.preload.config.ts')
  await build({ configFile, root, logLevel: 'error', build: { outDir: folder } })
  code = readFileSync(path.join(folder, 'preload.cjs'), 'utf8')
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

type Listener = (event: { ports: unknown[] }) => void

function run() {
  const exposed: [string, Record<string, unknown>][] = []
  const listeners: Record<string, Listener> = {}
  const sent: unknown[][] = []
  const posted: unknown[][] = []
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, value: Record<string, unknown>) => exposed.push([name, value]) },
    ipcRenderer: {
      on: (channel: string, listener: Listener) => {
        listeners[channel] = listener
      },
      send: (...values: unknown[]) => sent.push(values),
    },
  }
  const require = (name: string) => {
    if (name !== 'electron') throw new Error(`a sandboxed preload cannot require ${name}`)
    return electron
  }
  const window = { postMessage: (...values: unknown[]) => posted.push(values) }
  const context = createContext({
    require,
    window,
    location: { origin: 'app://hearth' },
    process: { platform: 'darwin' },
  })
  runInContext(code, context)
  return { exposed, listeners, sent, posted }
}

test('the preload is one CommonJS file', () => {
  expect(readdirSync(folder)).toEqual(['preload.cjs'])
  expect(code).not.toMatch(/^\s*(import|export) /m)
})

test('it exposes one bridge with a platform and one verb', () => {
  const { exposed } = run()
  expect(exposed.map(([name]) => name)).toEqual(['bridge'])
  expect(Object.keys(exposed[0]?.[1] ?? {}).sort()).toEqual(['platform', 'port'])
  expect(exposed[0]?.[1].platform).toBe('darwin')
})

test('a question of the page goes to main, and the port that comes goes to the page', () => {
  const { exposed, listeners, sent, posted } = run()
  const ask = exposed[0]?.[1].port as () => void
  ask()
  expect(sent).toEqual([['hearth:ask-for-port']])
  expect(Object.keys(listeners)).toEqual(['hearth:take-port'])
  listeners['hearth:take-port']?.({ ports: ['a port'] })
  listeners['hearth:take-port']?.({ ports: [] })
  expect(posted).toEqual([['hearth-port', 'app://hearth', ['a port']]])
})
