import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newAttachmentId } from '../contract/attachment.ts'
import { newConversationId, newMessageId } from '../contract/ids.ts'
import { toMatch } from './search.ts'
import { ask, newTalk, openTemp, say } from './test-support.ts'

const marked = ({ excerpt, marks }: { excerpt: string; marks: [number, number][] }) =>
  marks.map(([start, end]) => excerpt.slice(start, end))

test('every word is a prefix, all must occur, in any order, without regard to case and accents', () => {
  const storage = openTemp()
  newTalk(storage, 'Der Café-Besuch in Zürich', '…')
  const found = (query: string) => storage.search.find(query, 10).length
  expect(found('caf')).toBe(1)
  expect(found('ZUR cafe')).toBe(1)
  expect(found('zürich BESUCH')).toBe(1)
  expect(found('zürich Hamburg')).toBe(0)
  expect(found('afé')).toBe(0)
  expect(found('café-bes')).toBe(1)
})

test('a hit says where, and marks what was found in UTF-16 units', () => {
  const storage = openTemp()
  const id = newConversationId()
  const { reply } = say(storage, id, 'Hi', '😀😀 The tulip 𝔘 and the Tulips 👩‍👩‍👧 grow', 7)
  const hits = storage.search.find('tul', 10)
  expect(hits).toMatchObject([{ conversation: id, title: 'Hi', message: reply, role: 'assistant', createdAt: 7 }])
  expect(hits.map(marked)).toEqual([['tulip', 'Tulips']])
})

test('every hit shows the words of its own message', () => {
  const storage = openTemp()
  const id = newConversationId()
  const { question, reply } = say(storage, id, 'Zdenka came in March', 'You said: Zdenka came')
  const hits = storage.search.find('zdenk', 10)
  expect(new Map(hits.map(({ message, excerpt }) => [message, excerpt]))).toEqual(
    new Map([
      [question, 'Zdenka came in March'],
      [reply, 'You said: Zdenka came'],
    ]),
  )
})

test('hits are narrowed by who spoke, by time and to one conversation; hidden messages are no hits', () => {
  const storage = openTemp()
  const [one, two] = [newConversationId(), newConversationId()]
  const first = say(storage, one, 'apple', 'an apple', 10)
  say(storage, two, 'apple', 'pear', 20)
  const found = (filter: Parameters<typeof storage.search.find>[2]) => storage.search.find('apple', 10, filter).length
  expect(found({})).toBe(3)
  expect(found({ role: 'assistant' })).toBe(1)
  expect(found({ since: 15 })).toBe(1)
  expect(found({ conversation: one })).toBe(2)
  storage.messageTrash.hide(first.reply, 30)
  expect(found({ conversation: one })).toBe(1)
})

test('the words of a file find the message that it came with', () => {
  const storage = openTemp()
  const conversation = newConversationId()
  const [question, reply] = [newMessageId(), newMessageId()]
  storage.conversations.create(conversation, 'Lease', 1)
  const file = { id: newAttachmentId(), name: 'lease.pdf', kind: 'pdf' as const, bytes: 9, pages: 1 }
  const attachments = [{ ...file, text: 'The landlord pays for damp' }]
  storage.messages.begin({
    conversation,
    question: { id: question, text: 'Who pays?', attachments },
    parent: null,
    reply,
    model: null,
    at: 1,
  })
  expect(storage.search.find('landlord', 10)).toMatchObject([{ message: question, file: 'lease.pdf' }])
  storage.conversations.hide(conversation, 2)
  storage.conversations.purge(2)
  expect(storage.search.find('landlord', 10)).toEqual([])
  expect(storage.database.prepare('SELECT count(*) AS n FROM attachments').get()).toEqual({ n: 0 })
})

test('better matches come first, then newer ones', () => {
  const storage = openTemp()
  const old = newTalk(storage, 'apple', 'x', 1)
  const recent = newTalk(storage, 'apple', 'x', 2)
  const best = newTalk(storage, 'apple apple apple', 'x', 0)
  expect(storage.search.find('apple', 10).map(({ conversation }) => conversation)).toEqual([best, recent, old])
  expect(storage.search.find('apple', 2)).toHaveLength(2)
})

