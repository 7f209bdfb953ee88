import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../contract/commands.ts'
import { appEvent } from '../contract/events.ts'
import { newConversationId, newMessageId } from '../contract/ids.ts'
import { toWindow } from '../contract/wire.ts'
import type { ScriptedTurn } from '../inference/scripted-inference.ts'
import { openStorage } from '../storage/open-storage.ts'
import { tempFolder } from '../storage/test-support.ts'
import { ended, newTurn, openWindow, startEngine, textOf } from './test-support.ts'

const slow = (texts: readonly string[], delayMs = 5) => ({ pieces: texts.map((text) => ({ text, delayMs })) })
const long = slow(Array.from({ length: 2000 }, (_, i) => `${i} `))

test('a window is greeted, and a turn streams from start to end', async () => {
  const window = openWindow(startEngine([{ pieces: ['Hel', 'lo'] }]))
  const turn = newTurn('How do I bake bread?')
  expect(await window.call('turn.start', turn)).toEqual({})
  await window.until(ended(turn.reply))
  expect(window.messages[0]).toEqual({ type: 'hello', protocol: 1, version: '1.2.3' })
  const kinds = window.events.map(({ type }) => type).filter((type) => type.startsWith('turn'))
  expect(kinds).toEqual(['turn-start', 'turn-context', ...kinds.slice(2, -1).map(() => 'turn-delta'), 'turn-done'])
  expect(textOf(window.events, turn.reply)).toBe('Hello')
  const { messages, summary } = await window.call('conversation.open', { id: turn.conversation })
  expect(messages.map(({ text, status }) => [text, status])).toEqual([
    ['How do I bake bread?', 'done'],
    ['Hello', 'done'],
  ])
  expect(messages[1]).toMatchObject({ model: 'Scripted', stats: { newTokens: 5 } })
  expect(summary).toMatchObject({ title: 'How do I bake bread?', streaming: null, messageCount: 2 })
  for (const message of window.messages) toWindow.parse(message)
})

test('every command answers as the contract says', async () => {
  const window = openWindow(startEngine([{ pieces: ['apple pie'] }, { pieces: ['pear tart'] }]))
  const call: typeof window.call = async (command, input) => {
    const output = await window.call(command, input)
    commands[command].output.parse(output)
    return output
  }
  const turn = newTurn('Tell me')
  await call('turn.start', turn)
  await window.until(ended(turn.reply))
  const again = newMessageId()
  await call('turn.retry', { instead: turn.reply, reply: again })
  await window.until(ended(again))
  expect((await call('conversation.open', { id: turn.conversation })).messages.at(-1)).toMatchObject({
    text: 'pear tart',
    siblings: [turn.reply, again],
  })
  expect((await call('conversation.select', { message: turn.reply })).messages.at(-1)?.text).toBe('apple pie')
  expect((await call('search.messages', { query: 'PEAR' })).hits).toMatchObject([{ message: again, marks: [[0, 4]] }])
  expect(await call('conversation.rename', { id: turn.conversation, title: ' Pies ' })).toMatchObject({ title: 'Pies' })
  await call('turn.stop', { reply: again })
  await call('settings.update', { theme: 'dark' })
  expect(await call('settings.update', { welcomed: true })).toMatchObject({ theme: 'dark', welcomed: true })
  await call('conversation.delete', { id: turn.conversation })
  expect((await call('app.snapshot', {})).conversations).toEqual([])
  expect(await window.refused('conversation.open', { id: turn.conversation })).toMatchObject({ code: 'not-found' })
  expect(await call('conversation.restore', { id: turn.conversation })).toMatchObject({ title: 'Pies' })
  await call('model.use', { path: null })
  expect((await call('app.snapshot', {})).conversations).toMatchObject([{ title: 'Pies' }])
  for (const event of window.events) appEvent.parse(event)
})

test.each([
  ['an unknown command', 'conversation.explode', {}],
  ['a name of every object', 'constructor', {}],
  ['no input', 'turn.start', undefined],
  ['a wrong id', 'conversation.open', { id: '../../etc/passwd' }],
  ['a text that is too long', 'search.messages', { query: 'x'.repeat(501) }],
  ['a text that is empty', 'turn.start', newTurn('')],
])('%s is a bad request, and the next call is answered', async (_, command, input) => {
  const window = openWindow(startEngine([]))
  expect(await window.refused(command, input)).toMatchObject({ code: 'bad-request' })
  await window.call('app.snapshot', {})
})

test('what is no message at all is dropped', async () => {
  const window = openWindow(startEngine([]))
  for (const raw of [null, 1, 'x', [], { type: 'call' }, { type: 'ack', batch: 'one' }, { type: 'ack', batch: 1e9 }])
    window.port.post(raw)
  await window.call('app.snapshot', {})
  window.port.post({ type: 'call', id: 77, command: 5 })
  await window.call('app.snapshot', {})
  expect(window.messages).toContainEqual(expect.objectContaining({ type: 'failed', id: 77 }))
})

