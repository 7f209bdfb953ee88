// renderer/features/conversations/ConversationMenu.tsx: what can be done with a chat.
import { Download, Ellipsis, FileText, PencilLine, Pin, PinOff, Save, Trash2 } from 'lucide-react'
import type { ConversationSummary } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { Menu, MenuItem, MenuLine } from '../../ui/Menu.tsx'

interface ConversationMenuProps {
  readonly summary: ConversationSummary
  readonly onRename: () => void
  /** Does Tab stop here? In a list only at the row that it stops at. */
  readonly reachable?: boolean
  readonly className?: string
}

export function ConversationMenu({ summary, onRename, reachable = true, className = '' }: ConversationMenuProps) {
  const remove = useApp((state) => state.remove)
  const pin = useApp((state) => state.pin)
  const keep = useApp((state) => state.keep)
  const exportChats = useApp((state) => state.exportChats)
  const { id, title, pinned, temporary, streaming } = summary
  return (
    <Menu label={`More for “${title}”`} icon={Ellipsis} reachable={reachable} className={className}>
      <MenuItem icon={PencilLine} onClick={onRename}>
        Rename
      </MenuItem>
      {temporary ? (
        streaming === null && (
          <MenuItem icon={Save} onClick={() => void keep(id)}>
            Keep this chat
          </MenuItem>
        )
      ) : (
        <MenuItem icon={pinned ? PinOff : Pin} onClick={() => void pin(id, !pinned)}>
          {pinned ? 'Unpin' : 'Pin to the top'}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem icon={FileText} onClick={() => void exportChats(id, 'markdown')}>
        Export as Markdown
      </MenuItem>
      <MenuItem icon={Download} onClick={() => void exportChats(id, 'json')}>
        Export as JSON
      </MenuItem>
      <MenuLine />
      <MenuItem danger icon={Trash2} onClick={() => void remove(id)}>
        Delete
      </MenuItem>
    </Menu>
  )
}
