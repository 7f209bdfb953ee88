// renderer/features/chat/fold.ts: the open conversation as a fold over turn events. Pure: no React, no port.
import type { NewAttachment } from '../../../engine/contract/attachment.ts'
import type { Digest } from '../../../engine/contract/context.ts'
import type { Conversation, Message } from '../../../engine/contract/conversation.ts'
import type { AppEvent, TurnEvent } from '../../../engine/contract/events.ts'
import type { Failure } from '../../../engine/contract/failure.ts'
import type { ConversationId, MessageId } from '../../../engine/contract/ids.ts'

/** A turn that the engine has not yet confirmed. The ids are ours, so sending it twice is one turn. */
export interface Sending {
  readonly conversation: ConversationId
  readonly message: MessageId
  readonly reply: MessageId
  readonly text: string
  readonly createdAt: number
  readonly attachments?: readonly NewAttachment[]
  /** The message that it takes the place of. */
  readonly instead?: MessageId
  readonly temporary?: boolean
}

export interface Reading {
  readonly reply: MessageId
  readonly done: number
  readonly total: number
}

export interface ThreadState {
  /** The conversation on screen; null for a chat that has no id yet. */
  readonly open: ConversationId | null
  /** The active branch, oldest first. */
  readonly order: readonly MessageId[]
  readonly messages: Readonly<Record<MessageId, Message>>
  /** The summary that stands for the oldest messages of the branch. */
  readonly digest: Digest | null
  /** How much of its prompt the model has read, for a reply that has no word yet; null once it has. */
  readonly reading: Reading | null
  /** By the id of the person's message. */
  readonly sending: Readonly<Record<MessageId, Sending>>
}

export const emptyThread: Omit<ThreadState, 'sending'> = {
  open: null,
  order: [],
  messages: {},
  digest: null,
  reading: null,
}

export type ThreadEvent = TurnEvent | Extract<AppEvent, { type: 'digest-changed' }>

export function applyTurnEvent(state: ThreadState, event: ThreadEvent): ThreadState {
  const sending = event.type === 'turn-start' ? confirm(state.sending, event.question?.id) : state.sending
  // Another chat is written in the background: its text comes with `conversation.open`.
  if (event.conversation !== state.open) return sending === state.sending ? state : { ...state, sending }
  switch (event.type) {
    case 'turn-start': {
      const added = event.question ? [event.question, event.message] : [event.message]
      const messages = { ...state.messages }
      for (const message of added) messages[message.id] = message
      return { ...state, sending, messages, order: attach(state.order, added) }
    }
    case 'turn-progress':
      return { ...state, reading: { reply: event.reply, done: event.done, total: event.total } }
    case 'turn-context':
      return change(state, event.reply, (message) => ({ ...message, context: event.context }))
    case 'turn-thought':
      return change(read(state, event.reply), event.reply, (message) => ({
        ...message,
        thought: message.thought + event.text,
      }))
    case 'turn-delta':
      return change(read(state, event.reply), event.reply, (message) => ({
        ...message,
        text: message.text + event.text,
      }))
    case 'turn-done':
      return change(read(state, event.reply), event.reply, (message) => ({
        ...message,
        status: event.stopped ? 'stopped' : 'done',
        stats: event.stats,
      }))
    case 'turn-failed':
      return change(read(state, event.reply), event.reply, (message) => ({
        ...message,
        status: 'failed',
        failure: event.failure,
      }))
    case 'digest-changed':
      return { ...state, digest: event.digest }
  }
}

/** The engine's own account of a conversation, with what it has not confirmed yet at its end. */
export function showConversation(
  { summary, messages, digest }: Conversation,
  sending: ThreadState['sending'],
): ThreadState {
  const left = { ...sending }
  for (const { id } of messages) delete left[id]
  const shown: ThreadState = {
    open: summary.id,
    order: messages.map(({ id }) => id),
    messages: Object.fromEntries(messages.map((message) => [message.id, message])),
    digest,
    reading: null,
    sending: left,
  }
  return Object.values(left)
    .filter(({ conversation }) => conversation === summary.id)
    .reduce(showSending, shown)
}

/** Shows a message of the person at once, before the engine has it. */
export function showSending(state: ThreadState, turn: Sending): ThreadState {
  const old = turn.instead === undefined ? undefined : state.messages[turn.instead]
  const at = old === undefined ? -1 : state.order.indexOf(old.id)
  const order = at < 0 ? state.order : state.order.slice(0, at)
  const message: Message = {
    id: turn.message,
    conversation: turn.conversation,
    parent: old === undefined ? (order.at(-1) ?? null) : old.parent,
    role: 'user',
    text: turn.text,
    thought: '',
    status: 'done',
    createdAt: turn.createdAt,
    model: null,
    stats: null,
    failure: null,
    attachments: (turn.attachments ?? []).map(({ text, ...file }) => ({ ...file, characters: text.length })),
    context: null,
    siblings: [...(old?.siblings ?? []).filter((id) => id !== turn.message), turn.message],
  }
  return {
    ...state,
    order: order.includes(turn.message) ? order : [...order, turn.message],
    messages: { ...state.messages, [turn.message]: message },
    sending: { ...state.sending, [turn.message]: turn },
  }
}

/** Takes a message back that the engine refused. Its words return to the composer, see the slice. */
export function withdraw(state: ThreadState, id: MessageId): ThreadState {
  const messages = { ...state.messages }
  delete messages[id]
  return { ...state, messages, order: state.order.filter((other) => other !== id), sending: confirm(state.sending, id) }
}

/** The engine is gone: what it was writing ends here, with the text so far. */
export function interrupt(state: ThreadState, failure: Failure): ThreadState {
  const streaming = state.order.filter((id) => state.messages[id]?.status === 'streaming')
  return streaming.reduce((next, id) => change(next, id, (m) => ({ ...m, status: 'interrupted', failure })), state)
}

/** One reply at a time is written in a chat, and it is the last of its branch; behind it may wait what was just sent. */
export function streamingReply(state: Pick<ThreadState, 'order' | 'messages'>): MessageId | null {
  for (let at = state.order.length - 1; at >= Math.max(0, state.order.length - 4); at--) {
    const id = state.order[at]
    if (id !== undefined && state.messages[id]?.status === 'streaming') return id
  }
  return null
}

/** The prompt has been read. */
const read = (state: ThreadState, reply: MessageId): ThreadState =>
  state.reading?.reply === reply ? { ...state, reading: null } : state

function change(state: ThreadState, id: MessageId, apply: (message: Message) => Message): ThreadState {
  const message = state.messages[id]
  return message ? { ...state, messages: { ...state.messages, [id]: apply(message) } } : state
}

function confirm(sending: ThreadState['sending'], id: MessageId | undefined): ThreadState['sending'] {
  if (!id || !sending[id]) return sending
  const { [id]: _, ...left } = sending
  return left
}

/** The branch that ends with `added`: everything after their parent was another branch. */
function attach(order: readonly MessageId[], added: readonly Message[]): readonly MessageId[] {
  const ids = added.map(({ id }) => id)
  const parent = added[0]?.parent ?? null
  const kept = order.filter((id) => !ids.includes(id))
  const at = parent === null ? 0 : kept.indexOf(parent) + 1
  return [...kept.slice(0, parent !== null && at === 0 ? kept.length : at), ...ids]
}
