// engine/tools/step-book.ts: steps as they are now. Those of a stored chat are in the database from their first moment;
// those of a temporary chat are here only, and gone with the process.
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { Origin, StepId, ToolStep } from '../contract/tools.ts'
import type { StoredStep, Told, ToolSteps } from '../storage/tool-steps.ts'
import { distinct } from './permission.ts'

export type StepBook = {
  put(step: ToolStep, told: Told | null): void
  find(id: StepId): StoredStep | null
  ofConversation(conversation: ConversationId): StoredStep[]
  ofReplies(replies: readonly MessageId[]): StoredStep[]
  /** Oldest first. */
  waiting(): ToolStep[]
  /** Texts that were read in these replies, or in the whole conversation. */
  read(conversation: ConversationId, replies: readonly MessageId[] | null): Origin[]
}

export type StepBookDeps = {
  readonly store: ToolSteps
  readonly isStored: (conversation: ConversationId) => boolean
  readonly emit: (step: ToolStep) => void
}

export function createStepBook({ store, isStored, emit }: StepBookDeps): StepBook {
  const unstored = new Map<StepId, StoredStep>()
  const waiting = new Map<StepId, ToolStep>()
  const mine = (fits: (step: ToolStep) => boolean) => [...unstored.values()].filter(({ step }) => fits(step))
  const ofConversation = (conversation: ConversationId) => [
    ...store.ofConversation(conversation),
    ...mine((step) => step.conversation === conversation),
  ]
  const ofReplies = (replies: readonly MessageId[]) => [
    ...store.ofReplies(replies),
    ...mine((step) => replies.includes(step.reply)),
  ]
  return {
    put: (step, told) => {
      if (isStored(step.conversation)) store.put(step, told)
      else unstored.set(step.id, { step, told })
      if (step.status === 'waiting') waiting.set(step.id, step)
      else waiting.delete(step.id)
      emit(step)
    },
    find: (id) => unstored.get(id) ?? store.find(id),
    ofConversation,
    ofReplies,
    waiting: () => [...waiting.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    read: (conversation, replies) =>
      distinct(
        (replies === null ? ofConversation(conversation) : ofReplies(replies)).flatMap(
          ({ step }) => step.result?.origins ?? [],
        ),
      ),
  }
}