test('the same start sent twice is one turn; ids of another message are refused', async () => {
  const window = openWindow(startEngine([long]))
  const turn = newTurn()
  await window.call('turn.start', turn)
  await window.call('turn.start', turn)
  expect(await window.refused('turn.start', { ...newTurn(), message: turn.message })).toMatchObject({
    code: 'bad-request',
  })
  expect(await window.refused('turn.start', newTurn('x', turn.conversation))).toMatchObject({ code: 'busy' })
  await window.call('turn.stop', { reply: turn.reply })
  await window.until(ended(turn.reply))
  await window.call('turn.start', turn)
  expect(window.events.filter(({ type }) => type === 'turn-start')).toHaveLength(1)
  expect((await window.call('conversation.open', { id: turn.conversation })).messages).toHaveLength(2)
})

test('a reply that is stopped keeps its text and says so', async () => {
  const window = openWindow(startEngine([long]))
  const turn = newTurn()
  await window.call('turn.start', turn)
  await window.until((event) => event.type === 'turn-delta')
  await window.call('turn.stop', { reply: turn.reply })
  expect(await window.until(ended(turn.reply))).toMatchObject({ type: 'turn-done', stopped: true })
  const { messages } = await window.call('conversation.open', { id: turn.conversation })
  expect(messages[1]?.status).toBe('stopped')
  expect(messages[1]?.text).toBe(textOf(window.events, turn.reply))
  expect(messages[1]?.text).toMatch(/^0 /)
})

test('a window that opens in the middle of a reply gets the text so far, and then exactly the rest', async () => {
  const engine = startEngine([
    slow(
      Array.from({ length: 60 }, (_, i) => `${i} `),
      2,
    ),
  ])
  const first = openWindow(engine)
  const late = openWindow(engine, false) // and never acknowledges
  const turn = newTurn()
  await first.call('turn.start', turn)
  await first.until((event) => event.type === 'turn-delta')
  for (let i = 0; i < 5; i++) {
    const opened = await late.call('conversation.open', { id: turn.conversation })
    const before = late.messages.findLastIndex(({ type }) => type === 'result')
    const text = opened.messages[1]?.text ?? ''
    const earlier = late.messages
      .slice(0, before)
      .flatMap((message) => (message.type === 'events' ? message.events : []))
    expect(textOf(earlier, turn.reply)).toBe(text)
  }
  await first.until(ended(turn.reply))
  await late.call('app.snapshot', {}) // drains what waited for an acknowledgement
  const whole = Array.from({ length: 60 }, (_, i) => `${i} `).join('')
  expect(textOf(first.events, turn.reply)).toBe(whole)
  expect(textOf(late.events, turn.reply)).toBe(whole)
})

test('replies of several conversations take turns; one that waits can be stopped', async () => {
  const window = openWindow(startEngine([slow(['a', 'b', 'c'])]))
  const turns = [newTurn(), newTurn(), newTurn()]
  for (const turn of turns) await window.call('turn.start', turn)
  const [first, second, third] = turns.map(({ reply }) => reply)
  await window.call('turn.stop', { reply: second ?? newMessageId() })
  expect(await window.until(ended(second ?? ''))).toMatchObject({ stopped: true })
  await window.until(ended(third ?? ''))
  const order = window.events.flatMap((event) => (event.type === 'turn-delta' ? [event.reply] : []))
  expect([...new Set(order)]).toEqual([first, third])
  expect(order.toSorted((a, b) => (a === first ? 0 : 1) - (b === first ? 0 : 1))).toEqual(order)
})

test('a model that says nothing leaves an empty reply that is done', async () => {
  const window = openWindow(startEngine([{ pieces: [] }]))
  const turn = newTurn()
  await window.call('turn.start', turn)
  expect(await window.until(ended(turn.reply))).toMatchObject({ type: 'turn-done', stopped: false })
  expect((await window.call('conversation.open', { id: turn.conversation })).messages[1]).toMatchObject({
    status: 'done',
    text: '',
  })
})

test('a reply that fails keeps its text and its reason, and the next one works', async () => {
  const failure = { code: 'engine-failed' as const, message: 'It broke.', remedy: 'Ask again.' }
  const window = openWindow(startEngine([{ pieces: ['Hel'], failure }, { pieces: ['Hello'] }]))
  const turn = newTurn()
  await window.call('turn.start', turn)
  expect(await window.until(ended(turn.reply))).toMatchObject({ type: 'turn-failed', failure })
  expect((await window.call('conversation.open', { id: turn.conversation })).messages[1]).toMatchObject({
    status: 'failed',
    text: 'Hel',
    failure,
  })
  const next = newTurn('again', turn.conversation)
  await window.call('turn.start', next)
  expect(await window.until(ended(next.reply))).toMatchObject({ type: 'turn-done' })
})

