// renderer/features/tools/tools-slice.ts: the steps of tools in the chats that were opened, and the person's answers.
import type { StateCreator } from 'zustand'
import type { AppEvent } from '../../../engine/contract/events.ts'
import { type Failure, toFailure } from '../../../engine/contract/failure.ts'
import type { ConversationId } from '../../../engine/contract/ids.ts'
import type { Decision, StepId, ToolStep } from '../../../engine/contract/tools.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'

type Steps = Readonly<Record<StepId, ToolStep>>

export interface ToolsSlice {
  readonly steps: Steps
  /** Why the last answer was not taken, by step. */
  readonly stepProblems: Readonly<Record<StepId, Failure>>
  readonly stepActions: {
    /** All steps of a chat; those that wait keep their place when the window is loaded anew. */
    readonly read: (conversation: ConversationId) => Promise<void>
    readonly decide: (step: ToolStep, decision: Decision) => Promise<void>
    readonly cancel: (step: StepId) => Promise<void>
    readonly undo: (step: StepId) => Promise<void>
    readonly replan: (step: StepId) => Promise<void>
  }
}

/** Later events of one step replace earlier ones. Pure. */
export const applyStepEvent = (steps: Steps, { step }: Extract<AppEvent, { type: 'tool-step' }>): Steps => ({
  ...steps,
  [step.id]: step,
})

/** The steps of one reply in the order in which they were called. */
export const stepsOf = (steps: Steps, reply: ToolStep['reply']): readonly ToolStep[] =>
  Object.values(steps)
    .filter((step) => step.reply === reply)
    .sort((a, b) => a.index - b.index)

export const createToolsSlice =
  (client: Client): StateCreator<AppState, [], [], ToolsSlice> =>
  (set, get) => {
    async function asking(id: StepId, work: () => Promise<unknown>): Promise<void> {
      set(({ stepProblems: { [id]: _, ...stepProblems } }) => ({ stepProblems }))
      try {
        await work()
      } catch (error) {
        const failure = toFailure(error)
        // When the engine is away the window says so already, in one place.
        if (failure.code !== 'engine-crashed') set((all) => ({ stepProblems: { ...all.stepProblems, [id]: failure } }))
      }
    }
    return {
      steps: {},
      stepProblems: {},
      stepActions: {
        read: async (conversation) => {
          try {
            const { steps } = await client.call('tool.steps', { conversation })
            set((all) => ({ steps: { ...all.steps, ...Object.fromEntries(steps.map((step) => [step.id, step])) } }))
          } catch (error) {
            get().refuse(error)
          }
        },
        decide: async ({ id, plan }, decision) => {
          if (plan === null) return
          await asking(id, () => client.call('tool.decide', { step: id, hash: plan.hash, decision }))
        },
        cancel: (step) => asking(step, () => client.call('tool.cancel', { step })),
        undo: (step) => asking(step, () => client.call('tool.undo', { step })),
        replan: (step) => asking(step, () => client.call('tool.replan', { step })),
      },
    }
  }
