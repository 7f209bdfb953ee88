// electron/main/utility-engine.ts: the engine in a process of its own, so that its end is never the app's. Windows talk
// to it over message ports of their own: main introduces the two and never sees a token.
import { MessageChannelMain, type MessagePortMain, utilityProcess } from 'electron'
import { z } from 'zod'
import { failure } from '../../engine/contract/failure.ts'
import type { EngineProcess } from '../supervisor.ts'

const fromEngine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('fatal'), failure }),
])

export interface UtilityEngine extends EngineProcess {
  /** A new port to the engine, to be handed to a window. It closes with the engine. */
  openPort(): MessagePortMain
}

export function startUtilityEngine(modulePath: string, environment: Record<string, string>): UtilityEngine {
  const child = utilityProcess.fork(modulePath, [], {
    serviceName: 'Hearth Engine',
    env: environment,
    stdio: 'inherit',
  })
  let onReady: () => void = () => undefined
  let onFatal: Parameters<EngineProcess['onFatal']>[0] = () => undefined
  child.on('message', (raw: unknown) => {
    const parsed = fromEngine.safeParse(raw)
    if (!parsed.success) return
    if (parsed.data.kind === 'ready') onReady()
    else onFatal(parsed.data.failure)
  })
  return {
    onReady: (listener) => {
      onReady = listener
    },
    onFatal: (listener) => {
      onFatal = listener
    },
    onExit: (listener) => {
      child.once('exit', (code) => listener({ code, signal: null }))
    },
    shutdown: () => child.postMessage({ kind: 'shutdown' }),
    kill: () => void child.kill(),
    openPort() {
      const { port1, port2 } = new MessageChannelMain()
      child.postMessage({ kind: 'port-open' }, [port1])
      return port2
    },
  }
}
