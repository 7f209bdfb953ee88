// renderer/features/memory/memory-fold.ts: what the engine says about memory, as a fold. Pure: no React, no port.
import type { AppEvent } from '../../../engine/contract/events.ts'
import type { Failure } from '../../../engine/contract/failure.ts'
import type { ConversationId, MessageId } from '../../../engine/contract/ids.ts'
import type {
  ForgetId,
  ForgetLine,
  ForgetPlan,
  ForgetReceipt,
  HeardAct,
  MemoryEvent,
  MemoryId,
  UsedMemory,
} from '../../../engine/contract/memory.ts'
import { addLines } from './words.ts'

/** One thing that the person's own message did to memory: a note under it. */
export type Heard = HeardAct & { readonly conversation: ConversationId }

/** One call of `memory.forget`; the engine takes a thousand memories at a time. */
export interface ForgetRun {
  readonly id: ForgetId
  readonly memories: readonly MemoryId[]
  readonly receipt: ForgetReceipt | null
}

/** One forget, from the question to the receipt. `asking`: the plan is shown, nothing has been touched. */
export interface Forgetting {
  readonly stage: 'planning' | 'asking' | 'running' | 'done' | 'failed'
  readonly memories: readonly MemoryId[]
  readonly plan: ForgetPlan | null
  readonly runs: readonly ForgetRun[]
  /** What was done so far, in the order it was done. */
  readonly steps: readonly ForgetLine[]
  readonly failure: Failure | null
}

export interface MemoryEventState {
  /** Grows with every change of memory in the engine; who shows some of it asks again then. */
  readonly version: number
  /** The chips: by conversation, by reply. */
  readonly used: Readonly<Record<ConversationId, Readonly<Record<MessageId, readonly UsedMemory[]>>>>
  /** By the person's message. */
  readonly heard: Readonly<Record<MessageId, readonly Heard[]>>
  readonly forgetting: Forgetting | null
}

export const emptyMemory: MemoryEventState = { version: 0, used: {}, heard: {}, forgetting: null }

export function applyMemoryEvent<S extends MemoryEventState>(state: S, event: AppEvent): S {
  switch (event.type) {
    case 'memory-changed':
      return { ...state, version: state.version + 1 }
    case 'memory-used': {
      const before = state.used[event.conversation]
      return { ...state, used: { ...state.used, [event.conversation]: { ...before, [event.reply]: event.memories } } }
    }
    case 'memory-heard': {
      const { type: _, ...heard } = event
      const others = (state.heard[heard.message] ?? []).filter(({ act }) => act !== heard.act)
      return { ...state, heard: { ...state.heard, [heard.message]: [...others, heard] } }
    }
    case 'forget-step':
    case 'forget-done':
    case 'forget-failed':
      return state.forgetting === null ? state : { ...state, forgetting: applyForget(state.forgetting, event) }
    default:
      return state
  }
}

/** What the engine says now of one conversation. That nothing was known is a note of the moment, and stays for it. */
export function withHeard(
  before: MemoryEventState['heard'],
  conversation: ConversationId,
  acts: readonly HeardAct[],
): MemoryEventState['heard'] {
  const kept = Object.values(before)
    .flat()
    .filter((one) => one.conversation !== conversation || one.did === 'nothing')
  const heard: Record<MessageId, Heard[]> = {}
  for (const one of [...kept, ...acts.map((act) => ({ ...act, conversation }))]) {
    heard[one.message] ??= []
    heard[one.message]?.push(one)
  }
  return heard
}

type ForgetEvent = Extract<MemoryEvent, { type: 'forget-step' | 'forget-done' | 'forget-failed' }>

function applyForget(forgetting: Forgetting, event: ForgetEvent): Forgetting {
  if (!forgetting.runs.some(({ id }) => id === event.run)) return forgetting // of another window
  switch (event.type) {
    case 'forget-step':
      return { ...forgetting, steps: [...forgetting.steps, event.line] }
    case 'forget-done': {
      const runs = forgetting.runs.map((run) => (run.id === event.run ? { ...run, receipt: event.receipt } : run))
      return { ...forgetting, runs, stage: runs.every(({ receipt }) => receipt !== null) ? 'done' : 'running' }
    }
    case 'forget-failed':
      return { ...forgetting, stage: 'failed', failure: event.failure }
  }
}

/** The next run to be sent: the first without a receipt. */
export const nextRun = ({ runs }: Forgetting): ForgetRun | null => runs.find(({ receipt }) => receipt === null) ?? null

/** The receipts of all runs as one. Null while there is none. */
export function wholeReceipt({ runs }: Forgetting): ForgetReceipt | null {
  const receipts = runs.flatMap(({ receipt }) => (receipt === null ? [] : [receipt]))
  const last = receipts.at(-1)
  if (last === undefined) return null
  const checks = new Map<string, ForgetReceipt['checks'][number]>()
  for (const check of receipts.flatMap((receipt) => receipt.checks)) {
    const before = checks.get(check.store)
    checks.set(
      check.store,
      before ? { ...check, passed: before.passed && check.passed, found: before.found + check.found } : check,
    )
  }
  return {
    id: last.id,
    at: last.at,
    memories: receipts.reduce((sum, { memories }) => sum + memories, 0),
    lines: [...addLines(receipts.flatMap(({ lines }) => lines))],
    checks: [...checks.values()],
    complete: receipts.every(({ complete }) => complete),
  }
}
