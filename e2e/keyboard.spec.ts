// Without a mouse: a whole first chat, search, delete and undo; where Tab goes; what Esc closes first.
import path from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures/app.ts'
import { questions } from './scripts/words.ts'

test.use({ script: path.join(import.meta.dirname, 'scripts', 'words.ts') })

/** The pane that has the focus. */
const pane = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane ?? 'none')

const focusedName = (page: Page) =>
  page.evaluate(() => {
    const focused = document.activeElement
    return focused?.getAttribute('aria-label') ?? focused?.textContent?.trim() ?? ''
  })

test('a first chat, a search and a delete need no mouse', async ({ app, hearth }) => {
  const { keyboard } = app.page
  await expect(app.page.getByRole('heading', { name: 'What you say here stays here.' })).toBeFocused()
  await keyboard.press('Tab')
  await expect(app.page.getByRole('button', { name: 'Start chatting' })).toBeFocused()
  await keyboard.press('Enter')
  await expect(hearth.field).toBeFocused()
  await keyboard.type('Hello')
  await keyboard.press('Shift+Enter')
  await keyboard.type('hearth')
  await keyboard.press('Enter')
  await expect(hearth.words()).toHaveText(/You said: Hello\s+hearth\./)
  await expect(hearth.field).toBeFocused()
  await expect(hearth.field).toHaveValue('')

  await keyboard.press('Control+Alt+n')
  await expect(hearth.thread).toHaveCount(0)
  await keyboard.type('The second')
  await keyboard.press('Enter')
  await expect(hearth.chats).toHaveText(['The second', /Hello/])

  await keyboard.press('ControlOrMeta+k')
  await expect(hearth.palette.getByRole('combobox')).toBeFocused()
  await keyboard.type('hearth')
  await expect(hearth.palette.getByRole('group', { name: 'Messages' })).toBeVisible()
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await expect(hearth.palette).toBeHidden()
  await expect(hearth.thread.locator('mark').first()).toHaveText('hearth')
  await expect(hearth.chats.nth(1)).toHaveAttribute('aria-current', 'page')

  // To the list, to the other chat, delete it, take it back.
  while ((await pane(app.page)) !== 'sidebar') await keyboard.press('F6')
  await expect(hearth.chats.nth(1)).toBeFocused()
  await keyboard.press('ArrowUp')
  await expect(hearth.chats.nth(0)).toBeFocused()
  await keyboard.press('Delete')
  await expect(hearth.chats).toHaveText([/Hello/])
  await expect(hearth.chats.nth(0)).toBeFocused()
  await keyboard.press('ControlOrMeta+z')
  await expect(hearth.chats).toHaveText(['The second', /Hello/])
  await keyboard.press('F2')
  await keyboard.type('By hand')
  await keyboard.press('Enter')
  await expect(hearth.chats.filter({ hasText: 'By hand' })).toHaveCount(1)
})

test('Tab goes through sidebar, title bar, thread and composer, in this order and back', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('One')
  await hearth.newChat()
  await hearth.ask('Two')
  await hearth.sidebar.getByRole('button').first().focus()
  const walk = async (key: string, from: string) => {
    const seen: string[] = [from]
    for (let step = 0; step < 40 && seen.length < 4; step++) {
      await app.page.keyboard.press(key)
      const now = await pane(app.page)
      if (now !== seen.at(-1)) seen.push(now)
    }
    return seen
  }
  expect(await walk('Tab', 'sidebar')).toEqual(['sidebar', 'titlebar', 'thread', 'composer'])
  await hearth.field.focus()
  expect(await walk('Shift+Tab', 'composer')).toEqual(['composer', 'thread', 'titlebar', 'sidebar'])
})

test('the list of chats and the thread are one stop each; arrows move inside', async ({ app, hearth }) => {
  await hearth.begin()
  for (const text of ['One', 'Two', 'Three']) {
    await hearth.ask(text)
    await hearth.newChat()
  }
  await hearth.chat('Two').click()
  await hearth.ask('More')
  const reachable = await hearth.sidebar
    .locator('[data-row]')
    .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).tabIndex))
  expect(reachable.filter((index) => index === 0)).toHaveLength(1)
  await hearth.thread.focus()
  await app.page.keyboard.press('ArrowUp')
  await expect(hearth.reply).toBeFocused()
  await app.page.keyboard.press('ArrowUp')
  await expect(hearth.questions.last()).toBeFocused()
  await app.page.keyboard.press('ArrowDown')
  await app.page.keyboard.press('Tab')
  expect(await focusedName(app.page)).toMatch(/Copy/)
})

