// renderer/features/memory/MemoryChips.tsx: under a reply, the memories it used; one click says why, and corrects or
// removes in place. The chat mounts it left in the row below a reply, `<MemoryChips message />`; it draws
// nothing for a reply that used none. Features do not import each other, so the app hands it in.
import { Popover } from '@base-ui/react/popover'
import { Bookmark } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import type { MessageId } from '../../../engine/contract/ids.ts'
import type { MemoryId, UsedMemory } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'
import { ChipCard } from './ChipCard.tsx'

interface MemoryChipsProps {
  readonly message: Message
}

/** More than these would be a second paragraph under every reply. */
const shownAtFirst = 3
const none: readonly UsedMemory[] = []
/** What fitted this question comes before what stands in every prompt. */
const rank = { both: 0, words: 1, meaning: 1, pinned: 2, standing: 3 } as const

export function MemoryChips({ message }: MemoryChipsProps) {
  const { conversation, id: reply } = message
  const used = useApp((state) => state.memory.used[conversation]?.[reply] ?? none)
  const version = useApp((state) => state.memory.version)
  const readUsed = useApp((state) => state.memoryActions.readUsed)
  const [all, setAll] = useState(false)
  // The one whose card is open stays to the end of it, also when it has just been forgotten.
  const [open, setOpen] = useState<UsedMemory | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the reason to ask again
  useEffect(() => {
    void readUsed(conversation)
  }, [conversation, readUsed, version])

  const chips = [...used].sort((a, b) => rank[a.because] - rank[b.because])
  if (open && !chips.some(({ memory }) => memory === open.memory)) chips.push(open)
  if (chips.length === 0) return null
  const folded = all || chips.length <= shownAtFirst + 1 ? 0 : chips.length - shownAtFirst
  return (
    <ul aria-label="Memories this reply used" className="flex min-w-0 flex-wrap items-center gap-1.5">
      {chips.slice(0, folded === 0 ? chips.length : shownAtFirst).map((one) => (
        <li key={one.memory} className="min-w-0">
          <Chip
            used={one}
            reply={reply}
            open={open?.memory === one.memory}
            onOpen={(next) => setOpen(next ? one : null)}
          />
        </li>
      ))}
      {folded > 0 && (
        <li>
          <button
            type="button"
            aria-label={`${folded} more memories`}
            onClick={() => setAll(true)}
            className="edge quick h-6 rounded-full px-2 text-xs text-ink-2 tabular-nums hover:bg-hover hover:text-ink"
          >
            +{folded}
          </button>
        </li>
      )}
    </ul>
  )
}

interface ChipProps {
  readonly used: UsedMemory
  readonly reply: MessageId
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
}

function Chip({ used, reply, open, onOpen }: ChipProps) {
  const running = useApp((state) => state.memory.forgetting?.stage === 'running')
  return (
    <Popover.Root open={open} onOpenChange={(next) => (next || !running) && onOpen(next)}>
      <Popover.Trigger
        data-memory-chip={used.memory satisfies MemoryId}
        className="edge quick inline-flex h-6 max-w-56 items-center gap-1.25 rounded-full px-2 text-xs text-ink-2 hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink"
      >
        <Icon of={Bookmark} size="tiny" className="text-ink-3" />
        <span className="truncate">{used.text}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={12}
          style={{ zIndex: 'var(--z-popover)' }}
        >
          <Popover.Popup className="popup rise scrolls max-h-[min(32rem,80vh)] w-88 max-w-[calc(100vw-2rem)] p-4 outline-none">
            <ChipCard used={used} reply={reply} onClose={() => onOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}