test('the model sees the active branch, and a retry sees the question only', async () => {
  const prompts: string[] = []
  const script = ({ prompt, index }: ScriptedTurn) => {
    prompts.push(prompt)
    return { pieces: [`answer ${index}`] }
  }
  const window = openWindow(startEngine(script))
  const one = newTurn('one')
  await window.call('turn.start', one)
  await window.until(ended(one.reply))
  const two = newTurn('two', one.conversation)
  await window.call('turn.start', two)
  await window.until(ended(two.reply))
  const again = newMessageId()
  await window.call('turn.retry', { instead: one.reply, reply: again })
  await window.until(ended(again))
  expect(prompts[1]).toMatch(
    /user\none<turn\|>\n<\|turn>model\nanswer 0<turn\|>\n<\|turn>user\ntwo<turn\|>\n<\|turn>model\n$/,
  )
  const lastTurn = (prompt = '') => prompt.split('<|turn>user').slice(1)
  expect(lastTurn(prompts[2])).toEqual(lastTurn(prompts[0]))
  expect(await window.refused('turn.retry', { instead: one.message, reply: newMessageId() })).toMatchObject({
    code: 'not-found',
  })
})

test('a message that is too long for the model fails the turn with numbers, and is kept', async () => {
  const window = openWindow(startEngine([{ pieces: ['x'] }]))
  const turn = newTurn('word '.repeat(5000))
  await window.call('turn.start', turn)
  expect(await window.until(ended(turn.reply))).toMatchObject({
    failure: { code: 'prompt-too-long', message: expect.stringMatching(/25,\d\d\d tokens/) },
  })
})

test('deleting a conversation stops its reply; a minute later it is gone', async () => {
  const folder = tempFolder()
  const window = openWindow(startEngine([long], { folder, undoMs: 2000 }))
  const turn = newTurn()
  await window.call('turn.start', turn)
  await window.until((event) => event.type === 'turn-delta')
  await window.call('conversation.delete', { id: turn.conversation })
  await window.until((event) => event.type === 'conversation-removed')
  await window.until(ended(turn.reply))
  expect(await window.refused('turn.start', newTurn('x', turn.conversation))).toMatchObject({ code: 'not-found' })
  await new Promise((resolve) => setTimeout(resolve, 2500))
  expect(await window.refused('conversation.restore', { id: turn.conversation })).toMatchObject({ code: 'not-found' })
})

test('a window that vanishes disturbs nobody', async () => {
  const engine = startEngine([slow(['a', 'b', 'c'])])
  const [gone, stays] = [openWindow(engine), openWindow(engine)]
  const turn = newTurn()
  await gone.call('turn.start', turn)
  gone.port.close()
  await stays.until(ended(turn.reply))
  expect(textOf(stays.events, turn.reply)).toBe('abc')
})

test('without storage every call says why; when it is mended, the first screen finds it', async () => {
  const folder = tempFolder()
  const other = openStorage(folder)
  const window = openWindow(startEngine([{ pieces: ['x'] }], { folder }))
  for (const [command, input] of [
    ['app.snapshot', {}],
    ['turn.start', newTurn()],
    ['conversation.open', { id: newConversationId() }],
  ] as const)
    expect(await window.refused(command, input)).toMatchObject({ code: 'storage-locked' })
  other.close()
  expect((await window.call('app.snapshot', {})).conversations).toEqual([])
})

test('a damaged database is told to every window until the next start', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'hearth.db'), 'x'.repeat(10_000))
  const window = openWindow(startEngine([], { folder }))
  expect(await window.refused('app.snapshot', {})).toMatchObject({ code: 'storage-corrupt' })
  expect(await window.refused('app.snapshot', {})).toMatchObject({ code: 'storage-corrupt' })
})

test('a model file that is missing leaves the app alive, names another, and refuses turns with the reason', async () => {
  const window = openWindow(startEngine([{ pieces: ['x'] }]))
  const path = join(tempFolder(), 'big.gguf')
  await window.call('model.use', { path })
  expect(
    await window.until((event) => event.type === 'model-changed' && event.status.state === 'failed'),
  ).toMatchObject({ status: { name: 'Big', fallback: 'Kindling', failure: { code: 'model-missing' } } })
  const turn = newTurn()
  expect(await window.refused('turn.start', turn)).toMatchObject({
    code: 'no-model',
    message: expect.stringContaining(path),
  })
  expect((await window.call('app.snapshot', {})).conversations).toEqual([])
  await window.call('model.use', { path: null })
  await window.call('turn.start', turn) // waits for the load
  expect(await window.until(ended(turn.reply))).toMatchObject({ type: 'turn-done' })
  rmSync(path, { force: true })
})
