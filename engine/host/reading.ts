// engine/host/reading.ts: when nobody has said anything for a while, the person's messages are read for facts; whoever
// comes back is not kept waiting.
import type { Inference } from '../inference/inference.ts'
import { createIdle } from '../models/idle.ts'
import type { Queue } from '../models/queue.ts'

export type ReadingDeps = {
  readonly queue: Queue
  /** Null where none is loaded: a model that rests is not woken for this. */
  readonly model: () => Inference | null
  /** Answers how many messages were read. */
  readonly read: (inference: Inference, signal: AbortSignal) => Promise<number>
  readonly log: (event: string, fields: Record<string, unknown>) => void
  readonly afterMs?: number
}

export function createReading({ queue, model, read, log, afterMs = 30_000 }: ReadingDeps) {
  let controller = new AbortController()
  const start = async (signal: AbortSignal) => {
    try {
      for (;;) {
        const done = await queue.run(signal, async () => {
          const inference = model()
          return inference === null ? 0 : await read(inference, signal)
        })
        if (done === null || done === 0 || signal.aborted) return
        log('messages-read', { messages: done })
      }
    } catch (error) {
      log('reading-failed', { kind: error instanceof Error ? error.name : typeof error })
    }
  }
  const idle = createIdle(
    () => afterMs,
    () => void start(controller.signal),
  )
  return {
    /** Somebody said something: reading ends at once, and the wait begins anew. */
    touch: () => {
      controller.abort()
      controller = new AbortController()
      idle.touch()
    },
    close: () => {
      controller.abort()
      idle.close()
    },
  }
}
