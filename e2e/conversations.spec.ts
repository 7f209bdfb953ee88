// Chats: begin, name, find, delete and take back.
import path from 'node:path'
import { expect, test } from './fixtures/app.ts'
import { changeDatabase, readMessages } from './fixtures/database.ts'
import { questions } from './scripts/words.ts'

test.use({ script: path.join(import.meta.dirname, 'scripts', 'words.ts') })

test('chats are listed newest first, and one that goes on moves to the top', async ({ hearth }) => {
  await hearth.begin()
  for (const text of ['Apples', 'Pears', 'Plums']) {
    await hearth.ask(text)
    await hearth.newChat()
  }
  await expect(hearth.chats).toHaveText(['Plums', 'Pears', 'Apples'])
  await hearth.chat('Apples').click()
  await expect(hearth.title).toHaveText('Apples')
  await hearth.ask('More apples')
  await expect(hearth.chats).toHaveText(['Apples', 'Plums', 'Pears'])
})

test('chats are grouped by the day of their last message', async ({ app, hearth }) => {
  // A Thursday at noon, so that there is room for each group.
  const noon = new Date(2026, 0, 15, 12)
  await app.page.clock.setFixedTime(noon)
  await hearth.begin()
  const daysBack = { Fresh: 0, Eve: 1, Monday: 3, Past: 30 }
  for (const text of Object.keys(daysBack)) {
    await hearth.ask(text)
    await hearth.newChat()
  }
  await app.killHost()
  changeDatabase(app.dataDir, (db) => {
    const set = db.prepare('UPDATE conversations SET updated_at = ? WHERE title = ?')
    for (const [title, days] of Object.entries(daysBack)) set.run(noon.getTime() - days * 86_400_000, title)
  })
  await app.restart()
  const group = (name: string) => hearth.sidebar.getByRole('list', { name })
  await expect(group('Today')).toHaveText('Fresh')
  await expect(group('Yesterday')).toHaveText('Eve')
  await expect(group('This week')).toHaveText('Monday')
  await expect(group('Earlier')).toHaveText('Past')
})

test('a chat is renamed in the list and in its title; Esc leaves the name as it was', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('A plain question')
  const rename = app.page.getByRole('textbox', { name: /^Rename/ })
  await hearth.chat('A plain question').hover()
  await hearth.sidebar.getByRole('button', { name: /^More for/ }).click()
  await app.page.getByRole('menuitem', { name: 'Rename' }).click()
  await expect(rename).toBeFocused()
  await rename.fill('Garden plans')
  await rename.press('Enter')
  await expect(hearth.chats).toHaveText(['Garden plans'])
  await expect(hearth.title).toHaveText('Garden plans')

  await hearth.title.dblclick()
  await rename.fill('Something else')
  await rename.press('Escape')
  await expect(hearth.title).toHaveText('Garden plans')
  await app.restart()
  await expect(hearth.chats).toHaveText(['Garden plans'])
  await expect(hearth.title).toHaveText('Garden plans')
  await hearth.ask('Does the name stay?')
  await expect(hearth.title).toHaveText('Garden plans')
})

test('a deleted chat comes back with the button and with the key, whole and open as before', async ({
  app,
  hearth,
}) => {
  await hearth.begin()
  await hearth.ask('Keep me')
  const remove = async () => {
    await app.page
      .getByRole('main')
      .getByRole('button', { name: /^More for/ })
      .click()
    await app.page.getByRole('menuitem', { name: 'Delete' }).click()
    await expect(hearth.chats).toHaveCount(0)
    await expect(hearth.undo).toContainText('“Keep me” deleted')
    await expect(hearth.thread).toHaveCount(0)
  }
  await remove()
  await hearth.undo.getByRole('button', { name: /^Undo/ }).click()
  await expect(hearth.words()).toHaveText('You said: Keep me.')
  await expect(hearth.undo).toHaveCount(0)

  await remove()
  await app.page.keyboard.press('ControlOrMeta+z')
  await expect(hearth.words()).toHaveText('You said: Keep me.')
  await expect(hearth.chats).toHaveText(['Keep me'])
  await app.restart()
  await expect(hearth.words()).toHaveText('You said: Keep me.')
})

test('the key undoes typing first where something was typed', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('Delete me')
  await hearth.chat('Delete me').focus()
  await app.page.keyboard.press('Delete')
  await expect(hearth.chats).toHaveCount(0)
  await hearth.field.fill('typed since')
  await hearth.field.press('ControlOrMeta+z')
  await expect(hearth.chats).toHaveCount(0)
  await expect(hearth.field).toHaveValue('')
  await hearth.field.press('ControlOrMeta+z')
  await expect(hearth.chats).toHaveText(['Delete me'])
})

