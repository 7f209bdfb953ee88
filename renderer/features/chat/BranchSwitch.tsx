// renderer/features/chat/BranchSwitch.tsx: `‹ 1 of 2 ›` on a message that has siblings.
import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { Message } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'

export function BranchSwitch({ message }: { readonly message: Message }) {
  const selectBranch = useApp((state) => state.selectBranch)
  const { siblings, id, role } = message
  const at = siblings.indexOf(id)
  if (siblings.length < 2 || at < 0) return null
  const before = siblings[at - 1]
  const after = siblings[at + 1]
  const what = role === 'user' ? 'version' : 'reply'
  const arrow =
    'quick grid size-6 place-items-center rounded-1 enabled:hover:bg-hover enabled:hover:text-ink disabled:text-ink-off'
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend and form semantics that are not meant
    <span
      role="group"
      aria-label={`${at + 1} of ${siblings.length}`}
      className="-mx-1.5 inline-flex items-center font-sans text-xs text-ink-3"
    >
      <button
        type="button"
        className={arrow}
        aria-label={`Previous ${what}`}
        disabled={!before}
        onClick={() => before && void selectBranch(before)}
      >
        <Icon of={ChevronLeft} size="small" />
      </button>
      <span aria-hidden="true" className="tabular-nums">
        {at + 1} of {siblings.length}
      </span>
      <button
        type="button"
        className={arrow}
        aria-label={`Next ${what}`}
        disabled={!after}
        onClick={() => after && void selectBranch(after)}
      >
        <Icon of={ChevronRight} size="small" />
      </button>
    </span>
  )
}
