// engine/host/snapshots.test.ts: what the model remembers of a chat survives a restart and a rest, over the really built
// addon, and whatever is wrong with it changes no word.
import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { newConversationId } from '../contract/ids.ts'
import { createNativeInference } from '../inference/native-inference.ts'
import { builtAddon, kindlingPath } from '../inference/testing.ts'
import { tempFolder } from '../storage/test-support.ts'
import { call, createEngine } from './engine.ts'
import type { Log } from './log.ts'
import { ended, newTurn, textOf } from './test-support.ts'

const addon = builtAddon()
const questions = [
  `Please keep this list for me. ${'Bread, butter, milk, apples, soap and a new lamp. '.repeat(6)}`,
  'Thank you. What can you do?',
]

/** An engine over Kindling in `folder`, as a process would start it. `build`: which program it takes itself for. */
function open(folder: string, build = 'build 1', model = kindlingPath) {
  const events: Parameters<Parameters<ReturnType<typeof createEngine>['subscribe']>[0]>[0][] = []
  const logged: Parameters<Log>[] = []
  const engine = createEngine({
    boot: { dataDir: folder, starterModelPath: model, addonPath: '', inference: 'native', version: '1' },
    log: (...line) => void logged.push(line),
    now: () => Date.UTC(2031, 4, 14, 12),
    load: (path) => createNativeInference(addon, path, { starter: true, build }),
  })
  onTestFinished(() => engine.shutdown())
  engine.subscribe((event) => void events.push(event))
  const ask = async (text: string, conversation = newConversationId()) => {
    const turn = newTurn(text, conversation)
    call(engine, 'turn.start', turn)
    await expect.poll(() => events.some(ended(turn.reply)), { timeout: 60_000, interval: 5 }).toBe(true)
    const end = events.find(ended(turn.reply))
    if (end?.type !== 'turn-done') throw new Error(JSON.stringify(end))
    return { conversation, text: textOf(events, turn.reply), stats: end.stats }
  }
  const said = (event: string) => logged.filter(([name]) => name === event)
  return { engine, ask, said, events }
}

/** One turn, then the end of the process. */
async function firstTurn(folder: string) {
  const { ask, engine, said } = open(folder)
  const first = await ask(questions[0] ?? '')
  await engine.shutdown()
  return { ...first, said }
}
const fileIn = (folder: string, conversation: string) => join(folder, 'cache', `${conversation}.kv`)

test('after a restart the next turn reuses what the last one held, and says the same', async () => {
  const folder = tempFolder()
  const first = await firstTurn(folder)
  expect(first.said('snapshot-saved')).toHaveLength(1)
  const file = fileIn(folder, first.conversation)
  expect(existsSync(file)).toBe(true)

  const without = tempFolder()
  copyFileSync(join(folder, 'hearth.db'), join(without, 'hearth.db'))
  const plain = await open(without).ask(questions[1] ?? '', first.conversation)
  expect(plain.stats.reusedTokens).toBe(0)

  const second = open(folder)
  const restored = await second.ask(questions[1] ?? '', first.conversation)
  expect(second.said('snapshot-restored')).toHaveLength(1)
  expect(restored.stats.reusedTokens).toBeGreaterThanOrEqual(first.stats.promptTokens)
  expect(restored.stats.promptTokens).toBe(plain.stats.promptTokens)
  expect(restored.text).toBe(plain.text)
  expect(restored.text).not.toBe('')

  // A chat that is deleted takes its snapshot along.
  call(second.engine, 'conversation.delete', { id: first.conversation })
  expect(existsSync(file)).toBe(false)
  await second.engine.shutdown()
  expect(readdirSync(join(folder, 'cache'))).toEqual([])
}, 120_000)

test('a snapshot that is damaged, cut, or of another build is thrown away, and the words are the same', async () => {
  const folder = tempFolder()
  const first = await firstTurn(folder)
  const good = readFileSync(fileIn(folder, first.conversation))
  const database = readFileSync(join(folder, 'hearth.db'))
  const texts = new Set<string>()
  const tryWith = async (spoil: (file: string) => void, build?: string) => {
    const other = tempFolder()
    writeFileSync(join(other, 'hearth.db'), database)
    const before = open(other)
    await before.engine.shutdown() // makes the folder
    const file = fileIn(other, first.conversation)
    writeFileSync(file, good)
    spoil(file)
    const { ask, said, engine } = open(other, build)
    const { text, stats } = await ask(questions[1] ?? '', first.conversation)
    texts.add(text)
    expect(said('snapshot-discarded')).toHaveLength(1)
    expect(stats.reusedTokens).toBe(0)
    await engine.shutdown()
  }
  await tryWith((file) => {
    const bytes = Buffer.from(good)
    bytes.writeUInt8(bytes.readUInt8(good.length - 9) ^ 1, good.length - 9)
    writeFileSync(file, bytes)
  })
  await tryWith((file) => truncateSync(file, good.length - 1))
  await tryWith((file) => truncateSync(file, 0))
  await tryWith(() => {}, 'build 2')
  expect(texts.size).toBe(1)
}, 120_000)