test('a deleted chat is gone for good after a start: from the list, the search and the database', async ({
  app,
  hearth,
}) => {
  await hearth.begin()
  await hearth.ask('A secret about marzipan')
  await hearth.newChat()
  await hearth.ask('Something harmless')
  await hearth.chat('A secret about marzipan').focus()
  await app.page.keyboard.press('Delete')
  await expect(hearth.undo).toBeVisible()
  await app.restart()
  await expect(hearth.chats).toHaveText(['Something harmless'])
  await app.page.keyboard.press('ControlOrMeta+k')
  await hearth.palette.getByRole('combobox').fill('marzipan')
  await expect(hearth.palette).toContainText('Nothing for “marzipan” here.')
  expect([...readMessages(app.dataDir).values()].filter(({ text }) => text.includes('marzipan'))).toEqual([])
})

test('a reply goes on when its chat is left, and its chat shows that it is being written', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.say(questions.hang)
  await expect(hearth.words()).toContainText('three')
  await hearth.newChat()
  await expect(hearth.chat(questions.hang)).toHaveAccessibleName(/, writing$/)
  await hearth.chat(questions.hang).click()
  await expect(hearth.reply).toHaveAttribute('data-state', 'streaming')
  await app.page.keyboard.press('Escape')
  await expect(hearth.reply).toHaveAttribute('data-state', 'stopped')
})

test.describe('search', () => {
  test('finds a word of an old chat, jumps to its message and lights it', async ({ app, hearth }) => {
    await hearth.begin()
    await hearth.ask('The boiler was serviced by Zdenka')
    for (let filler = 0; filler < 8; filler++) await hearth.ask(`Filler number ${filler}, so that there is a way to go`)
    await hearth.newChat()
    await hearth.ask('Something else')
    await app.page.keyboard.press('ControlOrMeta+k')
    await hearth.palette.getByRole('combobox').fill('zdenk')
    // The question and the reply that repeats it.
    await expect(hearth.options.filter({ has: app.page.locator('mark', { hasText: 'Zdenk' }) })).toHaveCount(3)
    await hearth.options.filter({ hasText: 'You said' }).hover()
    const hit = hearth.palette.getByRole('group', { name: 'Messages' }).getByRole('option').first()
    await expect(hit).toContainText('Zdenka')
    await app.page.keyboard.press('ArrowDown')
    await app.page.keyboard.press('Enter')
    await expect(hearth.palette).toBeHidden()
    await expect(hearth.title).toHaveText('The boiler was serviced by Zdenka')
    const lit = hearth.thread.getByRole('article').filter({ has: app.page.locator('mark') })
    await expect(lit).toHaveCount(1)
    await expect(lit.locator('mark')).toHaveText(/^Zdenk/)
    await expect(lit.locator('mark')).toBeInViewport()
    await expect(lit).toBeFocused()
  })

  test('shows a message on another branch by switching to it', async ({ app, hearth }) => {
    await hearth.begin()
    await hearth.say(questions.hangOnce)
    await expect(hearth.words()).toContainText('three')
    await app.page.keyboard.press('Escape')
    await hearth.reply.getByRole('button', { name: 'Try again' }).click()
    await expect(hearth.words()).toHaveText('Another answer.')
    await app.page.keyboard.press('ControlOrMeta+k')
    await hearth.palette.getByRole('combobox').fill('three two')
    await hearth.palette
      .getByRole('group', { name: 'Messages' })
      .getByRole('option', { name: /One two/ })
      .click()
    await expect(hearth.reply.getByRole('group', { name: '1 of 2' })).toBeVisible()
    await expect(hearth.words()).toHaveText('One two three')
  })

  test('offers to say what it does not find, and closes with Esc without a trace', async ({ app, hearth }) => {
    await hearth.begin()
    await hearth.field.fill('kept')
    await app.page.keyboard.press('ControlOrMeta+k')
    await hearth.palette.getByRole('combobox').fill('damp')
    await expect(hearth.palette).toContainText('Nothing for “damp” here. Return starts a chat with it.')
    await app.page.keyboard.press('Escape')
    await expect(hearth.palette).toBeHidden()
    await expect(hearth.field).toHaveValue('kept')
    await expect(hearth.field).toBeFocused()
    await app.page.keyboard.press('ControlOrMeta+k')
    await hearth.palette.getByRole('combobox').fill('damp')
    await app.page.keyboard.press('Enter')
    await expect(hearth.field).toHaveValue('damp')
  })
})
