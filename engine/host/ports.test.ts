import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import type { Port } from '../contract/wire.ts'
import { electronParent, forkParent } from './ports.ts'

function channel() {
  const sent: unknown[] = []
  const emitter = Object.assign(new EventEmitter(), {
    connected: true,
    send: (message: unknown, _handle: unknown, _options: unknown, done: () => void) => {
      sent.push(message)
      done()
      return true
    },
  })
  return { sent, emitter, parent: forkParent(emitter as never) }
}

test('numbered ports over one channel are separate ports', async () => {
  const { sent, emitter, parent } = channel()
  const ports: Port[] = []
  parent.onPort((port) => ports.push(port))
  emitter.emit('message', { kind: 'port-open', port: 1 })
  emitter.emit('message', { kind: 'port-open', port: 2 })
  emitter.emit('message', { kind: 'port-open', port: 2 }) // known
  expect(ports).toHaveLength(2)
  const [heard, closed] = [vi.fn(), vi.fn()]
  ports[1]?.onMessage(heard)
  ports[1]?.onClose(closed)
  emitter.emit('message', { kind: 'port-message', port: 1, message: 'for one' })
  emitter.emit('message', { kind: 'port-message', port: 2, message: 'for two' })
  emitter.emit('message', { kind: 'port-message', port: 3, message: 'for nobody' })
  for (const raw of [null, 'x', { kind: 'explode' }, { kind: 'port-message' }]) emitter.emit('message', raw)
  expect(heard.mock.calls).toEqual([['for two']])
  ports[1]?.post('answer')
  emitter.emit('message', { kind: 'port-close', port: 2 })
  expect(closed).toHaveBeenCalledOnce()
  ports[1]?.post('too late')
  ports[0]?.close()
  await parent.send({ kind: 'ready' })
  expect(sent).toEqual([
    { kind: 'port-message', port: 2, message: 'answer' },
    { kind: 'port-close', port: 1 },
    { kind: 'ready' },
  ])
})

test('shutdown and the end of the parent are told, and sending to a parent that is gone does nothing', async () => {
  const { sent, emitter, parent } = channel()
  const [shutdown, gone] = [vi.fn(), vi.fn()]
  parent.onShutdown(shutdown)
  parent.onGone(gone)
  emitter.emit('message', { kind: 'shutdown' })
  emitter.connected = false
  emitter.emit('disconnect')
  await parent.send({ kind: 'ready' })
  expect([shutdown.mock.calls.length, gone.mock.calls.length, sent.length]).toEqual([1, 1, 0])
})

test('in Electron a port comes with the message, and speaks after it was started', () => {
  const electron = () => Object.assign(new EventEmitter(), { postMessage: vi.fn(), start: vi.fn(), close: vi.fn() })
  const [main, window] = [electron(), electron()]
  const parent = electronParent(main)
  const ports: Port[] = []
  const shutdown = vi.fn()
  parent.onPort((port) => ports.push(port))
  parent.onShutdown(shutdown)
  main.emit('message', { data: { kind: 'port-open' }, ports: [window] })
  main.emit('message', { data: { kind: 'port-open' }, ports: [] })
  main.emit('message', { data: { kind: 'shutdown' }, ports: [] })
  expect(ports).toHaveLength(1)
  expect(shutdown).toHaveBeenCalledOnce()
  const [heard, closed] = [vi.fn(), vi.fn()]
  ports[0]?.onMessage(heard)
  ports[0]?.onClose(closed)
  expect(window.start).toHaveBeenCalledOnce()
  window.emit('message', { data: 'hi', ports: [] })
  ports[0]?.post('answer')
  window.emit('close')
  ports[0]?.post('too late')
  expect(heard.mock.calls).toEqual([['hi']])
  expect(window.postMessage.mock.calls).toEqual([['answer']])
  expect(closed).toHaveBeenCalledOnce()
})
