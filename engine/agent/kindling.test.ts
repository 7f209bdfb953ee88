// engine/agent/kindling.test.ts: the whole way with the model that ships inside: it is asked, it calls, it is told, it goes on.
import { expect, onTestFinished, test } from 'vitest'
import type { AppEvent } from '../contract/events.ts'
import { call, createEngine } from '../host/engine.ts'
import { ended, newTurn, quiet, textOf } from '../host/test-support.ts'
import { addonPath, kindlingPath } from '../inference/testing.ts'
import { tempFolder } from '../storage/test-support.ts'

const now = new Date(2026, 10, 25, 14, 5).getTime()

async function ask(question: string, folder = tempFolder()) {
  const engine = createEngine({
    boot: { dataDir: folder, starterModelPath: kindlingPath, addonPath, inference: 'native', version: '1.2.3' },
    log: quiet,
    now: () => now,
  })
  onTestFinished(() => engine.shutdown())
  const events: AppEvent[] = []
  const watchers = new Set<() => void>()
  engine.subscribe((event) => {
    events.push(event)
    for (const watcher of [...watchers]) watcher()
  })
  const until = (fits: (event: AppEvent) => boolean) =>
    new Promise<AppEvent>((resolve) => {
      const look = () => {
        const event = events.find(fits)
        if (event !== undefined) resolve(event)
      }
      watchers.add(look)
      look()
    })
  await until((event) => event.type === 'model-changed' && event.status.state === 'ready')
  const turn = newTurn(question)
  call(engine, 'turn.start', turn)
  const end = await until(ended(turn.reply))
  const { steps } = call(engine, 'tool.steps', { conversation: turn.conversation })
  return { engine, turn, events, end, steps, text: textOf(events, turn.reply), until }
}

test('a sum is worked out and said', async () => {
  const { text, steps, end } = await ask('What is 12 times 7?')
  expect(end.type).toBe('turn-done')
  expect(steps).toMatchObject([
    { tool: { server: null, name: 'calculate' }, status: 'done', words: 'calculated 12*7', at: 0, index: 0 },
  ])
  expect(text).toContain('84')
  expect(text).not.toContain('call:')
})

test('the clock is looked at', async () => {
  const { text, steps } = await ask('What time is it?')
  expect(steps).toMatchObject([{ tool: { name: 'get_time' }, status: 'done' }])
  expect(text).toContain('14:05')
})

test('a note is kept, and found in the next question of the same chat', async () => {
  const { engine, events, steps, until, turn } = await ask('Make a note: the boiler code is 4417')
  expect(steps).toMatchObject([{ tool: { name: 'add_note' }, status: 'done' }])
  expect(call(engine, 'note.list', { query: '' }).notes).toMatchObject([
    { text: 'the boiler code is 4417', origins: [] },
  ])
  const next = newTurn('What do my notes say about the boiler?', turn.conversation)
  call(engine, 'turn.start', next)
  await until(ended(next.reply))
  expect(textOf(events, next.reply)).toContain('4417')
})
