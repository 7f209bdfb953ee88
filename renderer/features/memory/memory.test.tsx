import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { App } from '../../app/App.tsx'
import type { FakeHost } from '../../testing/fake-host.ts'
import { type memoryScenes, openMemoryScene } from '../../testing/memory-scenes.ts'
import { mountStore, settle } from '../../testing/mount.tsx'

afterEach(cleanup)

async function openPage(scene: keyof typeof memoryScenes) {
  const host = openMemoryScene(scene)
  if (!host) throw new Error(`expected a scene, found ${scene}`)
  const mounted = await mountStore({}, host)
  mounted.store.getState().go('memory')
  render(<App store={mounted.store} />)
  await settle()
  return mounted
}
/** By its text: a look by role and name through a whole page takes most of a second here. */
const row = (text: string) => {
  const found = screen.getAllByText(new RegExp(text)).find((element) => element.closest('[role=option]'))
  const option = found?.closest<HTMLElement>('[role=option]')
  if (!option) throw new Error(`expected a row “${text}”, found none`)
  return option
}
const drawer = () => screen.getByRole('complementary', { name: /Evidence|Forgotten|memories/ })
const called = (host: FakeHost, command: string) => host.calls.filter((call) => call.command === command)

test('memories stand by kind, each with where it is from', async () => {
  await openPage('memory')
  await waitFor(() => row('Letters: firm but friendly'))
  expect(
    within(screen.getByRole('group', { name: 'How you like things' })).getByText('You said so 3 times'),
  ).toBeTruthy()
  expect(within(screen.getByRole('group', { name: 'People and pets' })).getByText('Being forgotten')).toBeTruthy()
  expect(screen.queryByRole('option', { name: /Bristol/ })).toBeNull()
})

test('“why do you think so?” shows the exact words, marked, and leads to their message', async () => {
  const { store } = await openPage('memory')
  await waitFor(() => row('Letters: firm but friendly'))
  fireEvent.click(row('Letters: firm but friendly'))
  await waitFor(() => within(drawer()).getByText('firm but friendly', { selector: 'mark' }))
  const [show] = within(drawer()).getAllByRole('button', { name: 'Show in “Heating again”' })
  if (show) fireEvent.click(show)
  await waitFor(() => expect(store.getState().jump?.words).toEqual(['firm but friendly']))
  expect(store.getState().page).toBe('chat')
})

test('a correction replaces the wording, and Undo takes it back', async () => {
  await openPage('memory')
  await waitFor(() => row('You live in Cardiff'))
  fireEvent.click(row('You live in Cardiff'))
  fireEvent.click(await within(drawer()).findByRole('button', { name: 'Correct' }))
  const field = within(drawer()).getByRole('textbox', { name: 'What Hearth should remember' })
  fireEvent.change(field, { target: { value: 'You live in Swansea.' } })
  fireEvent.keyDown(field, { key: 'Enter' })
  await waitFor(() => row('You live in Swansea'))
  fireEvent.click(within(screen.getByRole('region', { name: 'Undo in memory' })).getByRole('button', { name: /Undo/ }))
  await waitFor(() => row('You live in Cardiff'))
})

test('Delete asks what forgetting touches, and nothing is forgotten until the person says so', async () => {
  const { host } = await openPage('memory')
  await waitFor(() => row('Letters: firm but friendly'))
  fireEvent.keyDown(row('Letters: firm but friendly'), { key: 'Delete' })
  await waitFor(() => within(drawer()).getByText('3 pieces of evidence'))
  // A stray Return lands on the question.
  expect(document.activeElement?.textContent).toBe('Forget this?')
  expect(called(host, 'memory.forget')).toHaveLength(0)
  fireEvent.click(within(drawer()).getByRole('button', { name: 'Keep' }))
  await waitFor(() => within(drawer()).getByRole('button', { name: 'Forget…' }))
  expect(called(host, 'memory.forget')).toHaveLength(0)
})

test('forgetting ends with a receipt that holds the proof and not the content', async () => {
  await openPage('memory')
  await waitFor(() => row('Mr Okafor is the landlord'))
  fireEvent.keyDown(row('Mr Okafor is the landlord'), { key: 'Delete' })
  fireEvent.click(await within(drawer()).findByRole('button', { name: 'Forget' }))
  await waitFor(() => within(drawer()).getByText('Forgotten, and checked'), { timeout: 4000 })
  expect(within(drawer()).getAllByText('found nothing').length).toBeGreaterThan(5)
  expect(within(drawer()).getByText('overwritten')).toBeTruthy()
  expect(drawer().textContent).not.toContain('Okafor')
  await waitFor(() => expect(screen.queryByText(/Mr Okafor is the landlord/)).toBeNull())
})

test('what is still found is said, and trying again is the same run', async () => {
  const { host } = await openPage('memory-leftovers')
  await waitFor(() => row('Mr Okafor is the landlord'))
  fireEvent.keyDown(row('Mr Okafor is the landlord'), { key: 'Delete' })
  fireEvent.click(await within(drawer()).findByRole('button', { name: 'Forget' }))
  await waitFor(() => within(drawer()).getByText('3 still found'), { timeout: 4000 })
  fireEvent.click(within(drawer()).getByRole('button', { name: 'Try again' }))
  await waitFor(() => within(drawer()).getByText('Forgotten, and checked'), { timeout: 4000 })
  const runs = called(host, 'memory.forget').map(({ input }) => (input as { run: string }).run)
  expect(runs).toHaveLength(2)
  expect(new Set(runs).size).toBe(1)
})

