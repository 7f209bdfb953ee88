// renderer/features/conversations/ChatTitle.tsx: the open chat's name in the title bar, with rename and delete.
import { useState } from 'react'
import type { ConversationId } from '../../../engine/contract/ids.ts'
import { useApp } from '../../store/use-app.ts'
import { ConversationMenu } from './ConversationMenu.tsx'
import { RenameField } from './RenameField.tsx'

export function ChatTitle() {
  const summary = useApp((state) => state.conversations.find(({ id }) => id === state.open))
  const [renaming, setRenaming] = useState<ConversationId | null>(null)
  if (!summary) return <h1 className="min-w-0 flex-1 truncate text-sm tracking-normal">New chat</h1>
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
      <ConversationMenu summary={summary} onRename={() => setRenaming(summary.id)} className="size-7" />
    </>
  )
}
