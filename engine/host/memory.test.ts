// engine/host/memory.test.ts: memory through the engine's own commands and events, from "remember that…" to the proof that
// it is forgotten.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { newConversationId, newMessageId } from '../contract/ids.ts'
import { newForgetId, newMemoryId } from '../contract/memory.ts'
import { createNativeInference } from '../inference/native-inference.ts'
import type { ScriptedTurn } from '../inference/scripted-inference.ts'
import { addonPath, builtAddon, kindlingPath } from '../inference/testing.ts'
import { tempFolder } from '../storage/test-support.ts'
import { createEngine } from './engine.ts'
import { ended, newTurn, openWindow, quiet, startEngine, textOf } from './test-support.ts'

/** An engine that answers "OK." and notes the prompts that it was given. */
function listening(folder = tempFolder(), undoMs = 60_000) {
  const prompts: string[] = []
  const engine = startEngine(
    ({ prompt }: ScriptedTurn) => {
      prompts.push(prompt)
      return { pieces: ['OK.'] }
    },
    { folder, undoMs },
  )
  const window = openWindow(engine)
  const say = async (text: string, conversation = newConversationId()) => {
    const turn = newTurn(text, conversation)
    await window.call('turn.start', turn)
    await window.until(ended(turn.reply))
    return { ...turn, prompt: prompts.at(-1) ?? '' }
  }
  return { engine, window, say, prompts, folder }
}

/** Every byte of every file under `folder`, as Latin-1 text. */
function allBytes(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? allBytes(path) : readFileSync(path, 'latin1')))
    .join('\n')
}

test('what the person says is remembered at once, used in the next chat, shown as a chip, and forgotten with proof', async () => {
  const { window, say, folder } = listening()
  const first = await say('Remember that my locker number is 90210-zebra.')
  const heard = await window.until((event) => event.type === 'memory-heard')
  expect(heard).toMatchObject({
    did: 'remembered',
    message: first.message,
    memories: [{ text: 'Your locker number is 90210-zebra.' }],
  })

  const second = await say('What is my locker number?')
  expect(second.prompt).toContain("About the user:\n- The user's locker number is 90210-zebra.")
  const { memories } = await window.call('memory.list', {})
  const id = memories[0]?.id ?? newMemoryId()
  const chips = await window.call('memory.used', { conversation: second.conversation })
  expect(chips.replies[second.reply]).toMatchObject([{ memory: id, text: 'Your locker number is 90210-zebra.' }])
  expect(window.events.find((event) => event.type === 'memory-used')).toMatchObject({ reply: second.reply })

  const { evidence, uses } = await window.call('memory.open', { id })
  expect(evidence.map(({ quote, mark }) => quote.slice(...mark))).toEqual([
    'Remember that my locker number is 90210-zebra.',
  ])
  expect(uses).toMatchObject([{ reply: second.reply }])

  const plan = await window.call('memory.forgetPlan', { memories: [id] })
  expect(Object.fromEntries(plan.lines.map(({ store, count }) => [store, count]))).toMatchObject({
    memory: 1,
    evidence: 1,
    index: 1,
    uses: 1,
    traces: 1,
    snapshots: 1,
    messages: 1,
  })
  expect(plan.messages).toMatchObject([{ message: first.message }])
  const run = newForgetId()
  await window.call('memory.forget', { run, memories: [id] })
  const done = await window.until((event) => event.type === 'forget-done')
  if (done.type !== 'forget-done') return
  expect(done.receipt).toMatchObject({ id: run, complete: true, memories: 1 })
  expect(done.receipt.checks.map(({ store }) => store)).toEqual(
    expect.arrayContaining([
      'memory',
      'evidence',
      'index',
      'vectors',
      'uses',
      'traces',
      'snapshots',
      'drafts',
      'summaries',
      'pages',
    ]),
  )
  expect(JSON.stringify(await window.call('memory.receipts', {}))).not.toContain('zebra')
  expect((await window.call('memory.list', { query: 'locker' })).memories).toEqual([])
  expect((await say('What is my locker number?')).prompt).not.toContain('zebra')
  // The person's own message is kept, and says so; what was made of it is in no file.
  expect(allBytes(folder)).not.toContain("The user's locker number")
  expect(allBytes(folder)).not.toContain('Your locker number is')
})

