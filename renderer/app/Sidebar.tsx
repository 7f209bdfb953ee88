// renderer/app/Sidebar.tsx: search, chats, and the foot. A column when the window is wide; over the content when narrow.
import { PanelLeft, Search, SquarePen } from 'lucide-react'
import { ConversationList } from '../features/conversations/ConversationList.tsx'
import { ModelFoot } from '../features/model/ModelFoot.tsx'
import { useApp } from '../store/use-app.ts'
import { IconButton } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { spell } from '../ui/platform.ts'
import { Wordmark } from '../ui/Wordmark.tsx'
import { narrow } from './narrow.ts'
import { Places } from './Places.tsx'

export function Sidebar() {
  const show = useApp((state) => state.show)
  return (
    <nav
      aria-label="Hearth"
      data-pane="sidebar"
      className="flex h-full w-62 flex-none flex-col border-r border-line bg-canvas"
    >
      <div className="drag flex h-13 flex-none items-center gap-2 pr-3 pl-5">
        <Wordmark className="h-4.5 [html[data-shell=window]_&]:invisible" />
        <span className="flex-1" />
        <WindowButtons />
      </div>
      <button
        type="button"
        onClick={() => show('palette')}
        className="quick mx-3 mt-0.5 mb-1 flex h-7.5 flex-none items-center gap-2 rounded-2 bg-hover px-2 text-ink-2 hover:bg-selected hover:text-ink"
      >
        <Icon of={Search} />
        <span className="min-w-0 flex-1 truncate">Search or jump to</span>
        <span aria-hidden="true" className="text-2xs tracking-[0.04em]">
          {spell({ key: 'k' })}
        </span>
      </button>
      <Places />
      <ConversationList />
      <ModelFoot />
    </nav>
  )
}

/** Hide or show the sidebar; new chat. In the sidebar when it is there, else in the title bar. */
export function WindowButtons() {
  const toggleSidebar = useApp((state) => state.toggleSidebar)
  const shown = useApp((state) => (narrow() ? state.sidebarOver : !state.sidebarFolded))
  const newChat = useApp((state) => state.newChat)
  return (
    <>
      <IconButton
        label={shown ? 'Hide sidebar' : 'Show sidebar'}
        keys={spell({ key: '\\' })}
        onClick={() => toggleSidebar(narrow())}
      >
        <Icon of={PanelLeft} />
      </IconButton>
      <IconButton label="New chat" keys={spell({ key: 'n', browserOwns: true })} onClick={() => newChat()}>
        <Icon of={SquarePen} />
      </IconButton>
    </>
  )
}
