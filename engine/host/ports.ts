// engine/host/ports.ts: how windows reach this process: as MessagePorts handed over by Electron's main process, or as
// numbered ports over the one IPC channel of a forked Node. Both become `Port`.
import { z } from 'zod'
import type { Failure } from '../contract/failure.ts'
import type { Port } from '../contract/wire.ts'

/** The process that started this one. */
export type Parent = {
  onPort(listener: (port: Port) => void): void
  onShutdown(listener: () => void): void
  /** It has ended without saying so. */
  onGone(listener: () => void): void
  /** Resolves when the message is on its way: a process may end after that. */
  send(message: { kind: 'ready' } | { kind: 'fatal'; failure: Failure }): Promise<void>
}

/** What Electron puts on `process` in a utility process. */
type ElectronPort = {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown; ports: ElectronPort[] }) => void): void
  on(event: 'close', listener: () => void): void
  start(): void
  close(): void
}

const portNumber = z.number().int()
const fromParent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('port-open'), port: portNumber.optional() }),
  z.object({ kind: z.literal('port-message'), port: portNumber, message: z.unknown() }),
  z.object({ kind: z.literal('port-close'), port: portNumber }),
  z.object({ kind: z.literal('shutdown') }),
])

/** The parent of this process, or null when it was started by hand. */
export function findParent(): Parent | null {
  const { parentPort } = process as { parentPort?: ElectronPort }
  if (parentPort !== undefined) return electronParent(parentPort)
  return process.send === undefined ? null : forkParent(process)
}

export function electronParent(parent: ElectronPort): Parent {
  let onPort: (port: Port) => void = () => {}
  let onShutdown = () => {}
  parent.on('message', ({ data, ports }) => {
    const message = fromParent.safeParse(data)
    if (!message.success) return
    if (message.data.kind === 'shutdown') onShutdown()
    const port = ports[0]
    if (message.data.kind === 'port-open' && port !== undefined) onPort(messagePort(port))
  })
  return {
    onPort: (listener) => {
      onPort = listener
    },
    onShutdown: (listener) => {
      onShutdown = listener
    },
    onGone: () => {}, // Electron ends a utility process together with its main process
    send: async (message) => parent.postMessage(message),
  }
}

function messagePort(port: ElectronPort): Port {
  let open = true
  const closed: (() => void)[] = []
  port.on('close', () => {
    open = false
    for (const listener of closed.splice(0)) listener()
  })
  return {
    post: (message) => {
      if (open) port.postMessage(message)
    },
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(data))
      port.start()
    },
    onClose: (listener) => void closed.push(listener),
    close: () => port.close(),
  }
}

type Channel = Pick<NodeJS.Process, 'on' | 'send' | 'connected'>

export function forkParent(channel: Channel): Parent {
  type End = { deliver(message: unknown): void; closed(): void }
  const ends = new Map<number, End>()
  let onPort: (port: Port) => void = () => {}
  let onShutdown = () => {}

  // A parent that has just ended is reported by `disconnect`; a send that fails because of it says nothing new.
  const send = (message: object, done: () => void = () => {}) => {
    if (channel.connected === false || channel.send === undefined) return done()
    channel.send(message, undefined, undefined, () => done())
  }
  const open = (number: number): Port => {
    let deliver: (message: unknown) => void = () => {}
    const closed: (() => void)[] = []
    ends.set(number, {
      deliver: (message) => deliver(message),
      closed: () => {
        for (const listener of closed.splice(0)) listener()
      },
    })
    return {
      post: (message) => {
        if (ends.has(number)) send({ kind: 'port-message', port: number, message })
      },
      onMessage: (listener) => {
        deliver = listener
      },
      onClose: (listener) => void closed.push(listener),
      close: () => {
        if (close(number)) send({ kind: 'port-close', port: number })
      },
    }
  }
  const close = (number: number): boolean => {
    const end = ends.get(number)
    if (end === undefined) return false
    ends.delete(number)
    end.closed()
    return true
  }
  channel.on('message', (raw: unknown) => {
    const message = fromParent.safeParse(raw)
    if (!message.success) return
    switch (message.data.kind) {
      case 'port-open':
        if (message.data.port === undefined || ends.has(message.data.port)) return
        return onPort(open(message.data.port))
      case 'port-message':
        return ends.get(message.data.port)?.deliver(message.data.message)
      case 'port-close':
        close(message.data.port)
        return
      case 'shutdown':
        return onShutdown()
    }
  })
  return {
    onPort: (listener) => {
      onPort = listener
    },
    onShutdown: (listener) => {
      onShutdown = listener
    },
    onGone: (listener) => void channel.on('disconnect', listener),
    send: (message) => new Promise((resolve) => send(message, resolve)),
  }
}