test('forgotten, and its chat deleted, its words are in no byte of the data folder', async () => {
  const { window, say, folder } = listening(tempFolder(), 100)
  const { conversation } = await say('My dog is called Xylophon.')
  await say('Who is my dog?')
  const { memories } = await window.call('memory.list', {})
  expect(allBytes(folder)).toContain('Xylophon')
  await window.call('memory.forget', { run: newForgetId(), memories: memories.map(({ id }) => id) })
  await window.until((event) => event.type === 'forget-done')
  await window.call('conversation.delete', { id: conversation })
  await expect.poll(() => allBytes(folder).includes('Xylophon'), { timeout: 5000 }).toBe(false)
})

test('"forget …" in a chat takes effect at once, can be undone, and is carried out by the next start at the latest', async () => {
  const { window, say, engine, folder } = listening()
  await say('My name is Ines.')
  const { message } = await say('Please forget my name.')
  const heard = window.events.findLast((event) => event.type === 'memory-heard' && event.message === message)
  expect(heard).toMatchObject({ did: 'forgetting', memories: [{ text: 'Your name is Ines.' }] })
  expect((await say('What is my name?')).prompt).not.toContain("The user's name is Ines.")
  if (heard?.type === 'memory-heard') await window.call('memory.undo', { act: heard.act })
  expect((await say('What is my name?')).prompt).toContain("The user's name is Ines.")
  await say('Please forget my name.')
  await engine.shutdown()

  const later = listening(folder)
  await expect
    .poll(async () => (await later.window.call('memory.receipts', {})).receipts)
    .toMatchObject([{ complete: true }])
  expect((await later.window.call('memory.list', {})).memories).toEqual([])
  expect(allBytes(folder)).not.toContain("The user's name is Ines.")
})

test('what a message did is told again to a window that opens later, as far as it holds and until it is taken back', async () => {
  const { window, say, engine, folder } = listening()
  const { conversation, message } = await say('My name is Ines. My dog is called Bruno.')
  await say('My dog is called Rex.')
  await engine.shutdown()

  const later = listening(folder)
  const heard = async () => (await later.window.call('memory.used', { conversation })).heard
  const [told, ...others] = await heard()
  expect(told).toMatchObject({ message, did: 'remembered', memories: [{ text: 'Your name is Ines.' }] })
  expect(others).toEqual([]) // the dog's name was replaced, and is history
  if (told !== undefined) await later.window.call('memory.undo', { act: told.act })
  expect(await heard()).toEqual([])
  expect((await later.window.call('memory.list', {})).memories.map(({ text }) => text)).toEqual([
    'Your dog is called Rex.',
  ])
  expect(window.events.filter((event) => event.type === 'memory-heard')).toHaveLength(3)
})

test('a reply written anew without a memory does not see it, nor does what follows on its branch', async () => {
  const { window, say, prompts } = listening()
  await say('My cat is called Mia.')
  const asked = await say('What is my cat called?')
  expect(asked.prompt).toContain('Mia')
  const [chip] = (await window.call('memory.used', { conversation: asked.conversation })).replies[asked.reply] ?? []
  const again = newMessageId()
  await window.call('turn.retry', {
    instead: asked.reply,
    reply: again,
    without: chip === undefined ? [] : [chip.memory],
  })
  await window.until(ended(again))
  expect(prompts.at(-1)).not.toContain('Mia')
  expect((await say('And my cat?', asked.conversation)).prompt).not.toContain('Mia')
  expect((await say('And my cat?')).prompt).toContain('Mia')
})

test('a temporary chat hears nothing, uses nothing and leaves no trace', async () => {
  const { window, folder } = listening()
  const turn = newTurn('Remember that my name is Quetzal.')
  await window.call('turn.start', { ...turn, temporary: true })
  await window.until(ended(turn.reply))
  expect((await window.call('memory.list', {})).memories).toEqual([])
  expect((await window.call('trace.list', {})).traces).toEqual([])
  expect(allBytes(folder)).not.toContain('Quetzal')
})

