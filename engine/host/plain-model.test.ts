// engine/host/plain-model.test.ts: a whole turn with Gemma 3 270M, a model that was trained on text and not on turns. Its
// weights are not ours to ship, so where it was not fetched this is skipped, aloud.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AppEvent } from '../contract/events.ts'
import { createNativeInference } from '../inference/native-inference.ts'
import { builtAddon } from '../inference/testing.ts'
import { tempFolder } from '../storage/test-support.ts'
import { call, createEngine } from './engine.ts'
import { ended, newTurn, textOf } from './test-support.ts'

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
const file = join(process.env.HEARTH_MODELS ?? join(cache, 'hearth', 'models'), 'gemma3-270m.gguf')

test.skipIf(!existsSync(file))(
  `two turns with a model without turns: it answers, speaks for nobody else, and is stored [skipped: ${file} is not there; \`npm run -s hearth -- model fetch gemma3-270m\` gets it]`,
  async () => {
    const events: AppEvent[] = []
    const addon = builtAddon()
    const engine = createEngine({
      boot: { dataDir: tempFolder(), starterModelPath: null, addonPath: '', inference: 'native', version: '1' },
      log: () => {},
      load: (path, starter) => createNativeInference(addon, path, { starter, contextTokens: 2048 }),
    })
    onTestFinished(() => engine.shutdown())
    engine.subscribe((event) => void events.push(event))
    call(engine, 'model.use', { path: file })
    await expect.poll(() => call(engine, 'app.snapshot', {}).model.state, { timeout: 60_000 }).toBe('ready')
    expect(call(engine, 'app.snapshot', {}).model).toMatchObject({ info: { plainText: true, starter: false } })
    const first = newTurn('What is the capital of France?')
    for (const turn of [first, newTurn('And of Italy?', first.conversation)]) {
      call(engine, 'turn.start', turn)
      await expect.poll(() => events.some(ended(turn.reply)), { timeout: 120_000 }).toBe(true)
      const end = events.find(ended(turn.reply))
      if (end?.type !== 'turn-done') throw new Error(JSON.stringify(end))
      const text = textOf(events, turn.reply)
      expect(text.trim()).not.toBe('')
      expect(text).not.toMatch(/Person:|Assistant:/)
      expect(end.stats.memory?.keysValuesBytes).toBeGreaterThan(0)
    }
    const { messages } = call(engine, 'conversation.open', { id: first.conversation })
    expect(messages.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done'])
  },
  240_000,
)
