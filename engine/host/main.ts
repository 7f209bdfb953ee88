// engine/host/main.ts: the entry of the engine process. Electron forks it as a utility process, the web shell as a child
// of its Node; both speak ports.ts.
import { HearthError, toFailure } from '../contract/failure.ts'
import { sealProcess } from '../egress/seal.ts'
import { readBoot } from './boot.ts'
import { createEngine } from './engine.ts'
import { log, traceOf } from './log.ts'
import { findParent, type Parent } from './ports.ts'
import { serve } from './serve.ts'

/** A process that hangs while it ends is ended; what was flushed is safe. */
const shutdownLimitMs = 4000

async function main(): Promise<void> {
  sealProcess((what) => log('way-out-refused', { what }))
  const parent = findParent()
  process.on('uncaughtException', (error) => void endWith(parent, error))
  if (parent === null)
    throw new HearthError('bad-request', 'The engine expected to be started by Hearth, and was started by hand.')

  const engine = createEngine({ boot: readBoot(process.env.HEARTH_BOOT), log })
  let ending = false
  const end = (reason: string) => {
    if (ending) return
    ending = true
    log('shutdown', { reason })
    setTimeout(() => process.exit(1), shutdownLimitMs).unref()
    engine.shutdown().then(
      () => process.exit(0),
      (error: unknown) => endWith(parent, error),
    )
  }
  parent.onPort((port) => serve(port, engine, log))
  parent.onShutdown(() => end('asked'))
  parent.onGone(() => end('parent gone'))
  process.on('SIGTERM', () => end('SIGTERM'))
  process.on('SIGINT', () => end('SIGINT'))
  await parent.send({ kind: 'ready' })
  log('ready', { pid: process.pid })
}

/** The last words of a process that cannot serve. */
async function endWith(parent: Parent | null, error: unknown): Promise<never> {
  log('fatal', { failure: toFailure(error).code, ...traceOf(error) })
  await parent?.send({ kind: 'fatal', failure: toFailure(error) })
  process.exit(1)
}

main().catch((error: unknown) => endWith(findParent(), error))
