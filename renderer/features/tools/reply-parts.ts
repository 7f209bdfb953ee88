// renderer/features/tools/reply-parts.ts: what tools put into a chat; the app hands it to the chat's slots.
import { StepLines, WaitingCards } from './StepLines.tsx'

export const toolParts = { steps: [StepLines], cards: [WaitingCards] } as const
