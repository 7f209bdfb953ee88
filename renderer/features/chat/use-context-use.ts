// renderer/features/chat/use-context-use.ts: how much of what the model can read this chat takes, after its last reply.
import { useMemo } from 'react'
import type { PromptContext } from '../../../engine/contract/context.ts'
import type { Message } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'

/** From this share on the person is asked what to do. */
export const fullFrom = 0.9

export interface ContextUse {
  readonly context: PromptContext
  /** Tokens of the last prompt and its reply. */
  readonly used: number
  readonly limit: number
  readonly reused: number
}

/** Null before the first reply of a chat, and for chats from before this was counted. */
export function useContextUse(): ContextUse | null {
  const message = useApp((state): Message | null => {
    for (let at = state.order.length - 1; at >= 0 && at > state.order.length - 4; at--) {
      const id = state.order[at]
      const found = id === undefined ? undefined : state.messages[id]
      if (found?.role === 'assistant') return found
    }
    return null
  })
  const context = message?.context ?? null
  const stats = message?.stats ?? null
  return useMemo(
    () =>
      context === null
        ? null
        : {
            context,
            used: context.tokens + (stats?.newTokens ?? 0) - (stats?.thoughtTokens ?? 0),
            limit: context.limit,
            reused: stats?.reusedTokens ?? 0,
          },
    [context, stats],
  )
}
