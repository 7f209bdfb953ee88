// engine/host/test-support.ts: an engine without a process, and a window over a pair of ports.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CommandInput, CommandName, CommandOutput } from '../contract/commands.ts'
import type { AppEvent } from '../contract/events.ts'
import type { Failure } from '../contract/failure.ts'
import { newConversationId, newMessageId } from '../contract/ids.ts'
import type { Port, ToWindow } from '../contract/wire.ts'
import { createScriptedInference, type Script } from '../inference/scripted-inference.ts'
import { tempFolder } from '../storage/test-support.ts'
import { createEngine, type Engine, type EngineOptions } from './engine.ts'
import { serve } from './serve.ts'

export const quiet = () => {}

/** An engine over a script, shut down after the test. */
export function startEngine(script: Script, options: Partial<EngineOptions> & { folder?: string } = {}): Engine {
  const folder = options.folder ?? tempFolder()
  const starter = join(tempFolder(), 'kindling.gguf')
  writeFileSync(starter, '')
  const engine = createEngine({
    boot: { dataDir: folder, starterModelPath: starter, addonPath: '', inference: 'native', version: '1.2.3' },
    log: quiet,
    load: async (path, starterFile) => createScriptedInference(script, { info: { path, starter: starterFile } }),
    ...options,
  })
  onTestFinished(() => engine.shutdown())
  return engine
}

/** Two ends of one channel. Messages are copied and come in a later task, as between processes. */
export function portPair(): [Port, Port] {
  type End = { listener: (message: unknown) => void; waiting: unknown[]; closed: (() => void)[] }
  const ends: [End, End] = [end(), end()]
  let open = true
  function end(): End {
    return { listener: () => {}, waiting: [], closed: [] }
  }
  const close = () => {
    if (!open) return
    open = false
    for (const { closed } of ends) for (const listener of closed) listener()
  }
  const port = (mine: End, theirs: End): Port => ({
    post: (message) => {
      const copy = structuredClone(message)
      setImmediate(() => open && theirs.listener(copy))
    },
    onMessage: (listener) => {
      mine.listener = listener
    },
    onClose: (listener) => void mine.closed.push(listener),
    close,
  })
  return [port(ends[0], ends[1]), port(ends[1], ends[0])]
}

export type TestWindow = {
  readonly port: Port
  readonly events: AppEvent[]
  readonly messages: ToWindow[]
  call<N extends CommandName>(command: N, input: CommandInput<N>): Promise<CommandOutput<N>>
  /** The failure that the call is answered with; any input. */
  refused(command: string, input: unknown): Promise<Failure>
  /** Resolves when an event fits, also one that has come already. */
  until(fits: (event: AppEvent) => boolean): Promise<AppEvent>
}

export function openWindow(engine: Engine, acknowledges = true): TestWindow {
  const [port, host] = portPair()
  const window = windowOver(port, acknowledges)
  serve(host, engine, quiet)
  return window
}

export function windowOver(port: Port, acknowledges = true): TestWindow {
  const messages: ToWindow[] = []
  const events: AppEvent[] = []
  const answers = new Map<number, (message: ToWindow) => void>()
  const watchers = new Set<() => void>()
  let calls = 0
  port.onMessage((raw) => {
    const message = raw as ToWindow
    messages.push(message)
    if (message.type === 'events') {
      events.push(...message.events)
      if (acknowledges) port.post({ type: 'ack', batch: message.batch })
      for (const watcher of watchers) watcher()
    }
    if (message.type === 'result' || message.type === 'failed') answers.get(message.id)?.(message)
  })
  const ask = (command: string, input: unknown) =>
    new Promise<ToWindow>((resolve) => {
      const id = ++calls
      answers.set(id, resolve)
      port.post({ type: 'call', id, command, input })
    })
  return {
    port,
    events,
    messages,
    call: async (command, input) => {
      const answer = await ask(command, input)
      if (answer.type === 'result') return answer.output as never
      throw new Error(`${command} was refused: ${JSON.stringify(answer)}`)
    },
    refused: async (command, input) => {
      const answer = await ask(command, input)
      if (answer.type === 'failed') return answer.failure
      throw new Error(`${command} was not refused: ${JSON.stringify(answer)}`)
    },
    until: (fits) =>
      new Promise((resolve) => {
        const look = () => {
          const event = events.find(fits)
          if (event === undefined) return
          watchers.delete(look)
          resolve(event)
        }
        watchers.add(look)
        look()
      }),
  }
}

/** Ids for a turn. */
export const newTurn = (text = 'Hi', conversation = newConversationId()) => ({
  conversation,
  message: newMessageId(),
  reply: newMessageId(),
  text,
})

export const ended =
  (reply: string) =>
  (event: AppEvent): boolean =>
    (event.type === 'turn-done' || event.type === 'turn-failed') && event.reply === reply

/** All text of a reply that events have brought. */
export const textOf = (events: readonly AppEvent[], reply: string): string =>
  events.map((event) => (event.type === 'turn-delta' && event.reply === reply ? event.text : '')).join('')
