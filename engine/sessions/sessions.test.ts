// engine/sessions/sessions.test.ts: turns when the disk is full, when the process ends, and when the model is slow.
import { expect, onTestFinished, test } from 'vitest'
import { newConversationId, newMessageId } from '../contract/ids.ts'
import type { Inference } from '../inference/inference.ts'
import { createScriptedInference, type Script } from '../inference/scripted-inference.ts'
import { createQueue } from '../models/queue.ts'
import { openStorage } from '../storage/open-storage.ts'
import { failureOf, openTemp, tempFolder } from '../storage/test-support.ts'
import { createSessionCache } from './session-cache.ts'
import { createSessions, type SessionEvent } from './sessions.ts'

function setUp(script: Script, storage = openTemp(), inference: Inference = createScriptedInference(script)) {
  const events: SessionEvent[] = []
  const watchers = new Set<() => void>()
  const sessions = createSessions({
    storage,
    queue: createQueue(),
    cache: createSessionCache(4),
    models: {
      status: () => ({ state: 'none' }),
      use: () => {},
      current: () => inference,
      expected: () => 'Scripted',
      measure: () => {},
      rest: async () => {},
      wake: () => {},
      close: () => {},
    },
    emit: (event) => {
      events.push(event)
      for (const watcher of watchers) watcher()
    },
    log: () => {},
    now: () => 1000,
    flushEveryMs: 1,
  })
  onTestFinished(() => sessions.shutdown())
  const until = (fits: (event: SessionEvent) => boolean) =>
    new Promise<SessionEvent>((resolve) => {
      const look = () => {
        const event = events.find(fits)
        if (event !== undefined) resolve(event)
      }
      watchers.add(look)
      look()
    })
  const start = (text = 'Hi', conversation = newConversationId()) => {
    const turn = { conversation, message: newMessageId(), reply: newMessageId(), text }
    sessions.start(turn)
    return turn
  }
  const ended = (reply: string) =>
    until((event) => (event.type === 'turn-done' || event.type === 'turn-failed') && event.reply === reply)
  return { storage, sessions, events, until, start, ended }
}

const pages = (storage: ReturnType<typeof openTemp>) =>
  storage.database.pragma('page_count', { simple: true }) as number

test('a disk that fills up during a reply fails the turn, keeps the text, and later turns work', async () => {
  const big = Array.from({ length: 200 }, (_, i) => ({ text: `${i} `.padEnd(1000, 'x'), delayMs: 1 }))
  const { storage, sessions, until, start, ended, events } = setUp([{ pieces: big }, { pieces: ['Hello'] }])
  const turn = start()
  storage.database.pragma(`max_page_count = ${pages(storage) + 1}`)
  const failed = await ended(turn.reply)
  expect(failed).toMatchObject({ type: 'turn-failed', failure: { code: 'storage-full' } })
  await until((event) => event.type === 'conversation-changed' && event.summary.streaming === null)

  const shown = sessions.open(turn.conversation)
  expect(shown.messages[1]).toMatchObject({ status: 'failed', failure: { code: 'storage-full' } })
  expect(shown.messages[1]?.text).toMatch(/^0 x/)
  expect(shown.messages[1]?.text).toBe(events.map((event) => (event.type === 'turn-delta' ? event.text : '')).join(''))
  expect(failureOf(() => start('y'.repeat(100_000)))).toMatchObject({ code: 'storage-full' })

  storage.database.pragma('max_page_count = 1000000')
  const next = start('again', turn.conversation)
  expect(await ended(next.reply)).toMatchObject({ type: 'turn-done' })
  // The end that could not be written then is written now.
  expect(storage.messages.find(turn.reply)).toMatchObject({ status: 'failed', text: shown.messages[1]?.text })
})

test('a start that cannot be written has written nothing', () => {
  const { storage, sessions, start } = setUp([{ pieces: ['x'] }])
  storage.database.pragma(`max_page_count = ${pages(storage)}`)
  expect(failureOf(() => start('y'.repeat(100_000)))).toMatchObject({ code: 'storage-full' })
  expect(sessions.list()).toEqual([])
})

test('both messages are in the database before the model is asked, and the text follows while it is written', async () => {
  const folder = tempFolder()
  const storage = openTemp(folder)
  const { start, until } = setUp([{ pieces: ['Hel', { text: 'lo', delayMs: 60_000 }] }], storage)
  const turn = start()
  expect(storage.messages.find(turn.message)).toMatchObject({ text: 'Hi', status: 'done' })
  expect(storage.messages.find(turn.reply)).toMatchObject({ text: '', status: 'streaming' })
  await until((event) => event.type === 'turn-delta')
  await expect.poll(() => storage.messages.find(turn.reply)?.text).toBe('Hel')
})

test('when the process is asked to end, the reply is interrupted and its text is kept', async () => {
  const folder = tempFolder()
  const storage = openStorage(folder)
  const { sessions, start, until } = setUp([{ pieces: ['Hel', { text: 'lo', delayMs: 60_000 }] }], storage)
  const turn = start()
  await until((event) => event.type === 'turn-delta')
  await sessions.shutdown()
  expect(failureOf(() => start())).not.toBeNull()
  storage.close()
  expect(openTemp(folder).messages.find(turn.reply)).toMatchObject({ status: 'interrupted', text: 'Hel' })
})

test('the session of a conversation reuses the last prompt, and one that failed is not trusted again', async () => {
  const made: string[] = []
  const scripted = createScriptedInference([
    { pieces: ['a'] },
    { pieces: ['b'], failure: { code: 'engine-failed', message: 'broke' } },
    { pieces: ['c'] },
  ])
  const counting: Inference = {
    ...scripted,
    createSession: () => {
      made.push('session')
      return scripted.createSession()
    },
  }
  const { start, ended } = setUp([], openTemp(), counting)
  const one = start()
  await ended(one.reply)
  const two = start('more', one.conversation)
  expect(await ended(two.reply)).toMatchObject({ type: 'turn-failed' })
  expect(made).toHaveLength(1)
  const three = start('more', one.conversation)
  const done = await ended(three.reply)
  expect(made).toHaveLength(2)
  expect(done).toMatchObject({ type: 'turn-done', stats: { reusedTokens: 0 } })
  const four = start('more', one.conversation)
  expect(await ended(four.reply)).toMatchObject({ stats: { reusedTokens: expect.toSatisfy((n: number) => n > 50) } })
})

test('a text with half a surrogate pair is made whole before it is stored', () => {
  const { storage, start } = setUp([{ pieces: [] }])
  const turn = start('a\ud800b')
  expect(storage.messages.find(turn.message)?.text).toBe('a\ufffdb')
})

test('the title is of the first message until the person gives one', async () => {
  const { storage, sessions, start, ended } = setUp([{ pieces: ['x'] }])
  const turn = start('How do I bake bread?')
  await ended(turn.reply)
  await ended(start('And cake?', turn.conversation).reply)
  expect(sessions.summary(turn.conversation).title).toBe('How do I bake bread?')
  storage.conversations.rename(turn.conversation, 'Baking')
  await ended(start('And pie?', turn.conversation).reply)
  expect(sessions.summary(turn.conversation).title).toBe('Baking')
})
