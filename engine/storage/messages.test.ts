import { expect, test } from 'vitest'
import { newConversationId, newMessageId } from '../contract/ids.ts'
import { ask, newTalk, openTemp, say } from './test-support.ts'

test('a turn is two messages, and the reply is the head', () => {
  const { messages, conversations, ...rest } = openTemp()
  const id = newConversationId()
  const { question, reply } = ask({ messages, conversations, ...rest }, id, 'Hi', 5)
  expect(messages.find(question)).toEqual({
    id: question,
    conversation: id,
    parent: null,
    role: 'user',
    text: 'Hi',
    thought: '',
    attachments: [],
    context: null,
    status: 'done',
    createdAt: 5,
    model: null,
    stats: null,
    failure: null,
    siblings: [question],
  })
  expect(messages.find(reply)).toMatchObject({ parent: question, status: 'streaming', text: '', model: 'Test' })
  expect(conversations.find(id)).toMatchObject({ head: reply, streaming: reply, messageCount: 2, updatedAt: 5 })
})

test('a reply written anew is a sibling, and both branches can be shown', () => {
  const storage = openTemp()
  const { messages, conversations } = storage
  const id = newConversationId()
  say(storage, id, 'one', 'first')
  const two = say(storage, id, 'two', 'second')
  const three = say(storage, id, 'three', 'third')
  const other = newMessageId()
  messages.begin({ conversation: id, question: null, parent: two.question, reply: other, model: 'Test', at: 9 })
  messages.end(other, { status: 'done', text: 'second again', model: 'Test', stats: null, failure: null })

  const shown = () => messages.branch(conversations.find(id)?.head ?? null).map(({ text }) => text)
  expect(shown()).toEqual(['one', 'first', 'two', 'second again'])
  expect(messages.find(two.reply)?.siblings).toEqual([two.reply, other])
  expect(messages.find(other)?.siblings).toEqual([two.reply, other])
  expect(messages.newestLeaf(two.reply)).toBe(three.reply)
  expect(messages.newestLeaf(other)).toBe(other)
  conversations.setHead(id, messages.newestLeaf(two.reply))
  expect(shown()).toEqual(['one', 'first', 'two', 'second', 'three', 'third'])
})

test('the newest leaf is the one written last, also when it hangs from an older branch', () => {
  const storage = openTemp()
  const { messages, conversations } = storage
  const id = newConversationId()
  const one = say(storage, id, 'one', 'a')
  const again = newMessageId()
  messages.begin({ conversation: id, question: null, parent: one.question, reply: again, model: null, at: 2 })
  conversations.setHead(id, one.reply)
  const late = say(storage, id, 'late', 'b')
  expect(messages.newestLeaf(one.question)).toBe(late.reply)
})

test('a question that is asked twice in one place has a sibling of the same role only', () => {
  const storage = openTemp()
  const id = newTalk(storage)
  const first = storage.messages.branch(storage.conversations.find(id)?.head ?? null)
  expect(first.map(({ siblings }) => siblings.length)).toEqual([1, 1])
})

test('the end of a reply is written once: what comes later changes nothing', () => {
  const storage = openTemp()
  const { reply } = ask(storage, newConversationId(), 'Hi')
  const failure = { code: 'engine-failed' as const, message: 'It broke.' }
  storage.messages.end(reply, { status: 'failed', text: 'Hel', model: 'Test', stats: null, failure })
  storage.messages.flush(reply, 'late')
  storage.messages.end(reply, { status: 'done', text: 'later', model: 'Test', stats: null, failure: null })
  expect(storage.messages.find(reply)).toMatchObject({ status: 'failed', text: 'Hel', failure })
})

test('numbers of a reply come back as they were; those of another version are left out', () => {
  const storage = openTemp()
  const stats = { promptTokens: 1, reusedTokens: 2, newTokens: 3, firstTokenMs: 4.5, totalMs: 5, tokensPerSecond: 6 }
  const { reply } = ask(storage, newConversationId(), 'Hi')
  storage.messages.end(reply, { status: 'stopped', text: '', model: 'Test', stats, failure: null })
  expect(storage.messages.find(reply)?.stats).toEqual(stats)
  storage.database.prepare(`UPDATE messages SET stats = '{"speed":1}' WHERE id = ?`).run(reply)
  expect(storage.messages.find(reply)?.stats).toBeNull()
})

test.each([
  ["UPDATE messages SET status = 'finished'", /CHECK/],
  ["UPDATE messages SET role = 'system'", /CHECK/],
  ["UPDATE messages SET stats = '{'", /CHECK/],
  ["UPDATE messages SET status = 'failed'", /CHECK/],
  ["UPDATE messages SET created_at = 'yesterday'", /INTEGER|TEXT/],
  ["UPDATE messages SET parent = 'nobody'", /FOREIGN KEY/],
  ["UPDATE conversations SET head = 'nobody'", /FOREIGN KEY/],
])('the database refuses: %s', (sql, reason) => {
  const storage = openTemp()
  newTalk(storage)
  expect(() => storage.database.exec(sql)).toThrow(reason)
})
