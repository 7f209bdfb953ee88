// renderer/features/chat/use-temporary.ts: whether the chat on screen is held in memory only.
import type { AppState } from '../../store/store.ts'
import { useApp } from '../../store/use-app.ts'

export const isTemporaryChat = (state: AppState): boolean =>
  state.open === null
    ? state.startsTemporary
    : state.conversations.some(({ id, temporary }) => id === state.open && temporary) ||
      Object.values(state.sending).some(({ conversation, temporary }) => conversation === state.open && temporary)

export const useTemporary = () => useApp(isTemporaryChat)
