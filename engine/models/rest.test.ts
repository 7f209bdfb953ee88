// engine/models/rest.test.ts: a model that nobody uses leaves memory and comes back with the next message; a fake clock.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { AppEvent } from '../contract/events.ts'
import { call, createEngine } from '../host/engine.ts'
import { ended, newTurn } from '../host/test-support.ts'
import { createScriptedInference } from '../inference/scripted-inference.ts'
import { tempFolder } from '../storage/test-support.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const minute = 60_000

async function setUp({ own = true, minutes = 10 } = {}) {
  const model = join(tempFolder(), 'big.gguf')
  const starter = join(tempFolder(), 'kindling.gguf')
  for (const file of [model, starter]) writeFileSync(file, '')
  const happened: string[] = []
  const events: AppEvent[] = []
  const engine = createEngine({
    boot: { dataDir: tempFolder(), starterModelPath: starter, addonPath: '', inference: 'native', version: '1' },
    log: () => {},
    load: async (path, isStarter) => {
      happened.push('load')
      const inference = createScriptedInference([{ pieces: [{ text: 'Hello', delayMs: 100 }] }], {
        info: { path, starter: isStarter },
      })
      const createSession = () => {
        const session = inference.createSession()
        const save = async () => {
          happened.push('save')
          return 0
        }
        return { ...session, snapshot: { heldTokens: () => 1000, save, restore: async () => 0 } }
      }
      return { ...inference, createSession, close: () => happened.push('close') }
    },
  })
  onTestFinished(() => engine.shutdown())
  engine.subscribe((event) => void events.push(event))
  call(engine, 'settings.update', { restAfterMinutes: minutes, modelPath: own ? model : null })
  await vi.advanceTimersByTimeAsync(10)
  const say = () => {
    const turn = newTurn()
    call(engine, 'turn.start', turn)
    return turn
  }
  const states = () => events.flatMap((event) => (event.type === 'model-changed' ? [event.status.state] : []))
  const state = () => call(engine, 'app.snapshot', {}).model
  return { engine, events, happened, say, states, state }
}

test('after ten minutes the model rests, its memory saved first, and a message wakes it and is answered', async () => {
  const { happened, say, state, events, states } = await setUp()
  say()
  await vi.advanceTimersByTimeAsync(10 * minute - 1000)
  expect(state()).toMatchObject({ state: 'ready' })
  await vi.advanceTimersByTimeAsync(2000)
  expect(state()).toMatchObject({ state: 'resting', info: { name: 'Scripted' } })
  expect(happened.slice(-2)).toEqual(['save', 'close'])

  const loads = happened.filter((what) => what === 'load').length
  const turn = say()
  expect(state()).toMatchObject({ state: 'loading', waking: true })
  await vi.advanceTimersByTimeAsync(1000)
  expect(events.find(ended(turn.reply))).toMatchObject({ type: 'turn-done' })
  expect(happened.filter((what) => what === 'load')).toHaveLength(loads + 1)
  expect(states().slice(-3)).toEqual(['resting', 'loading', 'ready'])
})

test('every message begins the wait anew, and nothing is written twice', async () => {
  const { say, state, happened } = await setUp()
  for (let i = 0; i < 4; i++) {
    say()
    await vi.advanceTimersByTimeAsync(8 * minute)
    expect(state()).toMatchObject({ state: 'ready' })
  }
  const saved = happened.filter((what) => what === 'save').length
  await vi.advanceTimersByTimeAsync(3 * minute)
  expect(state()).toMatchObject({ state: 'resting' })
  expect(happened.filter((what) => what === 'save')).toHaveLength(saved)
})

test('with 0 it never rests, and the starter model never does', async () => {
  for (const options of [{ minutes: 0 }, { own: false }]) {
    const { say, state } = await setUp(options)
    say()
    await vi.advanceTimersByTimeAsync(1000 * minute)
    expect(state()).toMatchObject({ state: 'ready' })
  }
})
