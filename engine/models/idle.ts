// engine/models/idle.ts: something that is done once nothing has happened for a while.

export type Idle = {
  /** Something happened: the wait begins anew. */
  touch(): void
  /** Whether nothing has happened since the wait ended. For work that had to queue before it could begin. */
  still(): boolean
  close(): void
}

/** `afterMs` is asked at each touch; null means never. */
export function createIdle(afterMs: () => number | null, act: () => void): Idle {
  let timer: NodeJS.Timeout | null = null
  let idle = false
  const cancel = () => {
    idle = false
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  return {
    touch: () => {
      cancel()
      const wait = afterMs()
      if (wait === null) return
      timer = setTimeout(() => {
        timer = null
        idle = true
        act()
      }, wait)
      timer.unref()
    },
    still: () => idle,
    close: cancel,
  }
}