test('F6 and Shift-F6 go round the panes', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('One')
  await hearth.field.focus()
  const round = async (key: string) => {
    const seen: string[] = []
    for (let step = 0; step < 4; step++) {
      await app.page.keyboard.press(key)
      seen.push(await pane(app.page))
    }
    return seen
  }
  expect(await round('F6')).toEqual(['sidebar', 'titlebar', 'thread', 'composer'])
  expect(await round('Shift+F6')).toEqual(['thread', 'titlebar', 'sidebar', 'composer'])
})

test('Esc closes what lies on top first, and stops the reply last', async ({ app, hearth }) => {
  const { keyboard } = app.page
  await hearth.begin()
  await hearth.say(questions.hang)
  await expect(hearth.words()).toContainText('three')
  const stillWriting = () => expect(hearth.reply).toHaveAttribute('data-state', 'streaming')

  await keyboard.press('ControlOrMeta+k')
  await expect(hearth.palette).toBeVisible()
  await keyboard.press('Escape')
  await expect(hearth.palette).toBeHidden()
  await stillWriting()

  await keyboard.press('ControlOrMeta+/')
  const keys = app.page.getByRole('dialog', { name: 'Keys' })
  await expect(keys).toBeVisible()
  await keyboard.press('Escape')
  await expect(keys).toBeHidden()
  await stillWriting()

  await app.page
    .getByRole('main')
    .getByRole('button', { name: /^More for/ })
    .press('Enter')
  await expect(app.page.getByRole('menu')).toBeVisible()
  await keyboard.press('Escape')
  await expect(app.page.getByRole('menu')).toBeHidden()
  await stillWriting()

  await hearth.chats.first().press('F2')
  await expect(app.page.getByRole('textbox', { name: /^Rename/ })).toBeFocused()
  await keyboard.press('Escape')
  await expect(app.page.getByRole('textbox', { name: /^Rename/ })).toHaveCount(0)
  await stillWriting()

  await app.page.setViewportSize({ width: 720, height: 560 })
  await keyboard.press('ControlOrMeta+\\')
  await expect(hearth.sidebar).toBeVisible()
  await keyboard.press('Escape')
  await expect(hearth.sidebar).toBeHidden()
  await stillWriting()

  await keyboard.press('Escape')
  await expect(hearth.reply).toHaveAttribute('data-state', 'stopped')
})

test('closing a dialog gives the focus back to where it was', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('One')
  await hearth.chats.first().focus()
  await app.page.keyboard.press('ControlOrMeta+k')
  await expect(hearth.palette.getByRole('combobox')).toBeFocused()
  await app.page.keyboard.press('Escape')
  await expect(hearth.chats.first()).toBeFocused()
  await hearth.reply.getByRole('button', { name: /^Receipt/ }).press('Enter')
  const receipt = app.page.getByRole('complementary', { name: 'Receipt' })
  await expect(receipt).toBeVisible()
  await app.page.keyboard.press('Escape')
  await expect(receipt).toBeHidden()
  await expect(hearth.reply.getByRole('button', { name: /^Receipt/ })).toBeFocused()
})

test('what happens is said to a screen reader: the reply in sentences, its end, a stop, a delete', async ({
  app,
  hearth,
}) => {
  const said = app.page.getByRole('status', { name: 'Announcements' })
  await hearth.begin()
  await hearth.ask('Hello there')
  await expect(said).toHaveText('Reply finished, 4 words')
  await hearth.say(questions.hang)
  await expect(hearth.words()).toContainText('three')
  await app.page.keyboard.press('Escape')
  await expect(said).toHaveText('Stopped')
  await hearth.chats.first().press('Delete')
  await expect(said).toHaveText(/deleted$/)
})
