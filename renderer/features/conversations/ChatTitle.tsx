// renderer/features/conversations/ChatTitle.tsx: the open chat's name in the title bar, with rename and delete.
import { Ghost } from 'lucide-react'
import { useState } from 'react'
import type { ConversationId } from '../../../engine/contract/ids.ts'
import { useApp } from '../../store/use-app.ts'
import { IconButton } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { spell } from '../../ui/platform.ts'
import { ConversationMenu } from './ConversationMenu.tsx'
import { RenameField } from './RenameField.tsx'

export function ChatTitle() {
  const summary = useApp((state) => state.conversations.find(({ id }) => id === state.open))
  const [renaming, setRenaming] = useState<ConversationId | null>(null)
  const startsTemporary = useApp((state) => state.startsTemporary)
  if (!summary) {
    return (
      <>
        <h1 className="min-w-0 flex-1 truncate text-sm tracking-normal">
          {startsTemporary ? 'Temporary chat' : 'New chat'}
        </h1>
        <TemporaryButton />
      </>
    )
  }
  if (renaming === summary.id) {
    return (
      <div className="max-w-100 min-w-0 flex-1">
        <RenameField summary={summary} onDone={() => setRenaming(null)} />
      </div>
    )
  }
  return (
    <>
      <h1 className="min-w-0 flex-1 truncate text-sm tracking-normal" onDoubleClick={() => setRenaming(summary.id)}>
        {summary.title}
      </h1>
      <TemporaryButton />
      <ConversationMenu summary={summary} onRename={() => setRenaming(summary.id)} className="size-7" />
    </>
  )
}

/** Begins a chat that is held in memory only. Pressed while one is on screen. */
function TemporaryButton() {
  const newTemporaryChat = useApp((state) => state.newTemporaryChat)
  const newChat = useApp((state) => state.newChat)
  const empty = useApp((state) => state.open === null && state.startsTemporary)
  const on = useApp((state) => empty || state.conversations.some(({ id, temporary }) => id === state.open && temporary))
  return (
    <IconButton
      label={empty ? 'Leave the temporary chat' : 'Temporary chat'}
      keys={spell({ key: 'n', shift: true, browserOwns: true })}
      aria-pressed={on}
      className={on ? 'bg-temp-wash text-temp hover:text-temp' : undefined}
      onClick={() => (empty ? newChat() : newTemporaryChat())}
    >
      <Icon of={Ghost} />
    </IconButton>
  )
}
