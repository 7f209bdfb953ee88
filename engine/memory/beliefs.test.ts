import { expect, test } from 'vitest'
import { newConversationId } from '../contract/ids.ts'
import { newMemoryId } from '../contract/memory.ts'
import { slotOf } from './slots.ts'
import { day, startMemory } from './test-support.ts'

test('the same fact said twice is one memory with two pieces of evidence, and surer', () => {
  const { tell, list, memory } = startMemory()
  const [here, there] = [newConversationId(), newConversationId()]
  tell(here, 'My name is Ines.')
  const before = list()[0]
  tell(there, 'call me Ines')
  const [after, ...others] = list()
  expect(others).toEqual([])
  expect(after).toMatchObject({ id: before?.id, text: 'Your name is Ines.', evidenceCount: 2, status: 'active' })
  expect(after?.confidence.mean).toBeGreaterThan(before?.confidence.mean ?? 1)
  if (after === undefined) return
  const { evidence } = memory.page.open({ id: after.id })
  expect(evidence.map(({ quote, mark, conversation }) => [quote.slice(...mark), conversation])).toEqual([
    ['My name is Ines.', here],
    ['call me Ines', there],
  ])
})

test('what contradicts replaces, and the old one is history', () => {
  const { tell, list, memory } = startMemory()
  tell(newConversationId(), 'I live in Cardiff.')
  tell(newConversationId(), 'I moved to Bristol.')
  const [now, ...others] = list()
  expect(others).toEqual([])
  expect(now?.text).toBe('You live in Bristol.')
  if (now === undefined) return
  expect(memory.page.open({ id: now.id }).history).toMatchObject([
    { text: 'You live in Cardiff.', status: 'replaced', replacedBy: now.id },
  ])
  expect(memory.page.list({ tab: 'replaced', query: '', limit: 9 }).memories).toHaveLength(1)
})

test('what was inferred never overrules what the person said: it is disputed, unused, and theirs to decide', () => {
  const { tell, list, memory } = startMemory()
  const { message } = tell(newConversationId(), 'I am vegetarian.')
  const learned = memory.beliefs.learn({
    fact: slotOf('my diet is pescatarian'),
    origin: 'inferred',
    conversation: null,
    span: { message, start: 0, end: 1 },
    hold: false,
  })
  expect(learned.did).toBe('disputed')
  expect(list().map(({ text, status }) => [text, status])).toEqual(
    expect.arrayContaining([
      ['Your diet is vegetarian.', 'active'],
      ['Your diet is pescatarian.', 'disputed'],
    ]),
  )
  const [disputed] = memory.page.list({ tab: 'disputed', query: '', limit: 9 }).memories
  expect(disputed).toMatchObject({
    text: 'Your diet is pescatarian.',
    against: list().find(({ status }) => status === 'active')?.id,
  })

  memory.page.resolve({ disputed: learned.memory, keep: learned.memory })
  expect(list().map(({ text, origin }) => [text, origin])).toEqual([['Your diet is pescatarian.', 'typed']])
})

test('what is held back is used only once it is accepted', () => {
  const { list, memory } = startMemory()
  const { memory: id } = memory.beliefs.learn({
    fact: slotOf('my name is Mallory'),
    origin: 'file',
    conversation: null,
    span: null,
    hold: true,
  })
  expect(list()).toEqual([])
  expect(memory.recall.find('What is my name?', newConversationId(), new Set(), 5)).toEqual([])
  memory.page.accept({ id })
  expect(list()).toMatchObject([{ origin: 'typed', status: 'active' }])
  expect(memory.recall.find('What is my name?', newConversationId(), new Set(), 5)).toHaveLength(1)
})

test('what was inferred fades by its half-life, and what was said does not', () => {
  const { memory, clock, list, tell } = startMemory()
  tell(newConversationId(), 'My name is Ines.')
  memory.beliefs.learn({
    fact: slotOf('I have a red bike'),
    origin: 'inferred',
    conversation: null,
    span: null,
    hold: false,
  })
  const means = () => Object.fromEntries(list().map(({ text, confidence }) => [text, confidence.mean]))
  const before = means()
  expect(before['You have a red bike.']).toBeCloseTo(0.75)
  clock.at += 180 * day
  const after = means()
  expect(after['You have a red bike.']).toBeCloseTo(2 / 3) // Beta(2, 1): half of the two is gone
  expect(after['Your name is Ines.']).toBe(before['Your name is Ines.'])
})

test('a change by hand keeps the old wording as history, with its words', () => {
  const { tell, list, memory } = startMemory()
  tell(newConversationId(), 'My dog is called Rex.')
  const id = list()[0]?.id ?? newMemoryId()
  memory.page.update({ id, change: { text: 'Your dog is called Max', pinned: true } })
  const { memory: now, history, evidence } = memory.page.open({ id })
  expect(now).toMatchObject({ statement: "The user's dog is called Max.", pinned: true, key: 'pet.dog' })
  expect(evidence).toEqual([])
  expect(history).toMatchObject([{ text: 'Your dog is called Rex.', evidenceCount: 1 }])
})

test('what a message did can be taken back, whatever it was', () => {
  const { tell, list, memory, events } = startMemory()
  const chat = newConversationId()
  const lastAct = () => events.findLast((event) => event.type === 'memory-heard')
  const undo = () => {
    const act = lastAct()
    if (act?.type === 'memory-heard') memory.listen.undo(act.act)
  }
  tell(chat, 'I live in Cardiff.')
  tell(chat, 'I live in Bristol.')
  expect(lastAct()).toMatchObject({ did: 'corrected', memories: [{ text: 'You live in Bristol.' }] })
  undo()
  expect(list().map(({ text }) => text)).toEqual(['You live in Cardiff.'])
  const sure = list()[0]?.confidence
  tell(chat, 'I live in Cardiff.')
  expect(lastAct()).toMatchObject({ did: 'confirmed' })
  undo()
  expect(list()[0]).toMatchObject({ confidence: sure, evidenceCount: 1 })
  tell(chat, 'Forget where I live.')
  expect(lastAct()).toMatchObject({ did: 'forgetting' })
  expect(list()).toMatchObject([{ status: 'leaving' }])
  undo()
  expect(list()).toMatchObject([{ status: 'active' }])
  tell(chat, 'Forget my shoe size.')
  expect(lastAct()).toMatchObject({ did: 'nothing', memories: [] })
})

test('taking back what was corrected again since leaves the newest, and its history', () => {
  const { tell, list, memory, events } = startMemory()
  const chat = newConversationId()
  for (const place of ['Cardiff', 'Bristol', 'York']) tell(chat, `I live in ${place}.`)
  const middle = events.filter((event) => event.type === 'memory-heard')[1]
  if (middle?.type === 'memory-heard') memory.listen.undo(middle.act)
  expect(list()).toMatchObject([{ text: 'You live in York.', status: 'active' }])
  const { history } = memory.page.open({ id: list()[0]?.id ?? newMemoryId() })
  expect(history.map(({ text }) => text)).toEqual(['You live in Cardiff.'])
})

test('a memory of one conversation is used there only, and hides there what holds everywhere', () => {
  const { tell, memory } = startMemory()
  const [here, there] = [newConversationId(), newConversationId()]
  tell(there, 'Call me Ines.')
  tell(here, 'In this chat, call me Captain.')
  const names = (conversation: typeof here) =>
    memory.recall.find('What is my name?', conversation, new Set(), 5).map(({ memory: { text } }) => text)
  expect(names(here)).toEqual(['Your name is Captain.'])
  expect(names(there)).toEqual(['Your name is Ines.'])
})
