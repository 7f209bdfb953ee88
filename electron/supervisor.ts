// electron/supervisor.ts: keeps one engine process running and every window attached to it. Shared by both shells:
// it knows neither Electron nor child processes; each shell hands in how to start an engine and how to reach a window.
//
// Order for one engine: start → ready → every window is attached → exit → every window is told → wait → start …
import type { Failure } from '../engine/contract/failure.ts'
import type { ToWindow } from '../engine/contract/wire.ts'
import { createBackoff } from './backoff.ts'

export type EngineExit = { readonly code: number | null; readonly signal: string | null }
export type EngineLost = Extract<ToWindow, { type: 'engine-lost' }>

/** One engine process. Listeners are set once, right after the start, and `onExit` is called exactly once. */
export interface EngineProcess {
  onReady(listener: () => void): void
  /** The engine says why it is about to end. */
  onFatal(listener: (failure: Failure) => void): void
  onExit(listener: (exit: EngineExit) => void): void
  /** Asks it to end by itself: running replies are stopped and kept. */
  shutdown(): void
  kill(): void
}

/** A window as the supervisor sees it. `E` is the shell's own engine process. */
export interface SupervisedWindow<E extends EngineProcess> {
  attach(engine: E): void
  engineLost(message: EngineLost): void
}

export interface Supervisor<E extends EngineProcess> {
  /** Attaches the window to this engine and all that follow. Answers how to forget it. */
  add(window: SupervisedWindow<E>): () => void
  /** Ends the engine for good: asks, waits at most `graceMs`, then kills. Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>
}

export function createSupervisor<E extends EngineProcess>(
  startEngine: () => E,
  log: (line: string) => void,
): Supervisor<E> {
  const backoff = createBackoff()
  const windows = new Set<SupervisedWindow<E>>()
  let engine: E | undefined
  let ready = false
  let lost: EngineLost | undefined
  let retry: NodeJS.Timeout | undefined
  let stopping: Promise<void> | undefined
  let ended: () => void = () => undefined

  function start(): void {
    retry = undefined
    let readyAt: number | undefined
    let fatal: Failure | undefined
    const started = startEngine()
    engine = started
    started.onFatal((failure) => {
      fatal = failure
    })
    started.onReady(() => {
      if (readyAt !== undefined || engine !== started) return
      readyAt = performance.now()
      ready = true
      lost = undefined
      for (const window of windows) window.attach(started)
    })
    started.onExit((exit) => {
      engine = undefined
      ready = false
      if (stopping !== undefined) return ended()
      const retryMs = backoff.next(readyAt === undefined ? 0 : performance.now() - readyAt)
      lost = { type: 'engine-lost', failure: fatal ?? crashFailure(exit), retryMs }
      log(`${lost.failure.message} Starting it again in ${retryMs} ms.`)
      for (const window of windows) window.engineLost(lost)
      retry = setTimeout(start, retryMs)
    })
  }

  start()
  return {
    add(window) {
      windows.add(window)
      if (engine !== undefined && ready) window.attach(engine)
      else if (lost !== undefined) window.engineLost(lost)
      return () => void windows.delete(window)
    },
    stop(graceMs = 5_000) {
      stopping ??= new Promise((resolve) => {
        clearTimeout(retry)
        if (engine === undefined) return resolve()
        const last = engine
        const impatient = setTimeout(() => last.kill(), graceMs)
        ended = () => {
          clearTimeout(impatient)
          resolve()
        }
        last.shutdown()
      })
      return stopping
    },
  }
}

/** What a person reads when the engine ended without saying why. */
export function crashFailure({ code, signal }: EngineExit): Failure {
  const how = signal !== null ? `was ended by ${signal}` : `ended with code ${code ?? 'unknown'}`
  return {
    code: 'engine-crashed',
    message: `The engine was expected to run as long as Hearth does, but it ${how}.`,
    remedy: 'Hearth starts it again by itself. What was written is kept; ask once more when it is back.',
  }
}
