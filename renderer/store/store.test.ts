import { expect, test, vi } from 'vitest'
import type { FakeHost } from '../testing/fake-host.ts'
import { createFakeHost } from '../testing/fake-host.ts'
import { mountStore, settle, until } from '../testing/mount.tsx'
import { chats, kindling, letterId, talk } from '../testing/scenes.ts'
import { createClient } from './client.ts'
import { type AppState, createAppStore } from './store.ts'

const ready = { model: kindling, messages: chats, later: (task: () => void) => queueMicrotask(task) }
const starts = (host: FakeHost) =>
  host.calls.filter(({ command }) => command === 'turn.start').map(({ input }) => input)
const texts = ({ order, messages }: AppState) => order.map((id) => messages[id]?.text)
const gone = { code: 'engine-crashed', message: 'The engine ended.' } as const

test('the chat that was open at the end is open at the start', async () => {
  const { store } = await mountStore({ ...ready, settings: { lastConversation: letterId } })
  expect(store.getState().open).toBe(letterId)
  expect(texts(store.getState())[0]).toMatch(/^Write Mr Okafor/)
})

test('what is asked shows at once, streams, and ends with its figures', async () => {
  const { store, host } = await mountStore({ ...ready, messages: [], reply: () => ['One ', 'two.'] })
  store.getState().ask('Count to two')
  expect(texts(store.getState())).toEqual(['Count to two'])
  expect(Object.keys(store.getState().sending)).toHaveLength(1)
  await until(store, ({ order, messages }) => order[1] !== undefined && messages[order[1]]?.status === 'done')
  expect(texts(store.getState())).toEqual(['Count to two', 'One two.'])
  expect(store.getState().sending).toEqual({})
  expect(store.getState().conversations).toHaveLength(1)
  expect(host.acks.length).toBeGreaterThan(0)
})

test('a turn that was lost on its way is sent again with the same ids', async () => {
  const { store, host } = await mountStore({ ...ready, messages: [] })
  host.dropCall('turn.start')
  store.getState().ask('Hello')
  host.cut()
  await until(store, ({ order }) => order.length === 2)
  const [first, second] = starts(host)
  expect(second).toEqual(first)
  expect(store.getState().order).toHaveLength(2)
})

test('a turn whose answer was lost is found again and stays one turn', async () => {
  const { store, host } = await mountStore({ ...ready, messages: [] })
  host.dropAnswer('turn.start')
  store.getState().ask('Hello')
  host.cut() // before any event or answer has crossed
  await until(store, ({ connection, sending }) => connection.state === 'ready' && Object.keys(sending).length === 0)
  expect([...host.messages.values()].filter(({ role }) => role === 'user')).toHaveLength(1)
  await until(store, ({ order }) => order.length === 2)
})

test('what the person was doing stays when the engine comes back', async () => {
  const { store, host } = await mountStore({ ...ready, settings: { lastConversation: letterId } })
  store.getState().go('settings')
  host.back()
  await until(store, ({ opening, connection }) => connection.state === 'ready' && opening === null)
  await settle()
  expect(store.getState().page).toBe('settings')
})

test('a turn asked while the engine is away goes when it is back', async () => {
  const { store, host } = await mountStore({ ...ready, messages: [] })
  host.cut(true)
  await until(store, ({ connection }) => connection.state === 'lost')
  store.getState().ask('Are you there?')
  await settle()
  expect(texts(store.getState())).toEqual(['Are you there?'])
  expect(starts(host)).toEqual([])
  host.accept()
  await until(store, ({ order }) => order.length === 2)
  expect(starts(host)).toHaveLength(1)
})

test('an unanswered turn outlives a reload of the tab', async () => {
  const { store, host } = await mountStore({ ...ready, messages: [] })
  host.cut(true)
  await until(store, ({ connection }) => connection.state === 'lost')
  store.getState().ask('Keep this')
  host.accept()
  const next = createFakeHost({ ...ready, messages: [] })
  createAppStore(createClient({ connect: next.connect, frame: queueMicrotask, backoffMs: 1 }))
  await vi.waitFor(() => expect(starts(next)).toMatchObject([{ text: 'Keep this' }]))
})

test('when the engine refuses a turn, its text goes back to the composer', async () => {
  const { store, host } = await mountStore({ ...ready, settings: { lastConversation: letterId } })
  const before = store.getState().order
  host.failNext('turn.start', { code: 'storage-full', message: 'The disk is full.', remedy: 'Free 200 MB.' })
  store.getState().ask('Safe?')
  await until(store, ({ refused }) => refused !== null)
  expect(store.getState().order).toEqual(before)
  expect(store.getState().drafts[letterId]).toBe('Safe?')
  expect(store.getState().sending).toEqual({})
})

