// What can be done with messages: edit, write on, delete and take back, judge, copy; Markdown that is safe; thoughts,
// receipts, temporary chats, files, long chats, and chats as files.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures/app.ts'
import { readMessages } from './fixtures/database.ts'
import { writeScriptedModel } from './fixtures/model-files.ts'
import { asks, thought } from './scripts/rich.ts'

test.use({ script: path.join(import.meta.dirname, 'scripts', 'rich.ts') })

async function isClean(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  expect(found, screen).toEqual([])
}

test('a message is edited by key: another branch, and the way back', async ({ app, hearth }) => {
  const { keyboard } = app.page
  await hearth.begin()
  await hearth.ask('Apples')
  await hearth.ask('Pears')
  await keyboard.press('ArrowUp')
  const field = app.page.getByRole('textbox', { name: 'Your message' })
  await expect(field).toBeFocused()
  await isClean(app.page, 'editing')
  await keyboard.press('Escape')
  await expect(field).toHaveCount(0)
  await hearth.questions.first().focus()
  await keyboard.press('Tab')
  await keyboard.press('Enter')
  await expect(field).toHaveValue('Apples')
  await field.fill('Quinces')
  await keyboard.press('Enter')
  await expect(hearth.questions).toHaveText([/^Quinces/])
  await expect(hearth.reply).toHaveAttribute('data-state', 'done')
  await hearth.questions.first().getByRole('button', { name: 'Previous version' }).click()
  await expect(hearth.questions).toHaveText([/^Apples/, /^Pears/])
  await app.restart()
  await expect(hearth.questions).toHaveText([/^Apples/, /^Pears/])
  expect([...readMessages(app.dataDir).values()]).toHaveLength(6)
})

test('a reply that was stopped goes on where it stands', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.say(asks.hang)
  await expect(hearth.words()).toHaveText('One two three')
  await app.page.keyboard.press('Escape')
  await hearth.reply.getByRole('button', { name: 'Go on' }).click()
  await expect(hearth.reply).toHaveAttribute('data-state', 'done')
  await expect(hearth.words()).toHaveText('One two three and four.')
  await expect(hearth.replies).toHaveCount(1)
})

test('a message is deleted with what follows, and comes back with the key', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('Apples')
  await hearth.ask('Pears')
  await hearth.questions.last().hover()
  await hearth.questions.last().getByRole('button', { name: 'Message menu' }).click()
  await app.page.getByRole('menuitem', { name: 'Delete from here on' }).click()
  await expect(hearth.questions).toHaveText([/^Apples/])
  await expect(hearth.undo).toContainText('“Pears” deleted')
  await hearth.field.press('ControlOrMeta+z')
  await expect(hearth.questions).toHaveText([/^Apples/, /^Pears/])
})

test('thumbs stay, and a chat that is pinned stands above the others', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('Apples')
  const good = hearth.reply.getByRole('button', { name: 'Good reply' })
  await good.click()
  await expect(good).toHaveAttribute('aria-pressed', 'true')
  await hearth.newChat()
  await hearth.ask('Pears')
  await hearth.chat('Apples').hover()
  await hearth.sidebar.getByRole('button', { name: 'More for “Apples”' }).click()
  await app.page.getByRole('menuitem', { name: 'Pin to the top' }).click()
  await expect(hearth.chats).toHaveText(['Apples', 'Pears'])
  await app.restart()
  await expect(hearth.chats).toHaveText(['Apples', 'Pears'])
  await hearth.chat('Apples').click()
  await expect(good).toHaveAttribute('aria-pressed', 'true')
})

test('Markdown has its code, tables and formulas, and a link asks first', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask(asks.markdown)
  const words = hearth.words()
  await expect(words.getByRole('heading', { name: 'Beans' })).toBeVisible()
  await expect(words.getByRole('cell', { name: 'Runner' })).toBeVisible()
  await expect(words.locator('pre span[style*="color"]').first()).toBeVisible()
  await expect(words.locator('.katex')).toBeVisible()
  await isClean(app.page, 'Markdown')
  await app.page.emulateMedia({ colorScheme: 'dark' })
  await isClean(app.page, 'Markdown, dark')
  const pages = app.page.context().pages().length
  await words.getByRole('link', { name: 'the society' }).click()
  const dialog = app.page.getByRole('alertdialog')
  await expect(dialog).toContainText('https://example.org/beans')
  await isClean(app.page, 'a link asks')
  await app.page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(app.page.context().pages()).toHaveLength(pages)
})

