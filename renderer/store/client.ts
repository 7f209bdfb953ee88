// renderer/store/client.ts: the engine as this window sees it. `call` asks one question; events arrive in batches, at
// most once per animation frame, and each batch is acknowledged after it has been folded into the store.
import type { CommandInput, CommandName, CommandOutput } from '../../engine/contract/commands.ts'
import type { AppEvent } from '../../engine/contract/events.ts'
import { type Failure, HearthError } from '../../engine/contract/failure.ts'
import { type Port, protocolVersion, toWindow } from '../../engine/contract/wire.ts'
import type { Connect } from './port.ts'

export interface ClientListener {
  /** The engine answers, for the first time or again: whatever was on screen may be old. */
  connected(): void
  events(events: readonly AppEvent[]): void
  /** The engine went away. `retryMs` is when the next try comes; null when there will be none by itself. */
  lost(failure: Failure, retryMs: number | null): void
}

export interface Client {
  /** Rejects with a `HearthError`. Its code is `engine-crashed` when the engine went away before it answered. */
  call<N extends CommandName>(command: N, input: CommandInput<N>): Promise<CommandOutput<N>>
  start(listener: ClientListener): void
  /** Tries to connect now instead of waiting out the back-off. */
  retry(): void
  close(): void
}

export interface ClientOptions {
  readonly connect: Connect
  /** Runs `task` before the next frame is drawn. */
  readonly frame?: (task: () => void) => void
  /** First pause between two tries to connect, in milliseconds. It doubles up to twenty times this. */
  readonly backoffMs?: number
}

interface PendingCall {
  readonly resolve: (output: unknown) => void
  readonly reject: (error: Error) => void
}

const away: Failure = { code: 'engine-crashed', message: 'The engine is not answering.', remedy: 'Trying again.' }

export function createClient({ connect, frame = nextFrame, backoffMs = 250 }: ClientOptions): Client {
  let port: Port | null = null
  let ready = false // the engine said hello on this port and has not been lost since
  let closed = false
  let pause = backoffMs
  let wake = () => {}
  let nextCall = 1
  let listener: ClientListener = { connected() {}, events() {}, lost() {} }
  const calls = new Map<number, PendingCall>()
  const batches: { readonly batch: number; readonly events: readonly AppEvent[] }[] = []
  let flushAsked = false

  /** Folds what waits, then tells the engine that it was drawn. */
  function flush() {
    flushAsked = false
    const waiting = batches.splice(0)
    if (waiting.length === 0) return
    listener.events(waiting.flatMap(({ events }) => events))
    for (const { batch } of waiting) port?.post({ type: 'ack', batch })
  }

  function lose(failure: Failure, retryMs: number | null) {
    flush()
    ready = false
    const waiting = [...calls.values()]
    calls.clear()
    for (const { reject } of waiting) reject(new HearthError('engine-crashed', failure.message, failure.remedy))
    listener.lost(failure, retryMs)
  }

  function receive(raw: unknown) {
    const parsed = toWindow.safeParse(raw)
    if (!parsed.success) {
      console.error('expected a message of the contract, found another one; it was dropped', parsed.error)
      return
    }
    const message = parsed.data
    switch (message.type) {
      case 'hello':
        if (message.protocol !== protocolVersion) {
          lose(
            {
              code: 'bad-request',
              message: `This window speaks protocol ${protocolVersion}, the engine speaks ${message.protocol}.`,
              remedy: 'Quit Hearth and start it again.',
            },
            null,
          )
          return
        }
        if (ready) lose(away, 0) // a hello in the middle means the engine is a new process
        ready = true
        pause = backoffMs
        listener.connected()
        return
      case 'result':
      case 'failed': {
        // An answer describes the engine after these events; folding them later would apply them twice.
        flush()
        const call = calls.get(message.id)
        calls.delete(message.id)
        if (message.type === 'result') call?.resolve(message.output)
        else call?.reject(new HearthError(message.failure.code, message.failure.message, message.failure.remedy))
        return
      }
      case 'events':
        batches.push(message)
        if (!flushAsked) {
          flushAsked = true
          frame(flush)
        }
        return
      case 'engine-lost':
        lose(message.failure, message.retryMs)
    }
  }

  async function run() {
    while (!closed) {
      try {
        const next = await connect()
        port = next
        await new Promise<void>((resolve) => {
          next.onClose(resolve)
          next.onMessage(receive)
          if (closed) resolve()
        })
      } catch (error) {
        console.warn('no connection to the engine', error)
      }
      port = null
      if (closed) return
      lose(away, pause)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      pause = Math.min(pause * 2, backoffMs * 20)
    }
  }

  return {
    call: (command, input) =>
      new Promise((resolve, reject) => {
        if (!port || !ready) {
          reject(new HearthError('engine-crashed', away.message, away.remedy))
          return
        }
        const id = nextCall++
        // The host parses inputs and answers by the same table of commands, so the output has that command's type.
        calls.set(id, { resolve: resolve as (output: unknown) => void, reject })
        port.post({ type: 'call', id, command, input })
      }),
    start: (next) => {
      listener = next
      void run()
    },
    retry: () => wake(),
    close: () => {
      closed = true
      wake()
      port?.close()
    },
  }
}

/** The next animation frame, or a quarter of a second where the page is hidden and frames do not come. */
function nextFrame(task: () => void) {
  let done = false
  const once = () => {
    if (done) return
    done = true
    clearTimeout(timer)
    task()
  }
  const timer = setTimeout(once, 250)
  requestAnimationFrame(once)
}
