// engine/host/main.test.ts: the real process, over a script: it starts, it is killed, it loses nothing that was flushed.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { Failure } from '../contract/failure.ts'
import type { Port } from '../contract/wire.ts'
import type { ScriptedReply } from '../inference/scripted-inference.ts'
import { openTemp, tempFolder } from '../storage/test-support.ts'
import { ended, newTurn, textOf, windowOver } from './test-support.ts'

// One token a character, and no more of them than Kindling may write.
const whole = Array.from({ length: 300 }, (_, i) => String.fromCharCode(97 + (i % 26)))
const slowly: ScriptedReply = { pieces: whole.map((text) => ({ text, delayMs: 40 })) }

type FromEngine = { kind: string; port?: number; message?: unknown; failure?: Failure }

function startProcess(folder: string, script: readonly ScriptedReply[], env: Record<string, string> = {}) {
  const file = (name: string, text: string) => {
    const path = join(tempFolder(), name)
    writeFileSync(path, text)
    return path
  }
  const boot = {
    dataDir: folder,
    starterModelPath: file('kindling.gguf', ''),
    addonPath: '',
    inference: { script: file('script.json', JSON.stringify(script)) },
    version: '1.2.3',
  }
  const child = fork(new URL('./main.ts', import.meta.url), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, HEARTH_BOOT: JSON.stringify(boot), ...env },
  })
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += chunk
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, log: () => log, exit: once(child, 'exit') as Promise<[number | null, string | null]> }
}

const ready = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.on('message', (message: FromEngine) => message.kind === 'ready' && resolve())
  })

function openPort(child: ChildProcess, number: number): Port {
  const send = (message: object) => void child.send(message, () => {})
  send({ kind: 'port-open', port: number })
  return {
    post: (message) => send({ kind: 'port-message', port: number, message }),
    onMessage: (listener) =>
      void child.on('message', ({ kind, port, message }: FromEngine) => {
        if (kind === 'port-message' && port === number) listener(message)
      }),
    onClose: () => {},
    close: () => send({ kind: 'port-close', port: number }),
  }
}

test('a conversation over the process, and a shutdown that keeps it and empties the log of the database', async () => {
  const folder = tempFolder()
  const { child, exit, log } = startProcess(folder, [{ pieces: ['secretword ', 'Hello'] }])
  await ready(child)
  const [one, two] = [windowOver(openPort(child, 1)), windowOver(openPort(child, 2))]
  const turn = newTurn('My passphrase is xyzzy')
  await one.call('turn.start', turn)
  await two.until(ended(turn.reply))
  expect(textOf(two.events, turn.reply)).toBe('secretword Hello')
  child.send({ kind: 'shutdown' })
  expect(await exit).toEqual([0, null])
  expect(log()).toContain('"turn-end"')
  expect(log()).not.toMatch(/xyzzy|secretword/)
  expect(openTemp(folder).messages.find(turn.reply)).toMatchObject({ status: 'done', text: 'secretword Hello' })
})

test('kill -9 during a reply loses at most what was not flushed, every time', { timeout: 60_000 }, async () => {
  const folder = tempFolder()
  for (const [round, flushes] of [1, 2, 1, 3].entries()) {
    const { child, exit } = startProcess(folder, [slowly])
    await ready(child)
    const window = windowOver(openPort(child, 1))
    const { hits } = await window.call('search.messages', { query: 'passphrase', limit: 100 })
    expect(hits).toHaveLength(round)
    const turn = newTurn('My passphrase is xyzzy')
    await window.call('turn.start', turn)

    const reader = new Sqlite(join(folder, 'hearth.db'), { readonly: true })
    const stored = reader.prepare<[string], string>('SELECT text FROM messages WHERE id = ?').pluck()
    let flushed = ''
    for (let seen = 0; seen < flushes; ) {
      const now = stored.get(turn.reply) ?? ''
      if (now !== flushed) seen++
      flushed = now
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    child.kill('SIGKILL')
    await exit
    reader.close()

    const storage = openTemp(folder)
    const [question, reply] = storage.messages.branch(turn.reply)
    expect(question).toMatchObject({ text: turn.text, status: 'done' })
    expect(reply).toMatchObject({ status: 'interrupted' })
    expect(reply?.text.startsWith(flushed)).toBe(true)
    expect(flushed).not.toBe('')
    expect(whole.join('').startsWith(reply?.text ?? '-')).toBe(true)
    expect(storage.database.pragma('integrity_check', { simple: true })).toBe('ok')
    storage.close()
  }
})

test('a crash of native code ends the process; the reply is interrupted and the next process serves it', async () => {
  const folder = tempFolder()
  const first = startProcess(folder, [{ pieces: ['Hel'], crash: true }])
  await ready(first.child)
  const turn = newTurn()
  await windowOver(openPort(first.child, 1)).call('turn.start', turn)
  expect(await first.exit).toEqual([null, 'SIGKILL'])
  const second = startProcess(folder, [{ pieces: ['Hello'] }])
  await ready(second.child)
  const window = windowOver(openPort(second.child, 1))
  const { messages, summary } = await window.call('conversation.open', { id: turn.conversation })
  expect(messages[1]?.status).toBe('interrupted')
  expect(summary.streaming).toBeNull()
  const again = newTurn().reply
  await window.call('turn.retry', { instead: turn.reply, reply: again })
  expect(await window.until(ended(again))).toMatchObject({ type: 'turn-done' })
})

test('the process ends by itself when its parent is gone, and keeps the reply', async () => {
  const folder = tempFolder()
  const { child, exit } = startProcess(folder, [slowly])
  await ready(child)
  const turn = newTurn()
  const window = windowOver(openPort(child, 1))
  await window.call('turn.start', turn)
  await window.until((event) => event.type === 'turn-delta')
  child.disconnect()
  expect(await exit).toEqual([0, null])
  const reply = openTemp(folder).messages.find(turn.reply)
  expect(reply?.status).toBe('interrupted')
  expect(reply?.text).not.toBe('')
})

test('a process with a boot message that means nothing says so and ends', async () => {
  const { child, exit } = startProcess(tempFolder(), [], { HEARTH_BOOT: '{"dataDir":5}' })
  const fatal = new Promise<FromEngine>((resolve) => {
    child.on('message', (message: FromEngine) => message.kind === 'fatal' && resolve(message))
  })
  expect((await fatal).failure).toMatchObject({ code: 'bad-request' })
  expect(await exit).toEqual([1, null])
})

test('a second process on the same folder serves the reason', async () => {
  const folder = tempFolder()
  const first = startProcess(folder, [])
  await ready(first.child)
  const second = startProcess(folder, [])
  await ready(second.child)
  const window = windowOver(openPort(second.child, 1))
  expect(await window.refused('app.snapshot', {})).toMatchObject({ code: 'storage-locked' })
  second.child.send({ kind: 'shutdown' })
  expect(await second.exit).toEqual([0, null])
})