test('nothing that a reply says is run, fetched or followed', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask(asks.hostile)
  const words = hearth.words()
  await expect(words).toContainText('<script>')
  await expect(words).toContainText('a tracking pixel, not loaded')
  await expect(words.locator('img, iframe, script, a[href]')).toHaveCount(0)
  await expect(words.getByRole('link')).toHaveCount(0)
  expect(await app.page.title()).toBe('Hearth')
})

test('what was thought is folded away and counted apart', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.useOtherModel(writeScriptedModel(app.dataDir))
  await app.page.getByRole('button', { name: /^Thinking/ }).click()
  await app.page.getByRole('menuitemradio', { name: /^Short/ }).click()
  await hearth.ask(asks.think)
  await expect(hearth.words()).toHaveText('Yes.')
  await expect(hearth.reply).not.toContainText(thought)
  await hearth.reply.getByRole('button', { name: /^Thought for/ }).click()
  await expect(hearth.reply).toContainText(thought)
  await isClean(app.page, 'a thought')
  await hearth.reply.getByRole('button', { name: /^Receipt/ }).click()
  await expect(app.page.getByRole('complementary', { name: 'Receipt' })).toContainText('Thinking, counted apart')
})

test('the receipt opens by key, and tints what was guessed', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask(asks.guessed)
  await app.page.keyboard.press('ControlOrMeta+i')
  const receipt = app.page.getByRole('complementary', { name: 'Receipt' })
  await expect(receipt.getByRole('heading', { name: 'Receipt' })).toBeFocused()
  await receipt.getByRole('button', { name: 'Tint the text' }).click()
  await expect(hearth.words().locator('.tint-you')).toHaveText('You always ')
  await expect(hearth.words().locator('.tint-chat')).toHaveText('in this chat ')
  await expect(hearth.words().locator('.tint-drafter')).toHaveText('and short.')
  await isClean(app.page, 'tinted')
  await app.page.keyboard.press('Escape')
  await expect(receipt).toBeHidden()
  await app.page.setViewportSize({ width: 1000, height: 700 })
  await hearth.reply.getByRole('button', { name: /^Receipt/ }).click()
  await expect(hearth.reply.getByRole('region', { name: 'Receipt' })).toBeVisible()
})

/** All bytes of all files below `folder`. */
const bytesBelow = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')

test('a temporary chat is on no disk, and can be kept', async ({ app, hearth }) => {
  await hearth.begin()
  await app.page.keyboard.press('Control+Alt+Shift+n')
  await expect(app.page.getByRole('region', { name: 'Temporary chat' })).toBeVisible()
  await hearth.ask('A secret about marzipan')
  await hearth.field.fill('more of that marzipan')
  await expect(app.page.locator('[data-state=temporary]')).toBeVisible()
  await isClean(app.page, 'temporary')
  expect(bytesBelow(app.dataDir)).not.toContain('marzipan')
  expect(await app.page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))).not.toContain(
    'marzipan',
  )
  await hearth.field.fill('')
  await app.page.getByRole('button', { name: 'Keep this chat' }).click()
  await expect(app.page.locator('[data-state=temporary]')).toHaveCount(0)
  await app.restart()
  await expect(hearth.chats).toHaveText(['A secret about marzipan'])
})

test('a temporary chat that is not kept is gone with the engine', async ({ app, hearth }) => {
  await hearth.begin()
  await app.page.getByRole('button', { name: 'Temporary chat' }).click()
  await hearth.ask('A secret about marzipan')
  await app.restart()
  await expect(hearth.chats).toHaveCount(0)
  expect(bytesBelow(app.dataDir)).not.toContain('marzipan')
})

