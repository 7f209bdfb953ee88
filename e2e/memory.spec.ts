// What the person asks to be remembered: on the page with its words, in the next chat as a chip, and forgotten with proof.
// The engine is the real one; a scripted model answers, since what is said plainly is understood without a model.
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures/app.ts'

test.use({ script: path.join(import.meta.dirname, 'scripts', 'words.ts') })

const fact = 'Your locker number is 90210.'
const rowOf = (page: Page, text: string) => page.getByRole('option', { name: new RegExp(text.replace(/[.]/g, '\\.')) })
const drawer = (page: Page) => page.locator('[data-memory-drawer]')
const toMemory = async (page: Page) => {
  await page.keyboard.press('Control+Alt+1')
  await expect(page.getByRole('heading', { level: 1, name: 'Memory' })).toBeVisible()
}

async function isClean(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    expect(found, `${screen}, ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

test('“remember that…” is on the page with its words, used in the next chat, and forgotten with proof', async ({
  app,
  hearth,
}) => {
  const { page } = app
  await hearth.begin()
  await hearth.ask('Remember that my locker number is 90210.')
  const note = hearth.questions.first().locator('[data-state=heard]')
  await expect(note).toContainText(`Will remember: ${fact}`)

  // The page, its evidence, and the way back to the exact words.
  await toMemory(page)
  await expect(rowOf(page, fact)).toContainText('You said so once')
  await rowOf(page, fact).click()
  await expect(drawer(page).locator('mark')).toContainText('my locker number is 90210')
  await drawer(page)
    .getByRole('button', { name: /^Show in/ })
    .click()
  await expect(hearth.questions.first().locator('mark')).toContainText('my locker number is 90210')

  // The next chat uses it, and says so.
  await hearth.newChat()
  await hearth.ask('What is my locker number?')
  const chip = hearth.reply.getByRole('button', { name: fact })
  await expect(chip).toBeVisible()
  await chip.click()
  const card = page.getByRole('dialog')
  await expect(card.locator('mark')).toContainText('my locker number is 90210')
  await page.keyboard.press('Escape')
  await expect(card).toHaveCount(0)

  // Forgotten, in steps.
  await toMemory(page)
  await rowOf(page, fact).click()
  await drawer(page).getByRole('button', { name: 'Forget…' }).click()
  const plan = drawer(page).locator('[data-state=forget-plan]')
  await expect(plan).toContainText('1 memory')
  await expect(plan).toContainText('kept, not learned again')
  await plan.getByRole('button', { name: 'Forget', exact: true }).click()
  const receipt = drawer(page).locator('[data-state=forgotten]')
  await expect(receipt).toContainText('Forgotten, and checked')
  await expect(receipt).toContainText('found nothing')
  await expect(receipt).toContainText('overwritten')
  await expect(receipt).not.toContainText('90210')
  await receipt.getByRole('button', { name: 'Done' }).click()
  await expect(rowOf(page, fact)).toHaveCount(0)
  await expect(page.locator('[data-state=empty-memory]')).toBeVisible()

  // No reply uses it any more, its chip is gone, and the receipt stays.
  await hearth.backToChat()
  await expect(chip).toHaveCount(0)
  await hearth.newChat()
  await hearth.ask('What is my locker number?')
  await expect(hearth.reply.getByRole('list', { name: 'Memories this reply used' })).toHaveCount(0)
  await app.restart()
  await expect(hearth.field).toBeVisible()
  await toMemory(page)
  await page.getByRole('tab', { name: 'Forgotten' }).click()
  await expect(page.getByRole('article', { name: /^Forget receipt/ })).toHaveCount(1)
})

test('a chip is corrected in place, and the old wording is history', async ({ app, hearth }) => {
  const { page } = app
  await hearth.begin()
  await hearth.ask('Remember that my locker number is 90210.')
  await hearth.newChat()
  await hearth.ask('What is my locker number?')
  await hearth.reply.getByRole('button', { name: fact }).click()
  const card = page.getByRole('dialog')
  await card.getByRole('button', { name: 'Correct' }).click()
  await card.getByRole('textbox').fill('My locker number is 777.')
  await page.keyboard.press('Enter')
  await expect(hearth.reply.getByRole('button', { name: 'Your locker number is 777.' })).toBeVisible()
  await card.getByRole('button', { name: 'Why?' }).click()
  await expect(drawer(page)).toContainText('Your locker number is 777.')
  await expect(drawer(page).locator('s')).toContainText(fact)
  await page.getByRole('tab', { name: 'Replaced' }).click()
  await expect(rowOf(page, fact)).toBeVisible()
})

test('with the keyboard alone: add, open, correct, undo, forget', async ({ app, hearth }) => {
  const { page } = app
  const { keyboard } = page
  await hearth.begin()
  await toMemory(page)
  await expect(page.locator('[data-state=empty-memory]')).toBeVisible()
  await page.getByRole('button', { name: 'Add' }).first().press('Enter')
  await expect(page.getByRole('textbox', { name: /own words/ })).toBeFocused()
  await keyboard.type('I live in Cardiff')
  await keyboard.press('Enter')
  await expect(rowOf(page, 'You live in Cardiff.')).toBeVisible()
  await expect(drawer(page)).toContainText('You wrote it here, today.')
  await keyboard.press('Escape')
  await expect(drawer(page)).toHaveCount(0)
  await expect(rowOf(page, 'You live in Cardiff.')).toBeFocused()
  await keyboard.press('Enter')
  await expect(drawer(page).getByRole('heading', { name: 'Evidence' })).toBeFocused()
  await drawer(page).getByRole('button', { name: 'Correct' }).press('Enter')
  await expect(page.getByRole('textbox', { name: 'What Hearth should remember' })).toBeFocused()
  await keyboard.type('I live in Swansea')
  await keyboard.press('Enter')
  await expect(rowOf(page, 'You live in Swansea.')).toBeVisible()
  await keyboard.press('ControlOrMeta+z')
  await expect(rowOf(page, 'You live in Cardiff.')).toBeVisible()
  await rowOf(page, 'You live in Cardiff.').press('Delete')
  await expect(page.getByRole('heading', { name: 'Forget this?' })).toBeFocused()
  await keyboard.press('Tab')
  await expect(drawer(page).getByRole('button', { name: 'Forget', exact: true })).toBeFocused()
  await keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Forgotten, and checked' })).toBeFocused()
})

test('forget everything: the plan first, then the proof, and nothing is left', async ({ app, hearth }) => {
  const { page } = app
  await hearth.begin()
  await hearth.ask('Remember that my locker number is 90210.')
  await hearth.ask('Call me Ines.')
  await toMemory(page)
  await expect(page.getByRole('option')).toHaveCount(2)
  await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Forget everything…' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByRole('heading', { name: 'Forget all 2 memories?' })).toBeFocused()
  await dialog.getByRole('button', { name: 'Forget', exact: true }).click()
  await expect(dialog.locator('[data-state=forgotten]')).toContainText('2 memories')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(page.locator('[data-state=empty-memory]')).toBeVisible()
})

test('no violation of axe’s rules on the page and in its drawer, by day and by night, and as it looks', async ({
  app,
  hearth,
}) => {
  test.setTimeout(120_000)
  const { page } = app
  await hearth.begin()
  await toMemory(page)
  await expect(page.locator('[data-state=empty-memory]')).toBeVisible()
  await isClean(page, 'an empty memory')
  await hearth.backToChat()
  await hearth.ask('Remember that my locker number is 90210.')
  await hearth.ask('Call me Ines.')
  await hearth.ask('From now on use British spelling.')
  await isClean(page, 'a chat that remembers')
  await toMemory(page)
  await expect(page.getByRole('option')).toHaveCount(3)
  await isClean(page, 'memories')
  await rowOf(page, fact).click()
  await expect(drawer(page).locator('mark')).toBeVisible()
  await drawer(page).getByRole('button', { name: 'Forget…' }).click()
  await expect(drawer(page).locator('[data-state=forget-plan] li').first()).toBeVisible()
  await isClean(page, 'the drawer with a plan')
  await page.mouse.move(0, 0)
  await expect(page).toHaveScreenshot('memory.png')
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect(page).toHaveScreenshot('memory-dark.png')
  await page.setViewportSize({ width: 720, height: 700 })
  await isClean(page, 'narrow')
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'How it answers' }).click()
  await expect(page.locator('[data-state=choices]')).toBeVisible()
  await isClean(page, 'learned choices')
})
