// renderer/app/App.tsx: which screen there is, and the frame round it. Features meet here and nowhere else.
import { Tooltip } from '@base-ui/react/tooltip'
import clsx from 'clsx'
import { useEffect } from 'react'
import type { StoreApi } from 'zustand'
import { ChatPage } from '../features/chat/ChatPage.tsx'
import { ReceiptDrawer } from '../features/chat/Receipt.tsx'
import { noSlots, type ReplySlots, ReplySlotsContext } from '../features/chat/slots.ts'
import { ChatTitle } from '../features/conversations/ChatTitle.tsx'
import { UndoToasts } from '../features/conversations/UndoToasts.tsx'
import { InsightsBar } from '../features/insights/InsightsBar.tsx'
import { InsightsPage } from '../features/insights/InsightsPage.tsx'
import { MemoryBar } from '../features/memory/MemoryBar.tsx'
import { MemoryDrawer } from '../features/memory/MemoryDrawer.tsx'
import { MemoryPage } from '../features/memory/MemoryPage.tsx'
import { memoryParts } from '../features/memory/reply-parts.ts'
import { ModelNotice } from '../features/model/ModelNotice.tsx'
import { Palette } from '../features/search/Palette.tsx'
import { SettingsPage } from '../features/settings/SettingsPage.tsx'
import { toolParts } from '../features/tools/reply-parts.ts'
import { useReadSteps } from '../features/tools/use-read-steps.ts'
import { WelcomePage } from '../features/welcome/WelcomePage.tsx'
import type { Page } from '../store/shell-slice.ts'
import type { AppState } from '../store/store.ts'
import { AppStore, useApp, useAppStore } from '../store/use-app.ts'
import { Announcer } from './Announcer.tsx'
import { EngineNotice } from './EngineNotice.tsx'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { KeysDialog } from './KeysDialog.tsx'
import { keyActions, listenToKeys } from './keys.ts'
import { listenToLinks } from './links.ts'
import { useNarrow } from './narrow.ts'
import { Sidebar, WindowButtons } from './Sidebar.tsx'
import { rememberTheme } from './theme.ts'
import { NeverAnswered, Opening, Refused } from './WholePage.tsx'

export function App({ store }: { readonly store: StoreApi<AppState> }) {
  return (
    <ErrorBoundary>
      <AppStore.Provider value={store}>
        <Tooltip.Provider>
          <Screen />
          <Announcer />
        </Tooltip.Provider>
      </AppStore.Provider>
    </ErrorBoundary>
  )
}

function Screen() {
  const store = useAppStore()
  const connection = useApp((state) => state.connection)
  const known = useApp((state) => state.version !== '')
  const welcomed = useApp((state) => state.settings.welcomed)
  const theme = useApp((state) => state.settings.theme)
  useEffect(() => listenToKeys(store), [store])
  useEffect(() => listenToLinks(store), [store])
  useEffect(() => {
    if (known) rememberTheme(theme)
  }, [known, theme])
  if (connection.state === 'refused') return <Refused failure={connection.failure} />
  if (!known) {
    if (connection.state !== 'lost') return <Opening />
    return <NeverAnswered failure={connection.failure} trying={connection.retryMs !== null} />
  }
  return welcomed ? <Frame /> : <WelcomePage />
}

/** A page that is not the chat. */
function Beside({ page }: { readonly page: Exclude<Page, 'chat'> }) {
  switch (page) {
    case 'memory':
      return <MemoryPage />
    case 'insights':
      return <InsightsPage />
    case 'settings':
      return <SettingsPage />
  }
}

/** Who stands in a reply beside its words. */
const replySlots: ReplySlots = { ...noSlots, ...memoryParts, ...toolParts }

function Frame() {
  const page = useApp((state) => state.page)
  const folded = useApp((state) => state.sidebarFolded)
  const over = useApp((state) => state.sidebarOver)
  const hideOver = useApp((state) => state.hideSidebarOver)
  useReadSteps()
  const narrow = useNarrow()
  const column = !narrow && !folded
  return (
    <div className="flex h-full">
      {column && <Sidebar />}
      {narrow && over && (
        <>
          <div
            aria-hidden="true"
            className="fixed inset-0 bg-scrim"
            style={{ zIndex: 'var(--z-drawer)' }}
            onClick={hideOver}
          />
          <div className="fixed inset-y-0 left-0 shadow-3" style={{ zIndex: 'var(--z-drawer)' }}>
            <Sidebar />
          </div>
        </>
      )}
      <main className="relative flex min-w-0 flex-1 flex-col bg-surface" inert={narrow && over}>
        <header
          data-pane="titlebar"
          className={clsx(
            'drag flex h-13 flex-none items-center gap-2 pr-4 pl-6',
            !column && '[html[data-shell=window]_&]:pl-22 max-side:border-b max-side:border-line',
          )}
        >
          {!column && <WindowButtons />}
          {page === 'chat' && <ChatTitle />}
          {page === 'memory' && <MemoryBar />}
          {page === 'insights' && <InsightsBar />}
        </header>
        {page === 'chat' ? (
          <ReplySlotsContext.Provider value={replySlots}>
            <ChatPage
              notices={
                <>
                  <EngineNotice />
                  <ModelNotice />
                </>
              }
            />
          </ReplySlotsContext.Provider>
        ) : (
          <Beside page={page} />
        )}
      </main>
      <ReceiptDrawer />
      {page === 'memory' && <MemoryDrawer />}
      <UndoToasts />
      <Palette commands={keyActions} />
      <KeysDialog />
    </div>
  )
}
