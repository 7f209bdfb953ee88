import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { mountApp, settle, until } from '../../testing/mount.tsx'
import { chats, kindling, letterId, talk } from '../../testing/scenes.ts'
import { endOfSentences } from './use-spoken.ts'

afterEach(cleanup)

const later = (task: () => void) => queueMicrotask(task)
const ready = { model: kindling, messages: chats, later, settings: { lastConversation: letterId } }
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' })
const type = (text: string) => fireEvent.change(field(), { target: { value: text } })
const press = (key: string, more = {}) => fireEvent.keyDown(field(), { key, ...more })

test('Return sends and empties the field; the words stand in the thread', async () => {
  const { store } = await mountApp({ ...ready, reply: () => ['Fine.'] })
  type('How are you?')
  press('Enter')
  expect(field().value).toBe('')
  await act(() => until(store, ({ order, messages }) => messages[order.at(-1) as never]?.text === 'Fine.'))
  const log = screen.getByRole('log', { name: 'Conversation' })
  expect(within(log).getAllByRole('article').at(-2)?.textContent).toContain('How are you?')
})

test('Shift-Return, and Return inside a composition, send nothing', async () => {
  const { host } = await mountApp(ready)
  type('half a wo')
  press('Enter', { shiftKey: true })
  press('Enter', { isComposing: true })
  await settle()
  expect(host.calls.some(({ command }) => command === 'turn.start')).toBe(false)
  expect(field().value).toBe('half a wo')
})

test('white space alone is not sent', async () => {
  const { host } = await mountApp(ready)
  type('  \n ')
  press('Enter')
  await settle()
  expect(host.calls.some(({ command }) => command === 'turn.start')).toBe(false)
})

test('while a reply is written there is Stop, and Escape does the same', async () => {
  const { store } = await mountApp({ ...ready, later: () => {} })
  type('Tell me more')
  press('Enter')
  await waitFor(() => screen.getByRole('button', { name: 'Stop' }))
  fireEvent.keyDown(window, { key: 'Escape' })
  await act(() => until(store, ({ order, messages }) => messages[order.at(-1) as never]?.status === 'stopped'))
  expect(screen.getByText('Stopped after 41 tokens. Kept.')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Send' })).toBeTruthy()
})

test('with no model nothing is sent and the text stays', async () => {
  const { host } = await mountApp({ ...ready, model: { state: 'none' } })
  expect(screen.getByText('Hearth has no model yet')).toBeTruthy()
  type('Hello')
  press('Enter')
  await settle()
  expect(host.calls.some(({ command }) => command === 'turn.start')).toBe(false)
  expect(field().value).toBe('Hello')
})

test('text is only ever text', async () => {
  const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
  const messages = talk(0, evil, evil)
  await mountApp({ ...ready, messages, settings: { lastConversation: messages[0]?.conversation ?? null } })
  const log = screen.getByRole('log')
  expect(log.querySelector('img, script')).toBeNull()
  expect(log.textContent).toContain(evil)
})

test('a reply has its seconds, and a receipt on a click', async () => {
  await mountApp(ready)
  fireEvent.click(screen.getAllByRole('button', { name: /Receipt, 1\.5 s/ }).at(-1) as HTMLElement)
  const receipt = await screen.findByLabelText('Receipt')
  for (const text of ['168 tokens', '122 tokens a second', '371 of 412', 'First token 84 ms']) {
    expect(within(receipt).getByText(text)).toBeTruthy()
  }
})

test('the switch names where it stands and leads to the other reply', async () => {
  await mountApp(ready)
  const group = screen.getByRole('group', { name: '2 of 2' })
  fireEvent.click(within(group).getByRole('button', { name: 'Previous reply' }))
  await screen.findByRole('group', { name: '1 of 2' })
  expect(screen.getByRole('log').textContent).toContain('Nothing you have told me here')
})

test.each([
  ['failed', 'engine-crashed', 'The model stopped and has been restarted'],
  ['failed', 'prompt-too-long', 'Too long.'],
  ['interrupted', null, 'This reply was cut short'],
] as const)('a reply that is %s (%s) says so and can be tried again', async (status, code, title) => {
  const messages = chats.map((one) =>
    one.id === chats[4]?.id ? { ...one, status, failure: code && { code, message: 'Too long.' } } : one,
  )
  const { host } = await mountApp({ ...ready, messages })
  const notice = screen.getByText(title).closest('[data-state]') as HTMLElement
  expect(notice.dataset.state).toBe(status)
  fireEvent.click(within(notice).getByRole('button', { name: 'Try again' }))
  await waitFor(() =>
    expect(host.calls.at(-1)).toMatchObject({ command: 'turn.retry', input: { instead: chats[4]?.id } }),
  )
})

test('the end of a reply is announced in words, never in tokens', async () => {
  await mountApp({ ...ready, reply: () => ['One two', ' three.'] })
  type('Count')
  press('Enter')
  const region = screen.getByRole('status', { name: 'Announcements' })
  await waitFor(() => expect(region.textContent).toBe('Reply finished, 3 words'))
})

test('only whole sentences are spoken', () => {
  expect(endOfSentences('Half a sen')).toBe(0)
  expect(endOfSentences('One. Two')).toBe('One.'.length)
  expect(endOfSentences('It costs 3.50 now')).toBe(0)
  expect(endOfSentences('“Yes.” She')).toBe('“Yes.”'.length)
  expect(endOfSentences('- tea\n- mi')).toBe('- tea\n'.length)
})
