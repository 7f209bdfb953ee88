import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { ConversationSummary } from '../../../engine/contract/conversation.ts'
import { newConversationId } from '../../../engine/contract/ids.ts'
import { mountApp } from '../../testing/mount.tsx'
import { chats, kindling, letterId } from '../../testing/scenes.ts'
import { applyConversationEvent } from './conversations-slice.ts'
import { groupByDay } from './group-by-day.ts'

afterEach(cleanup)

const ready = {
  model: kindling,
  messages: chats,
  titles: { [letterId]: 'Letter' },
  settings: { lastConversation: letterId },
}
const at = (...date: [number, number, number, number?, number?]) => new Date(...date).getTime()
const summary = (updatedAt: number, title = ''): ConversationSummary => ({
  id: newConversationId(),
  title,
  createdAt: 0,
  updatedAt,
  messageCount: 2,
  streaming: null,
  pinned: false,
  temporary: false,
  overflow: null,
})
const sidebar = () => screen.getByRole('navigation', { name: 'Hearth' })
const row = (name: string) => within(sidebar()).getByRole('button', { name })

test('chats are grouped by calendar day, in the order of the list', () => {
  const now = at(2026, 10, 26, 0, 30) // a Thursday, half past midnight
  const list = [
    summary(at(2026, 10, 26, 0, 10), 'just now'),
    summary(at(2026, 10, 25, 23, 50), 'before midnight'),
    summary(at(2026, 10, 23, 8), 'on Monday'),
    summary(at(2026, 10, 22, 22), 'on Sunday'),
    summary(at(2025, 10, 26), 'a year ago'),
  ]
  const groups = groupByDay(list, now).map(({ name, conversations }) => [name, conversations.map(({ title }) => title)])
  expect(groups).toEqual([
    ['Today', ['just now']],
    ['Yesterday', ['before midnight']],
    ['This week', ['on Monday']],
    ['Earlier', ['on Sunday', 'a year ago']],
  ])
})

test('the list stays newest first, with one row for a chat', () => {
  const old = summary(1, 'old')
  const list = applyConversationEvent([summary(2, 'new'), old], {
    type: 'conversation-changed',
    summary: { ...old, updatedAt: 3 },
  })
  expect(list.map(({ title }) => title)).toEqual(['old', 'new'])
  expect(applyConversationEvent(list, { type: 'conversation-removed', conversation: old.id })).toHaveLength(1)
})

test('the open chat is marked, and one row is a stop for Tab', async () => {
  await mountApp(ready)
  expect(row('Letter').getAttribute('aria-current')).toBe('page')
  expect(sidebar().querySelectorAll('[data-row][tabindex="0"]')).toHaveLength(1)
  row('Letter').focus()
  fireEvent.keyDown(row('Letter'), { key: 'ArrowDown' })
  expect(document.activeElement).not.toBe(row('Letter'))
  expect((document.activeElement as HTMLElement).matches('[data-row]')).toBe(true)
})

test('F2 renames in place: Return keeps the new name, Escape the old one', async () => {
  const { host } = await mountApp(ready)
  fireEvent.keyDown(row('Letter'), { key: 'F2' })
  const field = within(sidebar()).getByRole('textbox', { name: 'Rename “Letter”' })
  fireEvent.input(field, { target: { value: 'Not kept' } })
  fireEvent.keyDown(field, { key: 'Escape' })
  expect(row('Letter')).toBeTruthy()
  expect(host.calls.some(({ command }) => command === 'conversation.rename')).toBe(false)

  fireEvent.keyDown(row('Letter'), { key: 'F2' })
  const again = within(sidebar()).getByRole('textbox', { name: 'Rename “Letter”' })
  fireEvent.input(again, { target: { value: '  Damp  ' } })
  fireEvent.keyDown(again, { key: 'Enter' })
  await waitFor(() => row('Damp'))
  expect(host.calls.at(-1)).toEqual({ command: 'conversation.rename', input: { id: letterId, title: 'Damp' } })
})

test('a deleted chat leaves at once, and Undo brings it back', async () => {
  await mountApp(ready)
  fireEvent.keyDown(row('Letter'), { key: 'Delete' })
  await waitFor(() => expect(within(sidebar()).queryByRole('button', { name: 'Letter' })).toBeNull())
  const undo = within(screen.getByRole('region', { name: 'Undo' }))
  expect(undo.getByText('“Letter” deleted')).toBeTruthy()
  fireEvent.click(undo.getByRole('button', { name: /Undo/ }))
  await waitFor(() => row('Letter'))
  expect(screen.queryByRole('region', { name: 'Undo' })).toBeNull()
})

test('the undo key takes a delete back, unless there is typing to undo', async () => {
  await mountApp(ready)
  fireEvent.keyDown(row('Letter'), { key: 'Delete' })
  await screen.findByRole('region', { name: 'Undo' })
  const field = screen.getByRole('textbox', { name: 'Message' })
  act(() => field.focus())
  fireEvent.change(field, { target: { value: 'typing' } })
  fireEvent.keyDown(field, { key: 'z', ctrlKey: true })
  expect(screen.getByRole('region', { name: 'Undo' })).toBeTruthy()
  fireEvent.change(field, { target: { value: '' } })
  fireEvent.keyDown(field, { key: 'z', ctrlKey: true })
  await waitFor(() => row('Letter'))
})
