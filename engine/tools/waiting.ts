// engine/tools/waiting.ts: steps that wait for the person. A decision is of one plan; it comes once, or not at all.
import type { Decision, StepId } from '../contract/tools.ts'

export type Waiting = {
  /** Resolves with the decision; null when `signal` ends first. */
  ask(step: StepId, hash: string, signal: AbortSignal): Promise<Decision | null>
  /** The hash that a step waits with; null when it does not wait. */
  hashOf(step: StepId): string | null
  /** False when the step does not wait with this plan. */
  decide(step: StepId, hash: string, decision: Decision): boolean
}

export function createWaiting(): Waiting {
  const open = new Map<StepId, { readonly hash: string; readonly resolve: (decision: Decision | null) => void }>()
  return {
    ask: (step, hash, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(null)
        const end = (decision: Decision | null) => {
          open.delete(step)
          signal.removeEventListener('abort', leave)
          resolve(decision)
        }
        const leave = () => end(null)
        signal.addEventListener('abort', leave, { once: true })
        open.set(step, { hash, resolve: end })
      }),
    hashOf: (step) => open.get(step)?.hash ?? null,
    decide: (step, hash, decision) => {
      const found = open.get(step)
      if (found === undefined || found.hash !== hash) return false
      found.resolve(decision)
      return true
    },
  }
}
