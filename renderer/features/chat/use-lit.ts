// renderer/features/chat/use-lit.ts: the words to light in a message after a jump. Empty, and always the same empty, for
// every other message, so that a jump draws one message again.
import type { MessageId } from '../../../engine/contract/ids.ts'
import { useApp } from '../../store/use-app.ts'

const none: readonly string[] = []

export function useLit(id: MessageId): readonly string[] {
  return useApp((state) => (state.jump?.message === id ? state.jump.words : none))
}
