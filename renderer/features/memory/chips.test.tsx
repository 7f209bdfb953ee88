import { Tooltip } from '@base-ui/react/tooltip'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { newMemoryId } from '../../../engine/contract/memory.ts'
import { AppStore } from '../../store/use-app.ts'
import { openMemoryScene, usedByReply } from '../../testing/memory-scenes.ts'
import { mountStore, settle } from '../../testing/mount.tsx'
import { HeardNote } from './HeardNote.tsx'
import { MemoryChips } from './MemoryChips.tsx'

afterEach(cleanup)

async function mountChips() {
  const host = openMemoryScene('memory')
  if (!host) throw new Error('expected the scene “memory”')
  const mounted = await mountStore({}, host)
  const reply = Object.keys(usedByReply)[0]
  const message = [...host.messages.values()].find(({ id }) => id === reply)
  const question = [...host.messages.values()].find(({ id }) => id === message?.parent)
  if (!message || !question) throw new Error('expected the reply of the scene')
  render(
    <AppStore.Provider value={mounted.store}>
      <Tooltip.Provider>
        <HeardNote message={question} />
        <MemoryChips message={message} />
      </Tooltip.Provider>
    </AppStore.Provider>,
  )
  await settle()
  return { ...mounted, host, message, question }
}
const chips = () => screen.getByRole('list', { name: 'Memories this reply used' })

test('what fitted the question comes first, and the rest is behind a count', async () => {
  await mountChips()
  await waitFor(() => chips())
  expect(within(chips()).getAllByRole('button')[0]?.textContent).toBe('You are home most weekday mornings.')
  fireEvent.click(within(chips()).getByRole('button', { name: '2 more memories' }))
  expect(within(chips()).getAllByRole('listitem')).toHaveLength(5)
})

test('a click says why and shows the words; “Not for this reply” asks again without it', async () => {
  const { host, message } = await mountChips()
  fireEvent.click(await within(await waitFor(chips)).findByRole('button', { name: /weekday mornings/ }))
  const card = await screen.findByRole('dialog')
  expect(card.textContent).toContain('Used since it fits what you asked, in words and meaning.')
  await waitFor(() => within(card).getByText('I’m home most weekday mornings', { selector: 'mark' }))
  const used = usedByReply[message.id]?.memories.find(({ because }) => because === 'both')
  fireEvent.click(within(card).getByRole('button', { name: 'Not for this reply' }))
  await waitFor(() => {
    const retry = host.calls.find(({ command }) => command === 'turn.retry')
    expect(retry?.input).toMatchObject({ instead: message.id, without: [used?.memory] })
  })
})

test('a memory is corrected and forgotten where it was used', async () => {
  await mountChips()
  fireEvent.click(await within(await waitFor(chips)).findByRole('button', { name: /weekday mornings/ }))
  const card = await screen.findByRole('dialog')
  fireEvent.click(await within(card).findByRole('button', { name: 'Correct' }))
  const field = within(card).getByRole('textbox', { name: 'What Hearth should remember' })
  fireEvent.change(field, { target: { value: 'You are home on Mondays.' } })
  fireEvent.keyDown(field, { key: 'Enter' })
  await waitFor(() => expect(within(chips()).getByText('You are home on Mondays.')).toBeTruthy())
  fireEvent.click(within(card).getByRole('button', { name: 'Forget…' }))
  fireEvent.click(await within(card).findByRole('button', { name: 'Forget' }))
  await waitFor(() => within(card).getByText('Forgotten, and checked'), { timeout: 4000 })
  fireEvent.click(within(card).getByRole('button', { name: 'Done' }))
  await waitFor(() => expect(within(chips()).queryByText('You are home on Mondays.')).toBeNull())
})

test('under the person’s message stands what it did to memory, until it is taken back', async () => {
  const { host, question } = await mountChips()
  expect(screen.queryByText(/Will remember/)).toBeNull()
  host.emit({
    type: 'memory-heard',
    conversation: question.conversation,
    message: question.id,
    act: newMemoryId() as never,
    did: 'remembered',
    memories: [{ memory: newMemoryId(), text: 'Your name is Ines.' }],
  })
  await screen.findByText(/Will remember/)
  expect(screen.getByRole('button', { name: 'Your name is Ines.' })).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(screen.queryByText(/Will remember/)).toBeNull())
  expect(host.calls.some(({ command }) => command === 'memory.undo')).toBe(true)
})
