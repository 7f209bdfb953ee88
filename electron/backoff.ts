// electron/backoff.ts: how long to wait before the engine is started again.

export const firstDelayMs = 250
export const longestDelayMs = 10_000
/** An engine that ran this long before it ended counts as healthy: the next wait is the shortest again. */
export const healthyAfterMs = 30_000

export type Backoff = {
  /** The wait after an engine that had been ready for `readyMs` (0: it never was). */
  next(readyMs: number): number
}

export function createBackoff(): Backoff {
  let losses = 0
  return {
    next(readyMs) {
      if (readyMs >= healthyAfterMs) losses = 0
      const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** losses)
      losses += 1
      return delay
    },
  }
}
