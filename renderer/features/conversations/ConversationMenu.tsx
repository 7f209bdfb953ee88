// renderer/features/conversations/ConversationMenu.tsx: what can be done with a chat.
import { Menu } from '@base-ui/react/menu'
import clsx from 'clsx'
import { Ellipsis, PencilLine, Trash2 } from 'lucide-react'
import { useCallback, useState } from 'react'
import type { ConversationSummary } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'

interface ConversationMenuProps {
  readonly summary: ConversationSummary
  readonly onRename: () => void
  /** Does Tab stop here? In a list only at the row that it stops at. */
  readonly reachable?: boolean
  readonly className?: string
}

export function ConversationMenu({ summary, onRename, reachable = true, className }: ConversationMenuProps) {
  const remove = useApp((state) => state.remove)
  const item =
    'flex h-7.5 cursor-default items-center gap-2.5 rounded-2 px-2.5 outline-none data-[highlighted]:bg-selected'
  // The menu opens inside the landmark that it belongs to, so that a screen reader can say where it is.
  const [landmark, setLandmark] = useState<HTMLElement | null>(null)
  const findLandmark = useCallback((button: HTMLElement | null) => {
    if (button) setLandmark(button.closest<HTMLElement>('nav, main'))
  }, [])
  return (
    <Menu.Root>
      <Menu.Trigger
        ref={findLandmark}
        tabIndex={reachable ? 0 : -1}
        aria-label={`More for “${summary.title}”`}
        className={clsx(
          'quick grid flex-none place-items-center rounded-2 text-ink-2 hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink',
          className,
        )}
      >
        <Icon of={Ellipsis} />
      </Menu.Trigger>
      <Menu.Portal container={landmark}>
        <Menu.Positioner align="end" sideOffset={4} collisionPadding={8} style={{ zIndex: 'var(--z-popover)' }}>
          <Menu.Popup className="popup rise min-w-44 p-1 outline-none">
            <Menu.Item className={item} onClick={onRename}>
              <Icon of={PencilLine} className="text-ink-3" />
              Rename
            </Menu.Item>
            <Menu.Item className={clsx(item, 'text-danger')} onClick={() => void remove(summary.id)}>
              <Icon of={Trash2} />
              Delete
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
