import { expect, test, vi } from 'vitest'
import type { AppEvent } from '../../engine/contract/events.ts'
import { HearthError } from '../../engine/contract/failure.ts'
import type { ConversationId, MessageId } from '../../engine/contract/ids.ts'
import type { Port, ToHost, ToWindow } from '../../engine/contract/wire.ts'
import { settle } from '../testing/mount.tsx'
import { type ClientListener, createClient } from './client.ts'

const hello: ToWindow = { type: 'hello', protocol: 1, version: '0.1.0' }
const delta = (text: string): AppEvent => ({
  type: 'turn-delta',
  conversation: '01900000-0000-7000-8000-000000000001' as ConversationId,
  reply: '01900000-0000-7000-8000-000000000002' as MessageId,
  text,
})
const text = (events: readonly AppEvent[]) => events.map((event) => (event.type === 'turn-delta' ? event.text : '?'))

/** A client with the other end of its port in hand. */
async function connected() {
  const sent: ToHost[] = []
  const frames: (() => void)[] = []
  const seen: string[] = []
  let ports = 0
  let deliver: (message: unknown) => void = () => {}
  let close = () => {}
  const port = (): Port => ({
    post: (message) => void sent.push(message as ToHost),
    onMessage: (listener) => {
      deliver = listener
    },
    onClose: (listener) => {
      close = listener
    },
    close: () => close(),
  })
  const client = createClient({
    connect: async () => {
      ports++
      return port()
    },
    frame: (task) => void frames.push(task),
    backoffMs: 1,
  })
  const listener: ClientListener = {
    connected: () => seen.push('connected'),
    events: (events) => seen.push(`events ${text(events).join('')}`),
    lost: (failure, retryMs) => seen.push(`lost ${failure.code} ${retryMs}`),
  }
  client.start(listener)
  await settle()
  return {
    client,
    sent,
    seen,
    frames,
    deliver: (message: ToWindow | object) => deliver(message),
    close: () => close(),
    ports: () => ports,
    drawFrame: () => {
      for (const task of frames.splice(0)) task()
    },
  }
}

test('batches are folded once per frame, and acknowledged after that', async () => {
  const { deliver, drawFrame, seen, sent, frames } = await connected()
  deliver(hello)
  deliver({ type: 'events', batch: 7, events: [delta('a')] })
  deliver({ type: 'events', batch: 8, events: [delta('b'), delta('c')] })
  expect(frames).toHaveLength(1)
  expect(sent).toEqual([])
  drawFrame()
  expect(seen).toEqual(['connected', 'events abc'])
  expect(sent).toEqual([
    { type: 'ack', batch: 7 },
    { type: 'ack', batch: 8 },
  ])
})

test('events that came before an answer are folded before the answer is', async () => {
  const { client, deliver, seen, sent } = await connected()
  deliver(hello)
  const answer = client.call('app.snapshot', {}).then(() => seen.push('answered'))
  deliver({ type: 'events', batch: 1, events: [delta('a')] })
  deliver({ type: 'result', id: (sent[0] as { id: number }).id, output: {} })
  await answer
  expect(seen).toEqual(['connected', 'events a', 'answered'])
})

test('a refused call rejects with the failure that the engine gave', async () => {
  const { client, deliver, sent } = await connected()
  deliver(hello)
  const call = client.call('app.snapshot', {})
  const failure = { code: 'storage-full', message: 'The disk is full.', remedy: 'Free 200 MB.' }
  deliver({ type: 'failed', id: (sent[0] as { id: number }).id, failure })
  await expect(call).rejects.toSatisfy(
    (error) => error instanceof HearthError && error.failure.remedy === 'Free 200 MB.',
  )
})

test('calls that were not answered reject when the connection ends, and a new one is opened', async () => {
  const { client, deliver, close, seen, ports } = await connected()
  deliver(hello)
  const call = client.call('app.snapshot', {})
  close()
  await expect(call).rejects.toSatisfy(
    (error) => error instanceof HearthError && error.failure.code === 'engine-crashed',
  )
  await vi.waitFor(() => expect(ports()).toBe(2))
  deliver(hello)
  expect(seen).toEqual(['connected', 'lost engine-crashed 1', 'connected'])
})

test('a second hello on one port means a new engine: old calls reject, the window reads anew', async () => {
  const { client, deliver, seen } = await connected()
  deliver(hello)
  const call = client.call('app.snapshot', {})
  deliver(hello)
  await expect(call).rejects.toBeInstanceOf(HearthError)
  expect(seen).toEqual(['connected', 'lost engine-crashed 0', 'connected'])
})

test('without a hello nothing is sent', async () => {
  const { client, sent } = await connected()
  await expect(client.call('app.snapshot', {})).rejects.toBeInstanceOf(HearthError)
  expect(sent).toEqual([])
})

test('an engine of another protocol is refused in a sentence', async () => {
  const { deliver, seen } = await connected()
  deliver({ ...hello, protocol: 2 })
  expect(seen).toEqual(['lost bad-request null'])
})

test('a message that does not follow the contract is dropped, and the next one is read', async () => {
  const { deliver, seen } = await connected()
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  deliver({ type: 'events', batch: 'one', events: [] })
  deliver(hello)
  expect(error).toHaveBeenCalledOnce()
  expect(seen).toEqual(['connected'])
  error.mockRestore()
})