test('a forget whose engine went away is sent again as the same run when it is back', async () => {
  const { host } = await openPage('memory')
  await waitFor(() => row('Mr Okafor is the landlord'))
  fireEvent.keyDown(row('Mr Okafor is the landlord'), { key: 'Delete' })
  const forget = await within(drawer()).findByRole('button', { name: 'Forget' })
  host.dropCall('memory.forget')
  fireEvent.click(forget)
  await settle()
  host.loseEngine({ code: 'engine-crashed', message: 'The engine ended.', remedy: 'Trying again.' }, 1)
  host.back()
  await waitFor(() => within(drawer()).getByText('Forgotten, and checked'), { timeout: 4000 })
  const runs = called(host, 'memory.forget').map(({ input }) => (input as { run: string }).run)
  expect(new Set(runs).size).toBe(1)
})

test('what is held back says why, and is accepted or turned down, with Undo', async () => {
  const { host } = await openPage('memory')
  fireEvent.click(await screen.findByRole('tab', { name: /Held back/ }))
  const card = (name: RegExp) => screen.findByRole('article', { name })
  const file = await card(/Vaillant/)
  expect(file.textContent).toContain('This came from a file, not from you, so no reply uses it.')
  fireEvent.click(within(file).getByRole('button', { name: 'Delete' }))
  await waitFor(() => expect(screen.queryByRole('article', { name: /Vaillant/ })).toBeNull())
  expect(called(host, 'memory.forget')).toHaveLength(0)
  fireEvent.keyDown(document.body, { key: 'z', ctrlKey: true })
  await card(/Vaillant/)
  fireEvent.click(within(await card(/Cardiff half/)).getByRole('button', { name: 'Remember it' }))
  await waitFor(() => expect(called(host, 'memory.accept')).toHaveLength(1))
  await waitFor(() => expect(screen.queryByRole('article', { name: /Cardiff half/ })).toBeNull())
})

test('two memories that disagree show both words, and the choice ends it', async () => {
  const { host } = await openPage('memory')
  const card = await screen.findByRole('region', { name: 'Two memories disagree' })
  expect(within(card).getByText('vegetarian since 2019', { selector: 'mark' })).toBeTruthy()
  expect(within(card).getByText('grilled sea bass', { selector: 'mark' })).toBeTruthy()
  fireEvent.click(within(card).getByRole('button', { name: 'It is this: You eat fish.' }))
  await waitFor(() => expect(called(host, 'memory.resolve')).toHaveLength(1))
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Two memories disagree' })).toBeNull())
})

test('arrows move, Space takes several, and they can be merged', async () => {
  const { host } = await openPage('memory')
  await waitFor(() => row('You are learning Spanish'))
  row('You are learning Spanish').focus()
  fireEvent.keyDown(document.activeElement as Element, { key: ' ' })
  fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowDown' })
  expect(document.activeElement).toBe(row('You learn Spanish'))
  fireEvent.keyDown(document.activeElement as Element, { key: ' ' })
  await waitFor(() => within(drawer()).getByRole('button', { name: 'Merge' }))
  fireEvent.click(within(drawer()).getByRole('button', { name: 'Merge' }))
  await waitFor(() => expect(called(host, 'memory.merge')).toHaveLength(1))
  await waitFor(() => expect(screen.getAllByRole('option', { name: /Spanish/ })).toHaveLength(1))
})

test('search shows what was found and says when it goes by words only', async () => {
  await openPage('memory-by-words')
  const field = await screen.findByRole('searchbox', { name: 'Search memory' })
  fireEvent.change(field, { target: { value: 'okafor' } })
  await waitFor(() => screen.getByText(/1 memory for “okafor”, best first\. By words only: The embedder/))
  expect(screen.getAllByRole('option')).toHaveLength(1)
  fireEvent.change(field, { target: { value: 'zebra' } })
  await waitFor(() => screen.getByText('Nothing for “zebra” in memory.'))
})

test('a new person is told how memory begins; a list that cannot be read is asked for again', async () => {
  await openPage('memory-empty')
  await screen.findByText('Nothing yet. Hearth will show each new memory here, with your words.')
  cleanup()
  await openPage('memory-unread')
  await screen.findByText('The memory table could not be read.')
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => row('You live in Cardiff'))
})

test('a learned choice shows what it rests on, can be decided and reset', async () => {
  const { host } = await openPage('insights')
  fireEvent.click(await screen.findByRole('tab', { name: 'How it answers' }))
  const section = await screen.findByRole('region', { name: 'How long answers are' })
  expect(section.textContent).toContain('Short answers')
  expect(section.textContent).toContain('from 25 replies')
  fireEvent.click(within(section).getByRole('button', { name: 'Reset: How long answers are, Writing' }))
  await waitFor(() => expect(called(host, 'learning.reset')[0]?.input).toEqual({ class: 'writing', choice: 'length' }))
  await waitFor(() => expect(within(section).queryByRole('button', { name: /, Writing$/ })).toBeNull())
})
