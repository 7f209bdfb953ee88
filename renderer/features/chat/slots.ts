// renderer/features/chat/slots.ts: places in a reply that other features fill. The chat knows the places, the app knows who
// stands in them (App.tsx), and the features do not know each other.
import { type ComponentType, createContext, useContext } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'

export type ReplyPart = ComponentType<{ readonly message: Message }>

export interface ReplySlots {
  /** Above the words, beside the thinking line: what was done on the way, step by step. */
  readonly steps: readonly ReplyPart[]
  /** Below the words and above the under-row: what waits for the person. */
  readonly cards: readonly ReplyPart[]
  /** At the left of the under-row: what was used. */
  readonly chips: readonly ReplyPart[]
  /** Below the person's own message. */
  readonly notes: readonly ReplyPart[]
}

export const noSlots: ReplySlots = { steps: [], cards: [], chips: [], notes: [] }
export const ReplySlotsContext = createContext<ReplySlots>(noSlots)
export const useReplySlots = () => useContext(ReplySlotsContext)