test('a message typed while the model wakes goes as soon as it is ready', async () => {
  const { store, host } = await mountStore({ ...ready, messages: [], model: { state: 'loading', name: 'Kindling' } })
  store.getState().ask('Morning')
  await settle()
  expect(texts(store.getState())).toEqual(['Morning'])
  host.setModel(kindling)
  await until(store, ({ order }) => order.length === 2)
})

test('a reply in flight is interrupted when the engine is lost, and read anew when it is back', async () => {
  const held: (() => void)[] = []
  const { store, host } = await mountStore({ ...ready, messages: [], later: (task) => void held.push(task) })
  store.getState().ask('Hello')
  await until(store, ({ order }) => order.length === 2)
  host.loseEngine(gone, 500)
  await until(store, ({ connection }) => connection.state === 'lost')
  const id = store.getState().order[1]
  const reply = id && host.messages.get(id)
  if (!reply) throw new Error('expected a reply')
  expect(store.getState().messages[reply.id]?.status).toBe('interrupted')
  host.messages.set(reply.id, { ...reply, status: 'interrupted', text: 'Hel' })
  host.back()
  await until(store, ({ connection, messages }) => connection.state === 'ready' && messages[reply.id]?.text === 'Hel')
})

test('stop asks for the reply that is being written', async () => {
  const { store, host } = await mountStore({ ...ready, messages: [], later: () => {} })
  store.getState().ask('Hello')
  await until(store, ({ order }) => order.length === 2)
  store.getState().stop()
  const reply = store.getState().order[1]
  await until(store, ({ messages }) => reply !== undefined && messages[reply]?.status === 'stopped')
  expect(host.calls.at(-1)).toEqual({ command: 'turn.stop', input: { reply } })
})

test('trying again makes a sibling, and the switch leads back', async () => {
  const { store } = await mountStore({
    ...ready,
    messages: talk(0, 'Hi', 'First answer'),
    reply: () => ['Second answer'],
  })
  await store.getState().openConversation(store.getState().conversations[0]?.id as never)
  const first = store.getState().order[1] as never
  await store.getState().tryAgain(first)
  await until(store, (state) => texts(state)[1] === 'Second answer')
  const second = store.getState().messages[store.getState().order[1] as never]
  expect(second?.siblings).toEqual([first, second?.id])
  await store.getState().selectBranch(first)
  expect(texts(store.getState())).toEqual(['Hi', 'First answer'])
})

test('a jump opens the chat, switches to the branch of the message and lights its words', async () => {
  const { store, host } = await mountStore(ready)
  const hidden = chats[3]
  if (!hidden) throw new Error('expected a message on the other branch')
  await store.getState().jumpTo(letterId, hidden.id, ['damp'])
  expect(store.getState().order).toContain(hidden.id)
  expect(store.getState().jump).toMatchObject({ message: hidden.id, words: ['damp'] })
  expect(host.calls.map(({ command }) => command)).toContain('conversation.select')
})

test('a deleted chat can be taken back, and opens again where it was open', async () => {
  const { store } = await mountStore({ ...ready, settings: { lastConversation: letterId } })
  await store.getState().remove(letterId)
  expect(store.getState().open).toBeNull()
  expect(store.getState().conversations.some(({ id }) => id === letterId)).toBe(false)
  await store.getState().undoRemove()
  expect(store.getState().conversations.some(({ id }) => id === letterId)).toBe(true)
  expect(store.getState().open).toBe(letterId)
  expect(store.getState().removed).toEqual([])
})

test('a rename that is refused is taken back', async () => {
  const { store, host } = await mountStore(ready)
  host.failNext('conversation.rename', { code: 'storage-read-only', message: 'The folder cannot be written.' })
  await store.getState().rename(letterId, 'Other')
  expect(store.getState().conversations.find(({ id }) => id === letterId)?.title).not.toBe('Other')
  expect(store.getState().refused?.code).toBe('storage-read-only')
})

test('a database that cannot be used is said, and tried again on request', async () => {
  const host = createFakeHost(ready)
  host.failNext('app.snapshot', { code: 'storage-locked', message: 'Another Hearth is open.' })
  const { store } = await mountStore(ready, host)
  expect(store.getState().connection).toMatchObject({ state: 'refused', failure: { code: 'storage-locked' } })
  store.getState().reconnect()
  await until(store, ({ connection }) => connection.state === 'ready')
})

test('drafts belong to their chats', async () => {
  const { store } = await mountStore({ ...ready, settings: { lastConversation: letterId } })
  store.getState().setDraft('for the letter')
  store.getState().newChat()
  store.getState().setDraft('for a new one')
  expect(store.getState().drafts).toEqual({ [letterId]: 'for the letter', new: 'for a new one' })
})
