// renderer/app/keys.ts: the keys, once: what they are, what they do, and the map that shows them.
import type { StoreApi } from 'zustand'
import { streamingReply } from '../features/chat/fold.ts'
import { stepTurn } from '../features/chat/Thread.tsx'
import { places } from '../store/places.ts'
import type { AppState } from '../store/store.ts'
import { type Chord, matches } from '../ui/platform.ts'
import { narrow } from './narrow.ts'
import { nextPane } from './panes.ts'

export interface KeyAction {
  readonly chord: Chord
  readonly does: string
  /** False lets the browser have the key: there was nothing to do. */
  readonly run: (state: AppState) => boolean
}

const done = (act: () => void) => () => {
  act()
  return true
}

export const keyActions: readonly KeyAction[] = [
  { chord: { key: 'n', browserOwns: true }, does: 'New chat', run: (state) => done(() => state.newChat())() },
  {
    chord: { key: 'n', shift: true, browserOwns: true },
    does: 'Temporary chat',
    run: (state) => done(() => state.newTemporaryChat())(),
  },
  {
    chord: { key: 'k' },
    does: 'Search or jump to',
    run: (state) => done(() => state.show(state.overlay === 'palette' ? null : 'palette'))(),
  },
  { chord: { key: 'f' }, does: 'Find in this chat', run: findInChat },
  { chord: { key: ',' }, does: 'Settings', run: (state) => done(() => state.go('settings'))() },
  { chord: { key: '0', browserOwns: true }, does: 'Back to the chat', run: (state) => done(() => state.go('chat'))() },
  ...places.map(({ page, name, key }) => ({
    chord: { key, browserOwns: true },
    does: name,
    run: (state: AppState) => done(() => state.go(page))(),
  })),
  {
    chord: { key: '\\' },
    does: 'Show or hide the sidebar',
    run: (state) => done(() => state.toggleSidebar(narrow()))(),
  },
  { chord: { key: 'z' }, does: 'Undo the last delete', run: undoDelete },
  { chord: { key: '[', browserOwns: true }, does: 'Previous reply', run: (state) => switchBranch(state, -1) },
  { chord: { key: ']', browserOwns: true }, does: 'Next reply', run: (state) => switchBranch(state, 1) },
  { chord: { key: 'r', shift: true }, does: 'Try again', run: tryAgain },
  { chord: { key: 'c', shift: true }, does: 'Copy the last reply', run: copyReply },
  { chord: { key: 'i' }, does: 'Receipt of the focused or last reply', run: openReceipt },
  { chord: { key: 'arrowup', alt: true }, does: 'Previous message', run: () => step(false) },
  { chord: { key: 'arrowdown', alt: true }, does: 'Next message', run: () => step(true) },
  {
    chord: { key: '/' },
    does: 'All keys',
    run: (state) => done(() => state.show(state.overlay === 'keys' ? null : 'keys'))(),
  },
]

/** Listens on the window until the returned function is called. */
export function listenToKeys(store: StoreApi<AppState>): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const state = store.getState()
    if (!state.settings.welcomed || state.connection.state === 'refused') return
    if (event.key === 'Escape') {
      if (leaveOrStop(state)) event.preventDefault()
      return
    }
    if (event.key === 'F6') {
      nextPane(event.shiftKey)
      event.preventDefault()
      return
    }
    const action = keyActions.find(({ chord }) => matches(event, chord))
    if (action?.run(state)) event.preventDefault()
  }
  window.addEventListener('keydown', onKeyDown)
  return () => window.removeEventListener('keydown', onKeyDown)
}

/** Popovers and dialogs close by themselves and stop the event. Then: the sidebar that lies over, the reply, the drawer. */
function leaveOrStop(state: AppState): boolean {
  if (state.overlay) return false
  if (state.sidebarOver) {
    state.hideSidebarOver()
    return true
  }
  if (document.querySelector('[role=menu], [role=dialog], [role=alertdialog]')) return false
  if (streamingReply(state) !== null) {
    state.stop()
    return true
  }
  if (state.receipt === null || state.page !== 'chat') return false
  document.querySelector<HTMLElement>(`[data-message="${state.receipt}"] [data-receipt]`)?.focus()
  state.showReceipt(null)
  return true
}

/** In a field the key undoes typing, as everywhere; unless nothing was typed there. */
function undoDelete(state: AppState): boolean {
  const field = document.activeElement
  if ((field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.value !== '') return false
  const chat = state.removed.at(-1)?.at ?? 0
  const message = state.removedMessages.at(-1)?.at ?? 0
  if (chat === 0 && message === 0) return false
  if (message > chat) void state.undoRemoveMessage()
  else void state.undoRemove()
  return true
}

/** The search, kept to the chat on screen. Without one the browser's own find has the key. */
function findInChat(state: AppState): boolean {
  if (state.page !== 'chat' || state.open === null) return false
  state.findIn(state.open)
  return true
}

/** The reply that has the focus, else the last one. */
function reply(state: AppState) {
  const focused = document.activeElement?.closest<HTMLElement>('[data-message]')?.dataset.message
  const id =
    state.order.find((one) => one === focused && state.messages[one]?.role === 'assistant') ??
    state.order.findLast((one) => state.messages[one]?.role === 'assistant')
  return id && state.messages[id]
}

function switchBranch(state: AppState, by: 1 | -1): boolean {
  const message = reply(state)
  const next = message?.siblings[message.siblings.indexOf(message.id) + by]
  if (next) void state.selectBranch(next)
  return next !== undefined
}

function tryAgain(state: AppState): boolean {
  const message = reply(state)
  if (!message || streamingReply(state) !== null || state.model.state !== 'ready') return true
  void state.tryAgain(message.id)
  return true
}

function copyReply(state: AppState): boolean {
  const message = reply(state)
  if (!message || message.text === '') return false
  navigator.clipboard.writeText(message.text).then(
    () => state.announce('Copied'),
    () => state.announce('Not copied'),
  )
  return true
}

function openReceipt(state: AppState): boolean {
  const message = reply(state)
  if (!message?.stats) return false
  const open = state.receipt !== message.id
  state.showReceipt(open ? message.id : null)
  // Opened from a key, so the focus goes there; the drawer is drawn in the next frame.
  if (open) requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-drawer-title]')?.focus())
  else document.querySelector<HTMLElement>(`[data-message="${message.id}"] [data-receipt]`)?.focus()
  return true
}

function step(down: boolean): boolean {
  const thread = document.querySelector('[data-pane=thread]')
  if (!thread) return false
  stepTurn(thread, down)
  return true
}
