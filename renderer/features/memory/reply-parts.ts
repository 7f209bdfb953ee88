// renderer/features/memory/reply-parts.ts: what memory puts into a chat; the app hands it to the chat's slots.
import { HeardNote } from './HeardNote.tsx'
import { MemoryChips } from './MemoryChips.tsx'

export const memoryParts = { chips: [MemoryChips], notes: [HeardNote] } as const
