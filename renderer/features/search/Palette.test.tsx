import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { createStore } from 'zustand'
import type { SearchHit } from '../../../engine/contract/conversation.ts'
import type { Client } from '../../store/client.ts'
import { mountApp, until } from '../../testing/mount.tsx'
import { chats, kindling, letterId } from '../../testing/scenes.ts'
import { createSearchSlice, type SearchSlice } from './search-slice.ts'

afterEach(cleanup)

const ready = { model: kindling, messages: chats, titles: { [letterId]: 'Letter' } }

async function openPalette() {
  const mounted = await mountApp(ready)
  fireEvent.keyDown(window, { key: 'k', ctrlKey: true })
  const field = await screen.findByRole('combobox', { name: 'Search chats and messages' })
  return { ...mounted, field, search: (value: string) => fireEvent.change(field, { target: { value } }) }
}

test('hits show their words marked, in the face of who said them', async () => {
  const { search } = await openPalette()
  search('lease')
  const hits = await screen.findByRole('group', { name: 'Messages' })
  const [hit] = within(hits).getAllByRole('option')
  expect(hit?.querySelector('mark')?.textContent).toBe('lease')
  expect(hit?.querySelector('.font-serif')?.textContent).toContain('Does the lease say')
})

test('Return opens the chat at the message and lights the words', async () => {
  const { search, field, store } = await openPalette()
  search('lease')
  await screen.findByRole('group', { name: 'Messages' })
  fireEvent.keyDown(field, { key: 'Enter' })
  await until(store, ({ jump }) => jump !== null)
  const log = await screen.findByRole('log')
  await waitFor(() => expect(log.querySelector('mark.lit')?.textContent).toBe('lease'))
  await waitFor(() => expect(document.activeElement?.textContent).toContain('Does the lease say'))
  expect(store.getState().overlay).toBeNull()
})

test('the arrows move the choice and the field keeps the focus', async () => {
  const { field } = await openPalette()
  const first = field.getAttribute('aria-activedescendant')
  fireEvent.keyDown(field, { key: 'ArrowDown' })
  const second = field.getAttribute('aria-activedescendant')
  expect(second).not.toBe(first)
  expect(document.getElementById(second ?? '')?.getAttribute('aria-selected')).toBe('true')
  fireEvent.keyDown(field, { key: 'ArrowUp' })
  expect(field.getAttribute('aria-activedescendant')).toBe(first)
})

test('with nothing found, Return starts a chat with the words', async () => {
  const { search, field, store } = await openPalette()
  search('xylophone')
  expect(screen.getByText('Nothing for “xylophone” here. Return starts a chat with it.')).toBeTruthy()
  fireEvent.keyDown(field, { key: 'Enter' })
  await until(store, ({ overlay }) => overlay === null)
  expect(store.getState()).toMatchObject({ open: null, drafts: { new: 'xylophone' } })
})

test('an old answer that comes late is not shown', async () => {
  const answers: ((output: { hits: SearchHit[] }) => void)[] = []
  const call = (command: string) =>
    command === 'search.messages' ? new Promise((resolve) => answers.push(resolve)) : Promise.resolve({ memories: [] })
  const store = createStore<SearchSlice>()((set) =>
    // The slice needs `set` only for its own fields, and one command of the client.
    createSearchSlice({ call } as unknown as Client)(set as never, undefined as never, undefined as never),
  )
  const first = store.getState().searchFor('dam')
  const second = store.getState().searchFor('damp')
  answers[1]?.({ hits: [] })
  answers[0]?.({ hits: [] })
  await Promise.all([first, second])
  expect(store.getState().search.query).toBe('damp')
})