test('a conversation is found by its title, at its newest message, unless a message of it is found', () => {
  const storage = openTemp()
  const id = newTalk(storage, 'How do I bake bread?', 'With flour')
  storage.conversations.rename(id, 'Kitchen notes')
  const head = storage.conversations.find(id)?.head
  expect(storage.search.find('kitchen', 10)).toMatchObject([{ message: head, title: 'Kitchen notes', marks: [] }])
  storage.conversations.rename(id, 'Bread and flour')
  expect(storage.search.find('flour', 10).map(marked)).toEqual([['flour']])
  expect(storage.search.find('kitchen', 10)).toEqual([])
})

test('deleted conversations are not found, restored ones are', () => {
  const storage = openTemp()
  const id = newTalk(storage, 'apple')
  storage.conversations.hide(id, 1)
  expect(storage.search.find('apple', 10)).toEqual([])
  storage.conversations.restore(id)
  expect(storage.search.find('apple', 10)).toHaveLength(1)
})

test('a reply is found when it has ended, by the text it has then', () => {
  const storage = openTemp()
  const { reply } = ask(storage, newConversationId(), 'Hi')
  storage.messages.flush(reply, 'pear')
  expect(storage.search.find('pear', 10)).toEqual([])
  storage.messages.end(reply, { status: 'stopped', text: 'plum', model: null, stats: null, failure: null })
  expect(storage.search.find('plum', 10)).toHaveLength(1)
  expect(storage.search.find('pear', 10)).toEqual([])
})

test('a very long word gives a short excerpt around the hit', () => {
  const storage = openTemp()
  newTalk(storage, `${'前'.repeat(5000)} tulip ${'後'.repeat(5000)}`)
  const [hit] = storage.search.find('tulip', 10)
  expect(hit?.excerpt.length).toBeLessThan(260)
  expect(hit === undefined ? [] : marked(hit)).toEqual(['tulip'])
})

test.each([
  '"',
  '""',
  "'",
  '*',
  'AND',
  'NOT',
  'a AND',
  'NEAR(a b)',
  'a* b^',
  '{text}: a',
  'text:a',
  '-a',
  '(',
  'a"b',
  '\0',
  'a\0b',
  '😀',
  '日本',
  '\ud800',
  ';--',
  '  ',
])('the query %j is text and not syntax', (query) => {
  const storage = openTemp()
  newTalk(storage, `before ${query} after`)
  expect(() => storage.search.find(query, 10)).not.toThrow()
})

test('AND, OR, NOT and NEAR are words like others', () => {
  const storage = openTemp()
  newTalk(storage, 'this and that')
  newTalk(storage, 'near the house')
  expect(storage.search.find('AND', 10)).toHaveLength(1)
  expect(storage.search.find('NEAR', 10)).toHaveLength(1)
  expect(storage.search.find('this OR near', 10)).toHaveLength(0)
})

test('no query throws, and every mark lies in its excerpt, whatever was written and whatever is asked', () => {
  const storage = openTemp()
  storage.database.pragma('synchronous = OFF')
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom(...'"*^():{}+-\\ \0\t\n\'ANDORNEAR,é日本😀\u0301\uE000\uE001\ud800'),
      maxLength: 40,
    }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
  )
  fc.assert(
    fc.property(hostile, hostile, (text, query) => {
      newTalk(storage, `${text} apple`.toWellFormed(), text.toWellFormed())
      for (const asked of [query, text, `${query} apple`, text.slice(0, 3)])
        for (const { excerpt, marks } of storage.search.find(asked.slice(0, 500), 20)) {
          let last = 0
          for (const [start, end] of marks) {
            expect(start).toBeGreaterThanOrEqual(last)
            expect(end).toBeGreaterThan(start)
            last = end
          }
          expect(last).toBeLessThanOrEqual(excerpt.length)
        }
    }),
    { numRuns: 150 },
  )
})

test('what a word of a message begins with finds the message', () => {
  const storage = openTemp()
  storage.database.pragma('synchronous = OFF')
  const word = fc.stringMatching(/^[a-zäöü]{3,12}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), fc.nat(), (words, pick) => {
      const id = newTalk(storage, words.join(' '), '')
      const chosen = words[pick % words.length] ?? ''
      const query = words.length > 1 ? `${chosen.slice(0, 3)} ${words[0]}` : chosen.slice(0, 3)
      const hits = storage.search.find(query, 100).map(({ conversation }) => conversation)
      storage.conversations.hide(id, 0)
      storage.conversations.purge(0)
      expect(hits).toContain(id)
    }),
    { numRuns: 60 },
  )
})

test('a query of many words is answered', () => {
  expect(toMatch('a '.repeat(250))).not.toBeNull()
  expect(openTemp().search.find('a '.repeat(250), 100)).toEqual([])
})
