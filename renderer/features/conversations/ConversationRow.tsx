// renderer/features/conversations/ConversationRow.tsx: one chat in the list: open it, rename it in place, delete it.
import clsx from 'clsx'
import { Ghost } from 'lucide-react'
import type { ConversationSummary } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { Dot } from '../../ui/Dot.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { ConversationMenu } from './ConversationMenu.tsx'
import { RenameField } from './RenameField.tsx'

interface ConversationRowProps {
  readonly summary: ConversationSummary
  readonly current: boolean
  readonly reachable: boolean
  readonly renaming: boolean
  readonly onRename: (on: boolean) => void
}

export function ConversationRow({ summary, current, reachable, renaming, onRename }: ConversationRowProps) {
  const openConversation = useApp((state) => state.openConversation)
  const remove = useApp((state) => state.remove)
  if (renaming) {
    return (
      <li className="py-px">
        <RenameField summary={summary} onDone={() => onRename(false)} />
      </li>
    )
  }
  return (
    <li className="group relative">
      <button
        type="button"
        data-row=""
        data-conversation={summary.id}
        aria-current={current ? 'page' : undefined}
        tabIndex={reachable ? 0 : -1}
        onClick={() => void openConversation(summary.id)}
        onDoubleClick={() => onRename(true)}
        onKeyDown={(event) => {
          if (event.key === 'F2') onRename(true)
          else if (event.key === 'Delete' || event.key === 'Backspace') {
            focusBeside(event.currentTarget)
            void remove(summary.id)
          } else return
          event.preventDefault()
        }}
        className={clsx(
          'quick flex h-7.5 w-full items-center gap-2 rounded-2 px-2 group-focus-within:pr-8 group-hover:pr-8',
          current ? 'bg-selected font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
        )}
      >
        {summary.temporary && <Icon of={Ghost} size="small" className="text-temp" />}
        <span className="min-w-0 flex-1 truncate">{summary.title}</span>
        {summary.streaming && (
          <>
            <Dot lit />
            <span className="sr-only">, writing</span>
          </>
        )}
      </button>
      <ConversationMenu
        summary={summary}
        reachable={reachable}
        onRename={() => onRename(true)}
        className="absolute top-0.5 right-0.5 size-6.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[popup-open]:opacity-100"
      />
    </li>
  )
}

/** The row goes, so the focus moves to the next one, else to the one before. */
function focusBeside(row: HTMLElement) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.indexOf(row)
  const beside = rows[at + 1] ?? rows[at - 1]
  beside?.focus()
}
