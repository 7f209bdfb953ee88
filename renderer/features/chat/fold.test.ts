import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Message } from '../../../engine/contract/conversation.ts'
import { type ConversationId, type MessageId, newConversationId, newMessageId } from '../../../engine/contract/ids.ts'
import {
  applyTurnEvent,
  interrupt,
  showConversation,
  showSending,
  streamingReply,
  type ThreadState,
  withdraw,
} from './fold.ts'

const conversation = newConversationId()
const message = (change: Partial<Message> = {}): Message => ({
  id: newMessageId(),
  conversation,
  parent: null,
  role: 'user',
  text: '',
  thought: '',
  status: 'done',
  createdAt: 0,
  model: null,
  stats: null,
  failure: null,
  attachments: [],
  context: null,
  siblings: [],
  ...change,
})
const empty: ThreadState = { open: conversation, order: [], messages: {}, digest: null, reading: null, sending: {} }
const stats = { promptTokens: 1, reusedTokens: 0, newTokens: 1, firstTokenMs: 1, totalMs: 1, tokensPerSecond: 1 }
const summary = {
  id: conversation,
  title: '',
  createdAt: 0,
  updatedAt: 0,
  messageCount: 2,
  streaming: null,
  pinned: false,
  temporary: false,
  overflow: null,
} as const

/** A thread with one question and a reply being written. */
function started() {
  const question = message({ text: 'Hi' })
  const reply = message({ role: 'assistant', parent: question.id, status: 'streaming' })
  const turn = { conversation, reply: reply.id }
  return {
    question,
    reply,
    turn,
    state: applyTurnEvent(empty, { type: 'turn-start', ...turn, question, message: reply }),
  }
}

test('however a reply is cut into deltas, its text is the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (pieces) => {
      const { state, turn, reply } = started()
      const end = pieces.reduce((s, text) => applyTurnEvent(s, { type: 'turn-delta', ...turn, text }), state)
      expect(end.messages[reply.id]?.text).toBe(pieces.join(''))
    }),
  )
})

test('a delta leaves every other message as it was, so that only one is drawn again', () => {
  const { state, turn, question } = started()
  const next = applyTurnEvent(state, { type: 'turn-delta', ...turn, text: 'x' })
  expect(next.messages[question.id]).toBe(state.messages[question.id])
  expect(next.order).toBe(state.order)
})

test('stopped text is kept', () => {
  const { state, turn, reply } = started()
  const written = applyTurnEvent(state, { type: 'turn-delta', ...turn, text: 'half' })
  const end = applyTurnEvent(written, { type: 'turn-done', ...turn, stopped: true, stats })
  expect(end.messages[reply.id]).toMatchObject({ text: 'half', status: 'stopped', stats })
  expect(streamingReply(end)).toBeNull()
})

test('a failure keeps the text and says why', () => {
  const { state, turn, reply } = started()
  const failure = { code: 'engine-crashed', message: 'The engine ended.' } as const
  const written = applyTurnEvent(state, { type: 'turn-delta', ...turn, text: 'half' })
  const end = applyTurnEvent(written, { type: 'turn-failed', ...turn, failure })
  expect(end.messages[reply.id]).toMatchObject({ text: 'half', status: 'failed', failure })
})

test('events of another chat change nothing on screen', () => {
  const { state } = started()
  const turn = { conversation: newConversationId() as ConversationId, reply: newMessageId() as MessageId }
  expect(applyTurnEvent(state, { type: 'turn-delta', ...turn, text: 'x' })).toBe(state)
})

test('a reply written anew takes the place of its sibling and what followed it', () => {
  const { state, question, reply } = started()
  const later = message({ parent: reply.id })
  const longer = { ...state, order: [...state.order, later.id], messages: { ...state.messages, [later.id]: later } }
  const again = message({ role: 'assistant', parent: question.id, status: 'streaming' })
  const next = applyTurnEvent(longer, {
    type: 'turn-start',
    conversation,
    reply: again.id,
    question: null,
    message: again,
  })
  expect(next.order).toEqual([question.id, again.id])
})

test('a turn start that comes twice shows one turn', () => {
  const { state, question, reply, turn } = started()
  const next = applyTurnEvent(state, { type: 'turn-start', ...turn, question, message: reply })
  expect(next.order).toEqual([question.id, reply.id])
})

test('a question shown early is the same message when the engine confirms it', () => {
  const turn = { conversation, message: newMessageId(), reply: newMessageId(), text: 'Hi', createdAt: 1 }
  const early = showSending(empty, turn)
  expect(early.order).toEqual([turn.message])
  const question = message({ id: turn.message, text: 'Hi' })
  const reply = message({ id: turn.reply, role: 'assistant', parent: turn.message, status: 'streaming' })
  const next = applyTurnEvent(early, { type: 'turn-start', conversation, reply: turn.reply, question, message: reply })
  expect(next.order).toEqual([turn.message, turn.reply])
  expect(next.sending).toEqual({})
  expect(withdraw(early, turn.message)).toMatchObject({ order: [], messages: {}, sending: {} })
})

test('a confirmation for a chat in the background is still a confirmation', () => {
  const turn = { conversation, message: newMessageId(), reply: newMessageId(), text: 'Hi', createdAt: 1 }
  const elsewhere = { ...showSending(empty, turn), open: newConversationId() as ConversationId }
  const question = message({ id: turn.message })
  const reply = message({ id: turn.reply, role: 'assistant' })
  const next = applyTurnEvent(elsewhere, {
    type: 'turn-start',
    conversation,
    reply: turn.reply,
    question,
    message: reply,
  })
  expect(next.sending).toEqual({})
})

test('opening a chat keeps at its end what the engine does not have yet', () => {
  const { question, reply } = started()
  const known = { conversation, message: question.id, reply: reply.id, text: 'Hi', createdAt: 1 }
  const fresh = { conversation, message: newMessageId(), reply: newMessageId(), text: 'More', createdAt: 2 }
  const sending = { [known.message]: known, [fresh.message]: fresh }
  const shown = showConversation({ summary, messages: [question, reply], digest: null }, sending)
  expect(shown.order).toEqual([question.id, reply.id, fresh.message])
  expect(Object.keys(shown.sending)).toEqual([fresh.message])
})

test('when the engine is gone, only what was being written is interrupted', () => {
  const { state, reply, question } = started()
  const end = interrupt(state, { code: 'engine-crashed', message: 'The engine ended.' })
  expect(end.messages[reply.id]?.status).toBe('interrupted')
  expect(end.messages[question.id]?.status).toBe('done')
})

test('how far a prompt is read shows until the first word, and only for the chat on screen', () => {
  const { state, turn, reply } = started()
  const reading = applyTurnEvent(state, { type: 'turn-progress', ...turn, done: 128, total: 900 })
  expect(reading.reading).toEqual({ reply: reply.id, done: 128, total: 900 })
  expect(reading.messages).toBe(state.messages)
  expect(applyTurnEvent(reading, { type: 'turn-delta', ...turn, text: 'A' }).reading).toBeNull()
  expect(applyTurnEvent(reading, { type: 'turn-done', ...turn, stopped: true, stats }).reading).toBeNull()
  const failure = { code: 'internal', message: 'x' } as const
  expect(applyTurnEvent(reading, { type: 'turn-failed', ...turn, failure }).reading).toBeNull()
  const elsewhere = { ...turn, conversation: newConversationId() }
  expect(applyTurnEvent(state, { type: 'turn-progress', ...elsewhere, done: 1, total: 9 }).reading).toBeNull()
})
