// electron/web/child-engine.ts: the engine as a child of this Node, with any number of ports over its one IPC channel.
// Messages both ways: port-open, port-message, port-close. From the engine: ready, fatal. To it: shutdown.
import { fork } from 'node:child_process'
import { z } from 'zod'
import { failure } from '../../engine/contract/failure.ts'
import type { Port } from '../../engine/contract/wire.ts'
import type { EngineProcess } from '../supervisor.ts'

const fromEngine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('fatal'), failure }),
  z.object({ kind: z.literal('port-message'), port: z.number().int(), message: z.unknown() }),
  z.object({ kind: z.literal('port-close'), port: z.number().int() }),
])

export interface ChildEngine extends EngineProcess {
  readonly pid: number | undefined
  /** A new port to the engine. It closes with the engine. */
  openPort(): Port
}

/** `modulePath`: the engine's entry; `environment`: everything it gets. Its output goes to our stderr. */
export function startChildEngine(modulePath: string, environment: Record<string, string>): ChildEngine {
  const child = fork(modulePath, [], {
    serialization: 'advanced',
    env: environment,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 2, 2, 'ipc'],
    // Its own process group, so that Ctrl-C reaches the shell alone, which then asks the engine to end.
    detached: true,
  })
  const ports = new Map<number, { deliver(message: unknown): void; closed(): void }>()
  let nextPort = 1
  let onReady: () => void = () => undefined
  let onFatal: Parameters<EngineProcess['onFatal']>[0] = () => undefined
  let onExit: Parameters<EngineProcess['onExit']>[0] = () => undefined
  let exited = false

  // A send to a child that has just ended fails; its exit is reported on its own, so the failure says nothing new.
  const send = (message: { kind: string; port?: number; message?: unknown }) => {
    if (child.connected) child.send(message, () => undefined)
  }
  const exit = (code: number | null, signal: string | null) => {
    if (exited) return
    exited = true
    for (const port of [...ports.values()]) port.closed()
    onExit({ code, signal })
  }
  child.on('exit', exit)
  child.on('error', () => {
    if (child.pid === undefined) exit(null, null) // it could not be started at all
  })
  child.on('message', (raw) => {
    const parsed = fromEngine.safeParse(raw)
    if (!parsed.success) return
    const message = parsed.data
    switch (message.kind) {
      case 'ready':
        return onReady()
      case 'fatal':
        return onFatal(message.failure)
      case 'port-message':
        return ports.get(message.port)?.deliver(message.message)
      case 'port-close':
        return ports.get(message.port)?.closed()
    }
  })

  return {
    pid: child.pid,
    onReady: (listener) => {
      onReady = listener
    },
    onFatal: (listener) => {
      onFatal = listener
    },
    onExit: (listener) => {
      onExit = listener
    },
    shutdown: () => (child.connected ? send({ kind: 'shutdown' }) : void child.kill('SIGTERM')),
    kill: () => void child.kill('SIGKILL'),
    openPort() {
      const port = nextPort++
      let onMessage: (message: unknown) => void = () => undefined
      let onClose: () => void = () => undefined
      ports.set(port, {
        deliver: (message) => onMessage(message),
        closed: () => {
          if (ports.delete(port)) onClose()
        },
      })
      send({ kind: 'port-open', port })
      return {
        post: (message) => {
          if (ports.has(port)) send({ kind: 'port-message', port, message })
        },
        onMessage: (listener) => {
          onMessage = listener
        },
        onClose: (listener) => {
          onClose = listener
        },
        close: () => {
          if (ports.delete(port)) send({ kind: 'port-close', port })
        },
      }
    },
  }
}