/** The smallest PDF with one line of text on one page. */
function pdf(text: string): Buffer {
  const stream = `BT /F1 12 Tf 72 720 Td (${text}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let body = '%PDF-1.4\n'
  const places = objects.map((object, at) => {
    const place = body.length
    body += `${at + 1} 0 obj\n${object}\nendobj\n`
    return place
  })
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  const end = `xref\n0 6\n0000000000 65535 f \n${table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF`
  return Buffer.from(body + end, 'latin1')
}

test('files go along whole or in passages, a PDF has its words, a picture is refused with the reason', async ({
  app,
  hearth,
}) => {
  await hearth.begin()
  await hearth.useOtherModel(writeScriptedModel(app.dataDir))
  const picker = app.page.locator('input[data-picker]')
  const long = Array.from({ length: 400 }, (_, at) => `Clause ${at}: nothing of note stands here at all.`)
  long[250] = 'Clause 250: the landlord pays for damp that follows rain.'
  await picker.setInputFiles([
    { name: 'lease.pdf', mimeType: 'application/pdf', buffer: pdf('The rent is due on the first of May') },
    { name: 'house-rules.md', mimeType: 'text/markdown', buffer: Buffer.from(long.join('\n\n')) },
    { name: 'damp.png', mimeType: 'image/png', buffer: Buffer.from('not really') },
    { name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 and nothing more') },
  ])
  const files = app.page.getByRole('list', { name: 'Files for this message' })
  await expect(files.getByRole('listitem').filter({ hasText: 'lease.pdf' })).toContainText('1 page, goes in whole')
  await expect(files.getByRole('listitem').filter({ hasText: 'house-rules.md' })).toContainText('passages that fit')
  await expect(files.getByRole('listitem').filter({ hasText: 'damp.png' })).toContainText('cannot see pictures')
  await expect(files.getByRole('listitem').filter({ hasText: 'broken.pdf' })).toContainText('damaged')
  await isClean(app.page, 'files')
  await app.page.getByRole('button', { name: 'Remove broken.pdf' }).click()
  await hearth.ask('Who pays for damp after rain?')
  await expect(hearth.questions.last().getByRole('list', { name: 'Attached' })).toContainText('lease.pdf')
  await expect(hearth.reply).toContainText('Read lease.pdf whole')
  await expect(hearth.reply).toContainText(/Read \d+ of \d+ passages of house-rules\.md/)
  await app.page.keyboard.press('ControlOrMeta+k')
  await hearth.palette.getByRole('combobox').fill('landlord')
  await expect(hearth.options.filter({ hasText: 'house-rules.md, in' })).toHaveCount(1)
})

test('chats go out as JSON and come back equal; a file that is none changes nothing', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('Apples')
  await hearth.reply.getByRole('button', { name: 'Try again' }).click()
  await expect(hearth.reply.getByRole('group', { name: '2 of 2' })).toBeVisible()
  const before = readMessages(app.dataDir)
  await app.page.keyboard.press('ControlOrMeta+,')
  await app.page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: 'Chats' }).click()
  const download = app.page.waitForEvent('download')
  await app.page.getByRole('button', { name: 'JSON', exact: true }).click()
  const file = path.join(app.dataDir, 'export.json')
  await (await download).saveAs(file)
  await hearth.chats.first().focus()
  await app.page.keyboard.press('Delete')
  await app.restart()
  await expect(hearth.field).toBeVisible()
  await expect(hearth.chats).toHaveCount(0)
  await app.page.keyboard.press('ControlOrMeta+,')
  await app.page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: 'Chats' }).click()
  const importer = app.page.locator('input[data-import]')
  await importer.setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"a":1}') })
  await expect(app.page.getByRole('alert')).toContainText('was not written by Hearth’s export')
  await importer.setInputFiles(file)
  await expect(app.page.locator('[data-state=imported]')).toHaveText('1 chat added.')
  await expect(hearth.chats).toHaveText(['Apples'])
  expect(readMessages(app.dataDir)).toEqual(before)
  await importer.setInputFiles(file)
  await expect(app.page.locator('[data-state=imported]')).toHaveText('0 chats added. 1 chat was here already.')
})

test('the palette finds commands, settings and an address of a message', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('Apples')
  const { keyboard } = app.page
  await keyboard.press('ControlOrMeta+k')
  await hearth.palette.getByRole('combobox').fill('full')
  await hearth.palette.getByRole('option', { name: /When a chat is full/ }).click()
  await expect(app.page.getByRole('heading', { name: 'Long chats' })).toBeVisible()
  await keyboard.press('ControlOrMeta+k')
  await hearth.palette.getByRole('combobox').fill('> dark')
  await keyboard.press('Enter')
  await expect(app.page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await hearth.backToChat()
  const id = await hearth.questions.first().getAttribute('data-message')
  const chat = await hearth.chats.first().getAttribute('data-conversation')
  await hearth.newChat()
  await keyboard.press('ControlOrMeta+k')
  await hearth.palette.getByRole('combobox').fill(`hearth://c/${chat}/m/${id}`)
  await expect(hearth.options.first()).toContainText('Go to this message')
  await keyboard.press('Enter')
  await expect(hearth.questions.first()).toBeFocused()
  await keyboard.press('ControlOrMeta+f')
  await hearth.palette.getByRole('combobox').fill('apples')
  await expect(hearth.options).toHaveCount(2)
  await hearth.palette.getByRole('radio', { name: 'You' }).click()
  await expect(hearth.options).toHaveCount(1)
  await isClean(app.page, 'search with filters')
})
