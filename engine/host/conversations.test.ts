// engine/host/conversations.test.ts: what can be done with messages and conversations, through the contract, over a script.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newAttachmentId } from '../contract/attachment.ts'
import { type CommandInput, type CommandName, type CommandOutput, commands } from '../contract/commands.ts'
import { type ConversationId, newMessageId } from '../contract/ids.ts'
import type { Script } from '../inference/scripted-inference.ts'
import { tempFolder } from '../storage/test-support.ts'
import type { EngineOptions } from './engine.ts'
import { ended, newTurn, openWindow, startEngine, textOf } from './test-support.ts'

const echo: Script = ({ prompt }) => {
  const asked = prompt.split('<|turn>user\n').at(-1)?.split('<turn|>')[0] ?? ''
  return { pieces: [`Echo: ${asked}`] }
}

function chat(script: Script = echo, options: Partial<EngineOptions> & { folder?: string } = {}) {
  const engine = startEngine(script, options)
  const window = openWindow(engine)
  const call = async <N extends CommandName>(command: N, input: CommandInput<N>): Promise<CommandOutput<N>> => {
    const output = await window.call(command, input)
    commands[command].output.parse(output) // what is answered follows the contract
    return output
  }
  const say = async (text: string, more: Partial<CommandInput<'turn.start'>> = {}) => {
    const turn = { ...newTurn(text), ...more } as ReturnType<typeof newTurn>
    await call('turn.start', turn)
    await window.until(ended(turn.reply))
    return turn
  }
  const texts = async (conversation: ConversationId) =>
    (await call('conversation.open', { id: conversation })).messages.map(({ text }) => text)
  return { engine, window, call, say, texts }
}

test('a message that is edited is another branch with an answer of its own, and the old one is still there', async () => {
  const { call, say, texts } = chat()
  const first = await say('one')
  const { conversation } = first
  await say('two', { conversation })
  const edited = await say('ONE', { conversation, instead: first.message })
  expect(await texts(conversation)).toEqual(['ONE', 'Echo: ONE'])
  const open = await call('conversation.open', { id: conversation })
  expect(open.messages[0]?.siblings).toEqual([first.message, edited.message])
  await call('conversation.select', { message: first.message })
  expect(await texts(conversation)).toEqual(['one', 'Echo: one', 'two', 'Echo: two'])
})

test('a message of another conversation, and a reply, cannot be edited; nothing is written', async () => {
  const { say, window, call } = chat()
  const first = await say('one')
  const other = await say('two')
  for (const instead of [other.message, first.reply]) {
    const turn = { ...newTurn('three', first.conversation), instead }
    expect(await window.refused('turn.start', turn)).toMatchObject({ code: 'bad-request' })
  }
  expect((await call('app.snapshot', {})).conversations.map(({ messageCount }) => messageCount)).toEqual([2, 2])
})

test('a reply that was stopped is written on from where it stands, and its cost is that of both parts', async () => {
  const prompts: string[] = []
  const { window, call } = chat(({ prompt, index }) => {
    prompts.push(prompt)
    return index === 0 ? { pieces: ['One two ', { text: 'three', delayMs: 3_600_000 }] } : { pieces: ['three.'] }
  })
  const turn = newTurn('Count')
  await call('turn.start', turn)
  await window.until((event) => event.type === 'turn-delta')
  expect(await window.refused('turn.continue', { reply: turn.reply })).toMatchObject({ code: 'busy' })
  await call('turn.stop', { reply: turn.reply })
  await window.until(ended(turn.reply))
  await call('turn.continue', { reply: turn.reply })
  await expect.poll(() => window.events.filter(ended(turn.reply)).length).toBe(2)
  const [, reply] = (await call('conversation.open', { id: turn.conversation })).messages
  expect(reply).toMatchObject({ id: turn.reply, text: 'One two three.', status: 'done', siblings: [turn.reply] })
  expect(reply?.stats?.newTokens).toBe('One two three.'.length)
  expect(prompts[1]?.endsWith('<|turn>model\nOne two ')).toBe(true)
  expect(await window.refused('turn.continue', { reply: turn.reply })).toMatchObject({ code: 'bad-request' })
  expect((await call('message.marks', { id: turn.reply })).marks?.lengths).toHaveLength('One two three.'.length)
})

test('a message is deleted with what follows it, comes back, and after a minute is gone from the disk', async () => {
  const folder = tempFolder()
  const { call, say, texts, engine } = chat(echo, { folder, undoMs: 1500 })
  const first = await say('apples')
  const { conversation } = first
  const second = await say('quinces', { conversation })
  expect((await call('message.delete', { id: second.message })).messages).toHaveLength(2)
  expect((await call('search.messages', { query: 'quinces' })).hits).toEqual([])
  await call('message.restore', { id: second.message })
  expect(await texts(conversation)).toEqual(['apples', 'Echo: apples', 'quinces', 'Echo: quinces'])
  await call('message.delete', { id: second.message })
  await call('conversation.rename', { id: conversation, title: 'Fruit' })
  await expect
    .poll(() => readFileSync(join(folder, 'hearth.db'), 'latin1').includes('quinces'), { timeout: 20_000 })
    .toBe(false)
  expect(await texts(conversation)).toEqual(['apples', 'Echo: apples'])
  expect((await call('app.snapshot', {})).conversations[0]).toMatchObject({ messageCount: 2, title: 'Fruit' })
  await engine.shutdown()
})

