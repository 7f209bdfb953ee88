// renderer/store/links.ts: addresses of messages: `hearth://c/…/m/…` and `…#/c/…/m/…`.
import { type ConversationId, conversationId, type MessageId, messageId } from '../../engine/contract/ids.ts'

export interface MessageLink {
  readonly conversation: ConversationId
  readonly message: MessageId
}

/** Null for what is no address of a message. */
export function readLink(text: string): MessageLink | null {
  const found = /^(?:hearth:\/\/|(?:https?:\/\/[^\s#]*)?#\/)c\/([0-9a-f-]{36})\/m\/([0-9a-f-]{36})$/i.exec(text.trim())
  const conversation = conversationId.safeParse(found?.[1])
  const message = messageId.safeParse(found?.[2])
  return conversation.success && message.success ? { conversation: conversation.data, message: message.data } : null
}
