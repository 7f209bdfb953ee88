// renderer/features/conversations/UndoToasts.tsx: deleted chats and messages that can still be taken back.
import { useApp } from '../../store/use-app.ts'
import { spell } from '../../ui/platform.ts'
import { UndoToast } from '../../ui/UndoToast.tsx'

export function UndoToasts() {
  const removed = useApp((state) => state.removed)
  const undoRemove = useApp((state) => state.undoRemove)
  const forgetUndo = useApp((state) => state.forgetUndo)
  const removedMessages = useApp((state) => state.removedMessages)
  const undoRemoveMessage = useApp((state) => state.undoRemoveMessage)
  const forgetMessageUndo = useApp((state) => state.forgetMessageUndo)
  if (removed.length === 0 && removedMessages.length === 0) return null
  return (
    <section
      aria-label="Undo"
      data-pane="undo"
      className="fixed right-5 bottom-24 grid w-92 max-w-[calc(100vw-2.5rem)] gap-2"
      style={{ zIndex: 'var(--z-toast)' }}
    >
      {removed.map(({ summary }) => (
        <UndoToast
          key={summary.id}
          text={`“${summary.title}” deleted`}
          keys={spell({ key: 'z' })}
          onUndo={() => void undoRemove(summary.id)}
          onExpire={() => forgetUndo(summary.id)}
        />
      ))}
      {removedMessages.map(({ message, words }) => (
        <UndoToast
          key={message}
          text={words === '' ? 'Reply deleted' : `“${words}” deleted`}
          keys={spell({ key: 'z' })}
          onUndo={() => void undoRemoveMessage(message)}
          onExpire={() => forgetMessageUndo(message)}
        />
      ))}
    </section>
  )
}
