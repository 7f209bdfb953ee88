// renderer/features/chat/use-spoken.ts: what a screen reader hears of a reply: whole sentences while it is written, at
// most one announcement every two seconds, then how it ended. Token counts are never announced.
import { useEffect } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import { useAppStore } from '../../store/use-app.ts'
import { plural, words } from '../../ui/format.ts'

export const spokenEveryMs = 2000

/** The end of the last whole sentence in `text`, as an index; 0 where there is none. */
export function endOfSentences(text: string): number {
  let end = 0
  for (const match of text.matchAll(/[.!?…][)"”’]*(?=\s)|\n/gu)) end = match.index + match[0].length
  return end
}

export function ending(message: Message): string {
  switch (message.status) {
    case 'streaming':
      return ''
    case 'done':
      return `Reply finished, ${plural(words(message.text), 'word')}`
    case 'stopped':
      return 'Stopped'
    case 'failed':
    case 'interrupted':
      return 'The reply was cut short'
  }
}

export function useSpoken() {
  const store = useAppStore()
  useEffect(() => {
    let reply: Message | null = null // the one being written
    let spoken = 0 // how much of it has been said
    let spokenAt = 0
    return store.subscribe((state) => {
      const id = state.order.at(-1)
      const message = id ? state.messages[id] : undefined
      if (message?.role !== 'assistant') {
        reply = null
        return
      }
      if (message.status !== 'streaming') {
        const ended = reply?.id === message.id
        reply = null // before speaking: what is announced changes the store and comes back here
        if (ended) state.announce(ending(message))
        return
      }
      if (reply?.id !== message.id) {
        spoken = message.text.length // a reply that was opened half way is not read from its start
        spokenAt = 0
      }
      reply = message
      const end = endOfSentences(message.text)
      const now = performance.now()
      if (end <= spoken || now - spokenAt < spokenEveryMs) return
      const text = message.text.slice(spoken, end).trim()
      spoken = end
      spokenAt = now
      if (text !== '') state.announce(text)
    })
  }, [store])
}
