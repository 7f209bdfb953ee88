// renderer/features/memory/forget-actions.ts: forgetting in steps: ask what it touches, do it, keep the receipt. What was
// begun is gone on with when the engine or this page comes back: a run is the same run however often it is sent.
import { toFailure } from '../../../engine/contract/failure.ts'
import { type ForgetPlan, type MemoryId, newForgetId } from '../../../engine/contract/memory.ts'
import type { Client } from '../../store/client.ts'
import { type Forgetting, nextRun } from './memory-fold.ts'
import type { MemoryState } from './memory-slice.ts'
import { addLines } from './words.ts'

/** The most that one plan or one run takes. */
const batch = 1000

export interface ForgetActions {
  /** Shows what forgetting these would touch. */
  readonly planForget: (memories: readonly MemoryId[]) => Promise<void>
  /** The same for all there are: believed, held back, replaced. */
  readonly planForgetAll: () => Promise<void>
  /** Does what the plan says. */
  readonly forget: () => void
  /** What has not passed its checks, or failed, once more. */
  readonly forgetAgain: () => void
  /** Sends the next run, or after a lost engine the one that has no receipt. */
  readonly sendNextForget: () => void
  /** After the engine was away: what was done meanwhile has a receipt, the rest is sent again. */
  readonly resumeForget: () => Promise<void>
  /** Leaves the plan or the receipt. Not while it runs: that goes on. */
  readonly closeForget: () => void
}

export function createForgetActions(
  client: Client,
  state: () => MemoryState,
  put: (change: Partial<MemoryState>) => void,
  refuse: (error: unknown) => void,
): ForgetActions {
  const change = (part: Partial<Forgetting>) => {
    const { forgetting } = state()
    if (forgetting) put({ forgetting: { ...forgetting, ...part } })
  }

  async function plan(memories: readonly MemoryId[]) {
    const begun: Forgetting = { stage: 'planning', memories, plan: null, runs: [], steps: [], failure: null }
    put({ forgetting: begun, problem: null })
    try {
      const plans: ForgetPlan[] = []
      for (const part of batches(memories)) plans.push(await client.call('memory.forgetPlan', { memories: [...part] }))
      if (state().forgetting !== begun) return // closed, or another was asked for meanwhile
      change({
        stage: 'asking',
        plan: {
          memories: plans.flatMap((one) => one.memories),
          lines: addLines(plans.flatMap((one) => one.lines)).filter((line) => line.count > 0),
          messages: plans.flatMap((one) => one.messages),
        },
      })
    } catch (error) {
      if (state().forgetting === begun) put({ forgetting: null })
      refuse(error)
    }
  }

  async function send() {
    const { forgetting } = state()
    const run = forgetting && nextRun(forgetting)
    if (!run) return
    try {
      await client.call('memory.forget', { run: run.id, memories: [...run.memories] })
    } catch (error) {
      const failure = toFailure(error)
      // The engine is away: `resumeForget` goes on when it is back.
      if (failure.code !== 'engine-crashed') change({ stage: 'failed', failure })
    }
  }

  return {
    planForget: plan,
    planForgetAll: async () => {
      try {
        const tabs = ['all', 'held', 'replaced'] as const
        const lists = await Promise.all(tabs.map((tab) => client.call('memory.list', { tab, limit: batch })))
        await plan([...new Set(lists.flatMap(({ memories }) => memories.map(({ id }) => id)))])
      } catch (error) {
        refuse(error)
      }
    },
    forget: () => {
      const { forgetting } = state()
      if (forgetting?.stage !== 'asking') return
      change({
        stage: 'running',
        runs: batches(forgetting.memories).map((memories) => ({ id: newForgetId(), memories, receipt: null })),
      })
      void send()
    },
    forgetAgain: () => {
      const { forgetting } = state()
      if (!forgetting || forgetting.stage === 'running') return
      change({
        stage: 'running',
        steps: [],
        failure: null,
        runs: forgetting.runs.map((run) => (run.receipt?.complete ? run : { ...run, receipt: null })),
      })
      void send()
    },
    sendNextForget: () => {
      if (state().forgetting?.stage === 'running') void send()
    },
    resumeForget: async () => {
      if (state().forgetting?.stage !== 'running') return
      try {
        const { receipts } = await client.call('memory.receipts', {})
        const { forgetting } = state()
        if (forgetting?.stage !== 'running') return
        const runs = forgetting.runs.map((run) => ({
          ...run,
          receipt: run.receipt ?? receipts.find(({ id }) => id === run.id) ?? null,
        }))
        change({ runs, stage: runs.every(({ receipt }) => receipt !== null) ? 'done' : 'running' })
        void send()
      } catch {
        // Away again; the next time it is back this is asked again.
      }
    },
    closeForget: () => {
      const { forgetting, chosen } = state()
      if (!forgetting || forgetting.stage === 'running') return
      const gone = forgetting.stage === 'done' ? forgetting.memories : []
      put({ forgetting: null, chosen: chosen.filter((id) => !gone.includes(id)) })
    },
  }
}

function batches(memories: readonly MemoryId[]): readonly (readonly MemoryId[])[] {
  const parts: (readonly MemoryId[])[] = []
  for (let at = 0; at < memories.length; at += batch) parts.push(memories.slice(at, at + batch))
  return parts
}
