// renderer/features/chat/use-free.ts: whether a reply could be asked for in this chat now: a model is there or wakes, the
// engine answers, and nothing is being written.
import type { AppState } from '../../store/store.ts'
import { useApp } from '../../store/use-app.ts'
import { streamingReply } from './fold.ts'

export const isFree = (state: AppState): boolean =>
  state.connection.state === 'ready' &&
  (state.model.state === 'ready' || state.model.state === 'resting') &&
  streamingReply(state) === null &&
  state.digest?.writing !== true

export const useFree = () => useApp(isFree)