test('with memory off, or paused in a chat, nothing is learned and nothing used', async () => {
  const { window, say } = listening()
  await say('My name is Ines.')
  await window.call('settings.update', { memory: 'off' })
  expect((await say('What is my name?')).prompt).not.toContain('Ines')
  await window.call('settings.update', { memory: 'on' })
  const chat = newConversationId()
  await say('Hello.', chat)
  await window.call('memory.pause', { conversation: chat, paused: true })
  expect((await say('What is my name? My dog is called Rex.', chat)).prompt).not.toContain('Ines')
  expect((await window.call('memory.list', {})).memories).toHaveLength(1)
})

test('every turn has a trace: its spans, what was used, the recipe; also one that failed or was stopped', async () => {
  const folder = tempFolder()
  const engine = startEngine(
    ({ index }) =>
      index === 0
        ? { pieces: ['One', ' two'] }
        : index === 1
          ? { pieces: ['Half'], failure: { code: 'engine-failed', message: 'The engine broke.' } }
          : { pieces: ['a', { text: 'b', delayMs: 5000 }] },
    { folder },
  )
  const window = openWindow(engine)
  const run = async (text: string, stop = false) => {
    const turn = newTurn(text)
    await window.call('turn.start', turn)
    if (stop) {
      await window.until((event) => event.type === 'turn-delta' && event.reply === turn.reply)
      await window.call('turn.stop', { reply: turn.reply })
    }
    await window.until(ended(turn.reply))
    return await window.call('trace.open', { reply: turn.reply })
  }
  const whole = await run('Hello there')
  expect(whole.spans.map(({ step, problem }) => [step, problem])).toEqual([
    ['retrieve', null],
    ['generate', null],
    ['respond', null],
  ])
  expect(new Set(whole.spans.map(({ id }) => id)).size).toBe(3)
  expect(whole.spans.every(({ startedAt, endedAt }) => endedAt !== null && endedAt >= startedAt)).toBe(true)
  expect(whole.recipe).toMatchObject({
    model: 'Scripted',
    maxTokens: 384,
    templateHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(whole).toMatchObject({ status: 'done', replayable: true, questionClass: 'chat' })
  const failed = await run('Hello again')
  expect(failed).toMatchObject({ status: 'failed', endedAt: expect.any(Number) })
  expect(failed.spans.find(({ step }) => step === 'generate')).toMatchObject({ problem: 'The engine broke.' })
  expect(await run('Stop me', true)).toMatchObject({ status: 'stopped' })
  expect((await window.call('trace.list', {})).traces).toHaveLength(3)
})

test('a replay says identical, or names the first token that differs', async () => {
  let change = false
  const engine = startEngine(() => ({ pieces: change ? ['The cat', ' sleeps'] : ['The cat', ' runs'] }))
  const window = openWindow(engine)
  const turn = newTurn('Tell me of the cat.')
  await window.call('turn.start', turn)
  await window.until(ended(turn.reply))
  const replays = async () => {
    const before = window.events.length
    await window.call('trace.replay', { reply: turn.reply })
    await window.until((event) => event.type === 'replay-done' && window.events.indexOf(event) >= before)
    return window.events.findLast((event) => event.type === 'replay-done')
  }
  expect(await replays()).toMatchObject({ result: { verdict: 'identical', tokens: 12 } })
  change = true
  expect(await replays()).toMatchObject({ result: { verdict: 'different', at: 8, because: [] } })
})

test('the starter model itself answers from memory in a new chat, and its replies replay to the token', async () => {
  const engine = createEngine({
    boot: { dataDir: tempFolder(), starterModelPath: kindlingPath, addonPath, inference: 'native', version: 'test' },
    log: quiet,
    load: (path, starter) => createNativeInference(builtAddon(), path, { starter, threads: 1 }),
  })
  onTestFinished(() => engine.shutdown())
  const window = openWindow(engine)
  await window.until((event) => event.type === 'model-changed' && event.status.state === 'ready')
  const say = async (text: string) => {
    const turn = newTurn(text)
    await window.call('turn.start', turn)
    await window.until(ended(turn.reply))
    return { ...turn, answer: textOf(window.events, turn.reply) }
  }
  await say('My dog is called Bruno.')
  const { answer, reply } = await say('What is my dog called?')
  expect(answer).toContain('Bruno')
  await window.call('trace.replay', { reply })
  expect(await window.until((event) => event.type === 'replay-done')).toMatchObject({
    result: { verdict: 'identical' },
  })
})
