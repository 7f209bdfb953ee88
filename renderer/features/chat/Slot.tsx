// renderer/features/chat/Slot.tsx: what other features put into one place of a message.
import type { Message } from '../../../engine/contract/conversation.ts'
import { type ReplySlots, useReplySlots } from './slots.ts'

export function Slot({ name, message }: { readonly name: keyof ReplySlots; readonly message: Message }) {
  const parts = useReplySlots()[name]
  return (
    <>
      {parts.map((Part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is fixed for as long as the app runs
        <Part key={at} message={message} />
      ))}
    </>
  )
}
