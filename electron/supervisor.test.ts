// Real child processes; only the engine inside them is scripted.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Port } from '../engine/contract/wire.ts'
import { createSupervisor, type EngineLost, type SupervisedWindow, type Supervisor } from './supervisor.ts'
import { until } from './test-support/wait.ts'
import { type ChildEngine, startChildEngine } from './web/child-engine.ts'

const engineModule = path.join(import.meta.dirname, 'test-support', 'scripted-engine.ts')
let folder: string
let engines: ChildEngine[]
let supervisor: Supervisor<ChildEngine>

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hearth-supervisor-'))
  engines = []
})
afterEach(async () => {
  await supervisor.stop(0)
  rmSync(folder, { recursive: true })
})

function start(fault?: string): void {
  const environment: Record<string, string> = { PATH: process.env.PATH ?? '', HEARTH_ENGINE_NOTES: notesFile() }
  if (fault !== undefined) environment.HEARTH_ENGINE_FAULT = fault
  supervisor = createSupervisor(
    () => {
      const engine = startChildEngine(engineModule, environment)
      engines.push(engine)
      return engine
    },
    () => undefined,
  )
}
const notesFile = () => path.join(folder, 'notes')
const notes = () => readFileSync(notesFile(), 'utf8').trim().split('\n')

/** A window that writes down what it sees. */
function recordingWindow() {
  const hellos: string[] = []
  const results: unknown[] = []
  const lost: EngineLost[] = []
  let port: Port | undefined
  const window: SupervisedWindow<ChildEngine> = {
    attach(engine) {
      port = engine.openPort()
      port.onMessage((message) => {
        const { type, version, output } = message as { type: string; version: string; output: unknown }
        if (type === 'hello') hellos.push(version)
        else results.push(output)
      })
    },
    engineLost: (message) => lost.push(message),
  }
  return { window, hellos, results, lost, port: () => port }
}

test('a window is attached to every new engine when five in a row are killed', async () => {
  start()
  const { window, hellos, results, lost, port } = recordingWindow()
  supervisor.add(window)
  for (let kill = 0; kill <= 5; kill++) {
    await until(() => hellos.length === kill + 1)
    port()?.post({ type: 'call', id: kill, command: 'echo', input: { kill, bytes: new Uint8Array([1, 2]) } })
    await until(() => results.length === kill + 1)
    if (kill < 5) process.kill(engines.at(-1)?.pid ?? 0, 'SIGKILL')
  }
  expect(new Set(hellos).size).toBe(6)
  expect(results).toEqual([0, 1, 2, 3, 4, 5].map((kill) => ({ kill, bytes: new Uint8Array([1, 2]) })))
  expect(lost.map(({ retryMs }) => retryMs)).toEqual([250, 500, 1000, 2000, 4000])
  expect(lost[0]?.failure.code).toBe('engine-crashed')
  expect(lost[0]?.failure.message).toContain('SIGKILL')
}, 30_000)

test('an engine that ends at its start is tried ever more slowly, and every window is told each time', async () => {
  start('start')
  const early = recordingWindow()
  supervisor.add(early.window)
  await until(() => early.lost.length === 3)
  const late = recordingWindow()
  supervisor.add(late.window)
  expect(late.lost).toEqual([early.lost[2]])
  expect(early.lost.map(({ retryMs }) => retryMs)).toEqual([250, 500, 1000])
  expect(early.lost[0]?.failure.message).toContain('code 7')
  expect(early.hellos).toEqual([])
}, 20_000)

test('the reason an engine gave before it ended is the one the window gets', async () => {
  start('fatal')
  const { window, lost } = recordingWindow()
  supervisor.add(window)
  await until(() => lost.length === 1)
  expect(lost[0]?.failure).toEqual({
    code: 'storage-newer',
    message: 'Version 1 was expected, but version 9 was found.',
  })
}, 20_000)

test('a window that left is neither attached nor told again', async () => {
  start()
  const stays = recordingWindow()
  const leaves = recordingWindow()
  supervisor.add(stays.window)
  const forget = supervisor.add(leaves.window)
  await until(() => leaves.hellos.length === 1 && stays.hellos.length === 1)
  forget()
  process.kill(engines.at(-1)?.pid ?? 0, 'SIGKILL')
  await until(() => stays.hellos.length === 2)
  expect(leaves.hellos).toHaveLength(1)
  expect(leaves.lost).toEqual([])
}, 20_000)

test('stop asks the engine to end, waits for it, and starts no other', async () => {
  start()
  const { window, hellos, lost } = recordingWindow()
  supervisor.add(window)
  await until(() => hellos.length === 1)
  await supervisor.stop()
  expect(notes().at(-1)).toBe('shutdown')
  expect(engines).toHaveLength(1)
  expect(lost).toEqual([])
  expect(() => process.kill(engines[0]?.pid ?? 0, 0)).toThrow('ESRCH')
}, 20_000)

test('stop kills an engine that does not listen', async () => {
  start('deaf')
  const { window, hellos } = recordingWindow()
  supervisor.add(window)
  await until(() => hellos.length === 1)
  await supervisor.stop(50)
  expect(() => process.kill(engines[0]?.pid ?? 0, 0)).toThrow('ESRCH')
}, 20_000)
