// engine/mcp/connection.ts: one server, alive: started, asked what it offers, watched, and started again with growing
// pauses when it dies. Whatever it does, it ends in one of the states below and never takes the engine with it.
import { Client, type Transport } from '@modelcontextprotocol/client'
import type { Failure } from '../contract/failure.ts'
import { oneLine } from '../tools/clean-text.ts'
import { type Offer, readOffer } from './offer.ts'

export type ConnectionState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly offer: Offer }
  | { readonly kind: 'waiting'; readonly failure: Failure; readonly retryAt: number }
  | { readonly kind: 'failed'; readonly failure: Failure }

export type Connection = {
  state(): ConnectionState
  /** Null unless it is ready. */
  client(): Client | null
  start(): void
  /** Ends it and starts it at once, with the pauses back at the beginning. */
  restart(): void
  stop(): Promise<void>
  log(): readonly { readonly at: number; readonly text: string }[]
}

export type ConnectionDeps = {
  readonly name: string
  readonly version: string
  /** A new way to the server, for each start. `onLine`: what it writes for people. */
  readonly open: (
    onLine: (text: string) => void,
  ) => Transport & { readonly reason?: string | null; readonly ended?: boolean }
  readonly now: () => number
  readonly onChange: () => void
  readonly pauses?: Pauses
}

export type Pauses = {
  readonly firstMs: number
  readonly longestMs: number
  /** Failures in a row after which it is not tried again by itself. */
  readonly most: number
  /** After so long without a failure, the pauses are back at the beginning. */
  readonly steadyMs: number
  readonly startMs: number
}

export const usualPauses: Pauses = { firstMs: 1000, longestMs: 60_000, most: 6, steadyMs: 60_000, startMs: 30_000 }

const keptLines = 500

export function createConnection({
  name,
  version,
  open,
  now,
  onChange,
  pauses = usualPauses,
}: ConnectionDeps): Connection {
  let state: ConnectionState = { kind: 'off' }
  let current: { readonly client: Client; readonly controller: AbortController } | null = null
  let timer: NodeJS.Timeout | null = null
  let failures = 0
  const lines: { readonly at: number; readonly text: string }[] = []

  const say = (text: string) => {
    lines.push({ at: now(), text: oneLine(text, 2000) })
    if (lines.length > keptLines) lines.splice(0, lines.length - keptLines)
  }
  const become = (next: ConnectionState) => {
    state = next
    onChange()
  }
  const failed = (message: string) => {
    failures++
    say(message)
    const failure: Failure = { code: 'internal', message, remedy: 'Look at its log, or start it again.' }
    if (failures >= pauses.most) return become({ kind: 'failed', failure })
    const pause = Math.min(pauses.longestMs, pauses.firstMs * 2 ** (failures - 1))
    timer = setTimeout(begin, pause)
    timer.unref()
    become({ kind: 'waiting', failure, retryAt: now() + pause })
  }

  const begin = () => {
    timer = null
    if (current !== null) return
    const controller = new AbortController()
    const client = new Client(
      { name: 'Hearth', version },
      { capabilities: {}, versionNegotiation: { mode: 'auto' }, enforceStrictCapabilities: true },
    )
    const mine = { client, controller }
    current = mine
    let transport: ReturnType<typeof open>
    let ready = false
    const over = (message: string) => {
      if (current !== mine) return
      current = null
      controller.abort(new Error(message))
      void client.close().catch(() => {})
      failed(message)
    }
    const startTimer = setTimeout(
      () => over(`${name} did not answer within ${pauses.startMs / 1000} seconds.`),
      pauses.startMs,
    )
    say('Starting.')
    become({ kind: 'starting' })
    const run = async () => {
      transport = open(say)
      client.onclose = () => over(transport.reason ?? (ready ? `${name} ended.` : `${name} ended before it was ready.`))
      client.onerror = (error) => say(error.message)
      await client.connect(transport, { signal: controller.signal, timeout: pauses.startMs })
      const refresh = async () => {
        const offer = await readOffer(client, controller.signal)
        for (const problem of offer.problems) say(problem)
        if (current === mine) become({ kind: 'ready', offer })
      }
      await refresh()
      ready = true
      say('Ready.')
      // It may say that its lists changed as often as it likes; they are read again one after the other.
      let [stale, refreshing] = [false, false]
      const again = async () => {
        stale = true
        if (refreshing) return
        refreshing = true
        while (stale && current === mine) {
          stale = false
          await refresh().catch((error: unknown) => over(messageOf(error)))
          await new Promise((resolve) => setTimeout(resolve, 200))
        }
        refreshing = false
      }
      for (const method of ['tools', 'prompts', 'resources'] as const)
        client.setNotificationHandler(`notifications/${method}/list_changed`, again)
      const steady = setTimeout(() => {
        if (current === mine) failures = 0
      }, pauses.steadyMs)
      steady.unref()
    }
    run()
      .catch((error: unknown) =>
        over(
          transport?.reason ?? (transport?.ended === true ? `${name} ended before it was ready.` : messageOf(error)),
        ),
      )
      .finally(() => clearTimeout(startTimer))
  }

  const end = async () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const ending = current
    current = null
    ending?.controller.abort(new Error(`${name} was switched off.`))
    await ending?.client.close().catch(() => {})
  }

  return {
    state: () => state,
    client: () => (state.kind === 'ready' ? (current?.client ?? null) : null),
    start: () => {
      failures = 0
      if (timer !== null) clearTimeout(timer)
      begin()
    },
    restart: () => {
      failures = 0
      become({ kind: 'starting' })
      void end().then(begin)
    },
    stop: async () => {
      say('Switched off.')
      state = { kind: 'off' }
      await end()
    },
    log: () => [...lines],
  }
}

const messageOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error), 500)