test('of two answers one can be deleted; the other is shown', async () => {
  const { call, say, texts, window } = chat()
  const turn = await say('apples')
  const reply = newMessageId()
  await call('turn.retry', { instead: turn.reply, reply })
  await window.until(ended(reply))
  const left = await call('message.delete', { id: reply })
  expect(left.messages.at(-1)).toMatchObject({ id: turn.reply, siblings: [turn.reply] })
  expect(await texts(turn.conversation)).toEqual(['apples', 'Echo: apples'])
  expect((await call('message.delete', { id: turn.message })).messages).toEqual([])
  expect((await call('message.restore', { id: turn.message })).messages).toHaveLength(2)
})

test('a pinned conversation says so, also after a start', async () => {
  const folder = tempFolder()
  const first = chat(echo, { folder })
  const { conversation } = await first.say('apples')
  expect(await first.call('conversation.pin', { id: conversation, pinned: true })).toMatchObject({ pinned: true })
  await first.engine.shutdown()
  const second = chat(echo, { folder })
  expect((await second.call('app.snapshot', {})).conversations).toMatchObject([{ pinned: true }])
  expect(await second.call('conversation.pin', { id: conversation, pinned: false })).toMatchObject({ pinned: false })
})

/** All bytes of all files below `folder`. */
const bytesBelow = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')

test('a temporary conversation leaves no byte on the disk: not while it runs, not after the end', async () => {
  const folder = tempFolder()
  const logged: string[] = []
  const log = (...line: unknown[]) => void logged.push(JSON.stringify(line))
  const { call, say, texts, engine } = chat(echo, { folder, log })
  await say('an ordinary persimmon')
  const file = { id: newAttachmentId(), name: 'marzipan.txt', kind: 'text' as const, bytes: 9, pages: null }
  const turn = await say('a secret about marzipan', { temporary: true, attachments: [{ ...file, text: 'marzipan!' }] })
  await say('more marzipan', { conversation: turn.conversation })
  await call('conversation.rename', { id: turn.conversation, title: 'Marzipan' })
  expect(await texts(turn.conversation)).toHaveLength(4)
  expect((await call('app.snapshot', {})).conversations).toMatchObject([
    { title: 'Marzipan', temporary: true },
    { temporary: false },
  ])
  expect(bytesBelow(folder)).toContain('persimmon')
  expect(bytesBelow(folder).toLowerCase()).not.toContain('marzipan')
  await engine.shutdown()
  expect(bytesBelow(folder).toLowerCase()).not.toContain('marzipan')
  expect(logged.join('\n').toLowerCase()).not.toContain('marzipan')
  const again = chat(echo, { folder })
  expect((await again.call('app.snapshot', {})).conversations).toHaveLength(1)
})

test('a temporary conversation that is kept is whole, with every branch, and stays after a start', async () => {
  const folder = tempFolder()
  const { call, say, engine, window } = chat(echo, { folder })
  const turn = await say('apples', { temporary: true })
  const edited = await say('pears', { conversation: turn.conversation, instead: turn.message })
  const before = await call('conversation.open', { id: turn.conversation })
  expect(await call('conversation.keep', { id: turn.conversation })).toMatchObject({ temporary: false })
  expect(await window.refused('conversation.keep', { id: turn.conversation })).toMatchObject({ code: 'not-found' })
  await engine.shutdown()
  const after = await chat(echo, { folder }).call('conversation.open', { id: turn.conversation })
  expect(after.messages).toEqual(before.messages)
  expect(after.messages[0]?.siblings).toEqual([turn.message, edited.message])
})

test('thoughts come apart from the answer, and are kept and counted apart', async () => {
  const prompts: string[] = []
  const { call, say, window } = chat(({ prompt }) => {
    prompts.push(prompt)
    return {
      pieces: [{ text: '<|channel>thought\nHm', markers: true }, ', well.', { text: '<channel|>Yes.', markers: true }],
    }
  })
  await call('settings.update', { thinking: 'long' })
  const turn = await say('Is it?')
  expect(prompts[0]).toContain('<|think|>')
  const [, reply] = (await call('conversation.open', { id: turn.conversation })).messages
  expect(reply).toMatchObject({ text: 'Yes.', thought: 'Hm, well.' })
  expect(reply?.stats).toMatchObject({ thoughtTokens: 'thought\nHm, well.'.length + 2 })
  expect(textOf(window.events, turn.reply)).toBe('Yes.')
  await say('And now?', { conversation: turn.conversation })
  expect(prompts[1]).not.toContain('well')
})

test('a thought that reaches its budget is closed, and the model answers with what it has', async () => {
  const prompts: string[] = []
  const { call, say } = chat(({ prompt, index }) => {
    prompts.push(prompt)
    const long = Array.from({ length: 40 }, () => ({ text: 'I wonder. ', delayMs: 1 }))
    if (index > 0) return { pieces: ['Yes.'] }
    return { pieces: [{ text: '<|channel>thought\n', markers: true }, ...long, 'never'] }
  })
  await call('settings.update', { thinking: 'short' })
  const turn = await say('Is it?')
  const [, reply] = (await call('conversation.open', { id: turn.conversation })).messages
  expect(reply).toMatchObject({ text: 'Yes.', status: 'done' })
  expect(prompts[1]?.endsWith('I wonder. <channel|>')).toBe(true)
  const thought = reply?.stats?.thoughtTokens ?? 0
  expect(thought).toBeGreaterThanOrEqual(256)
  expect(thought).toBeLessThan(300)
})
