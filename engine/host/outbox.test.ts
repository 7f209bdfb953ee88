import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AppEvent } from '../contract/events.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import { eventWindow, type ToWindow } from '../contract/wire.ts'
import { createOutbox, merge } from './outbox.ts'

const delta = (conversation: string, text: string, reply = `${conversation}-r`): AppEvent => ({
  type: 'turn-delta',
  conversation: conversation as ConversationId,
  reply: reply as MessageId,
  text,
})
const changed = (id: string, title: string): AppEvent => ({
  type: 'conversation-changed',
  summary: {
    id: id as ConversationId,
    title,
    createdAt: 0,
    updatedAt: 0,
    messageCount: 0,
    streaming: null,
    pinned: false,
    temporary: false,
    overflow: null,
  },
})
const removed = (id: string): AppEvent => ({ type: 'conversation-removed', conversation: id as ConversationId })
const model = (name: string): AppEvent => ({ type: 'model-changed', status: { state: 'loading', name } })
const done = (conversation: string, reply = `${conversation}-r`): AppEvent => ({
  type: 'turn-failed',
  conversation: conversation as ConversationId,
  reply: reply as MessageId,
  failure: { code: 'internal', message: 'x' },
})

/** A screen: what anyone could see after these events. */
function fold(events: readonly AppEvent[]) {
  const titles: Record<string, string> = {}
  const replies: Record<string, { text: string; late: string; ended: number }> = {}
  let status = ''
  for (const event of events) {
    if (event.type === 'conversation-changed') titles[event.summary.id] = event.summary.title
    if (event.type === 'conversation-removed') delete titles[event.conversation]
    if (event.type === 'model-changed') status = event.status.state === 'loading' ? event.status.name : ''
    if (event.type === 'turn-delta' || event.type === 'turn-failed') {
      const reply = replies[event.reply] ?? { text: '', late: '', ended: 0 }
      replies[event.reply] = reply
      if (event.type === 'turn-failed') reply.ended++
      else if (reply.ended > 0) reply.late += event.text
      else reply.text += event.text
    }
  }
  return { titles, replies, status }
}

const anyEvent = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.string({ maxLength: 3 }), fc.constantFrom('1', '2'))
    .map(([id, text, reply]) => delta(id, text, id + reply)),
  fc.tuple(fc.constantFrom('a', 'b'), fc.string({ maxLength: 3 })).map(([id, title]) => changed(id, title)),
  fc.constantFrom('a', 'b').map(removed),
  fc.string({ maxLength: 3 }).map(model),
  fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')).map(([id, reply]) => done(id, id + reply)),
)

test('merging changes nothing that a fold over the events can see', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      const waiting: AppEvent[] = []
      for (const event of events) merge(waiting, event)
      expect(fold(waiting)).toEqual(fold(events))
      expect(waiting.length).toBeLessThanOrEqual(events.length)
    }),
    { numRuns: 500 },
  )
})

test('text of one reply becomes one piece, also when other conversations speak between', () => {
  const waiting: AppEvent[] = []
  for (const event of [delta('a', '1'), delta('b', 'x'), model('m'), delta('a', '2'), model('n'), delta('a', '3')])
    merge(waiting, event)
  expect(waiting).toEqual([delta('a', '123'), delta('b', 'x'), model('n')])
})

test('a conversation that is deleted and restored is there at the end', () => {
  const waiting: AppEvent[] = []
  for (const event of [changed('a', '1'), removed('a'), changed('a', '2')]) merge(waiting, event)
  expect(fold(waiting).titles).toEqual({ a: '2' })
})

const tick = () => new Promise((resolve) => setImmediate(resolve))

test('a window that does not acknowledge gets a few batches, and then everything that waited as one', async () => {
  const posted: ToWindow[] = []
  const outbox = createOutbox((message) => posted.push(message))
  for (let i = 0; i < 100; i++) {
    outbox.add(delta('a', `${i},`))
    await tick()
  }
  expect(posted.map((message) => message.type === 'events' && message.batch)).toEqual(
    Array.from({ length: eventWindow }, (_, i) => i + 1),
  )
  outbox.acknowledge(99) // never sent
  await tick()
  expect(posted).toHaveLength(eventWindow)
  outbox.acknowledge(1)
  await tick()
  expect(posted).toHaveLength(eventWindow + 1)
  const events = posted.flatMap((message) => (message.type === 'events' ? message.events : []))
  expect(fold(events).replies['a-r']?.text).toBe(Array.from({ length: 100 }, (_, i) => `${i},`).join(''))
})

test('draining sends at once, and a closed outbox sends nothing', async () => {
  const posted: ToWindow[] = []
  const outbox = createOutbox((message) => posted.push(message))
  outbox.add(model('a'))
  outbox.drain()
  expect(posted).toHaveLength(1)
  outbox.add(model('b'))
  outbox.close()
  outbox.add(model('c'))
  outbox.drain()
  await tick()
  expect(posted).toHaveLength(1)
})

test('of several amounts of one prompt that wait the last is sent, before the words that follow', () => {
  const read = (amount: number, reply = 'a-r'): AppEvent => ({
    type: 'turn-progress',
    conversation: 'a' as ConversationId,
    reply: reply as MessageId,
    done: amount,
    total: 9,
  })
  const waiting: AppEvent[] = []
  for (const event of [read(1), read(2), delta('b', 'x'), read(3), delta('a', 'y'), read(1, 'a-2'), read(2, 'a-2')])
    merge(waiting, event)
  expect(waiting).toEqual([read(3), delta('b', 'x'), delta('a', 'y'), read(2, 'a-2')])
})
