// engine/models/queue.ts: one piece of work over the model at a time, first come first served.

export type Queue = {
  /**
   * Runs `job` when everything before it has ended, and answers with its result. Null when `signal` is aborted before
   * its turn has come: the job then never runs. A job that fails does not stop those behind it.
   */
  run<T>(signal: AbortSignal | null, job: (slot: Slot) => Promise<T>): Promise<T | null>
}

/** The place of a job that runs. */
export type Slot = {
  /** Lets others have the model while `work` goes on; resolves with its result when it is this job's turn again. */
  leave<T>(work: () => Promise<T>): Promise<T>
}

export function createQueue(): Queue {
  let running = false
  const waiting: (() => void)[] = []

  const next = () => {
    const start = waiting.shift()
    running = start !== undefined
    start?.()
  }
  const enter = (signal: AbortSignal | null): Promise<boolean> => {
    if (signal?.aborted) return Promise.resolve(false)
    if (!running) {
      running = true
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const start = () => {
        signal?.removeEventListener('abort', leave)
        resolve(true)
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(start), 1)
        resolve(false)
      }
      waiting.push(start)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  return {
    run: async (signal, job) => {
      if (!(await enter(signal))) return null
      try {
        return await job({
          leave: async (work) => {
            next()
            try {
              return await work()
            } finally {
              await enter(null)
            }
          },
        })
      } finally {
        next()
      }
    },
  }
}
