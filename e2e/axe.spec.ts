// No violation of axe's rules on any screen and in any state, by day and by night.
import { rmSync } from 'node:fs'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures/app.ts'
import { changeDatabase } from './fixtures/database.ts'
import { writeScriptedModel } from './fixtures/model-files.ts'
import { questions } from './scripts/words.ts'

test.use({ script: path.join(import.meta.dirname, 'scripts', 'words.ts') })

async function isClean(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await test.step(`${screen}, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme })
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
      )
      expect(found, `${screen}, ${colorScheme}`).toEqual([])
    })
  }
}

test('the first screen, a chat in every state, menus and dialogs', async ({ app, hearth }) => {
  test.setTimeout(120_000)
  const { page } = app
  const check = (screen: string) => isClean(page, screen)
  await expect(page.locator('[data-state=welcome]')).toBeVisible()
  await check('first run')
  await page.setViewportSize({ width: 720, height: 560 })
  await check('first run, narrow')
  await page.setViewportSize({ width: 1440, height: 900 })
  await hearth.begin()
  await check('an empty chat')

  await hearth.say(questions.hang)
  await expect(hearth.words()).toContainText('three')
  await check('writing')
  await page.keyboard.press('Escape')
  await expect(hearth.reply).toHaveAttribute('data-state', 'stopped')
  await check('stopped')
  await hearth.say(questions.fail)
  await expect(hearth.reply).toHaveAttribute('data-state', 'failed')
  await check('failed')
  await hearth.ask('Something to find')
  await check('done')
  await hearth.reply.getByRole('button', { name: 'Try again' }).click()
  await expect(hearth.reply.getByRole('group', { name: '2 of 2' })).toBeVisible()
  await check('two replies')

  await hearth.reply.getByRole('button', { name: /^Receipt/ }).click()
  await expect(page.getByRole('complementary', { name: 'Receipt' })).toBeVisible()
  await check('the receipt')
  await page.keyboard.press('Escape')
  await page
    .getByRole('main')
    .getByRole('button', { name: /^More for/ })
    .click()
  await expect(page.getByRole('menu')).toBeVisible()
  await check('a menu')
  await page.keyboard.press('Escape')
  await hearth.model.click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await check('the model')
  await page.keyboard.press('Escape')
  await hearth.chats.first().press('F2')
  await check('a name being changed')
  await page.keyboard.press('Escape')

  await page.keyboard.press('ControlOrMeta+k')
  await expect(hearth.palette).toBeVisible()
  await check('search, empty')
  await hearth.palette.getByRole('combobox').fill('find')
  await expect(hearth.palette.locator('mark').first()).toBeVisible()
  await check('search, found')
  await page.keyboard.press('ArrowDown')
  await hearth.palette.getByRole('group', { name: 'Messages' }).getByRole('option').first().click()
  await expect(hearth.thread.locator('mark').first()).toBeVisible()
  await check('a hit, lit')
  await page.keyboard.press('ControlOrMeta+k')
  await hearth.palette.getByRole('combobox').fill('zzzz')
  await expect(hearth.palette).toContainText('Nothing for')
  await check('search, nothing')
  await page.keyboard.press('Escape')
  await page.keyboard.press('ControlOrMeta+/')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await check('the keys')
  await page.keyboard.press('Escape')

  await page.setViewportSize({ width: 720, height: 560 })
  await check('a chat, narrow')
  await page.keyboard.press('ControlOrMeta+\\')
  await expect(hearth.sidebar).toBeVisible()
  await check('the sidebar over a chat')
  await page.keyboard.press('Escape')
  await page.setViewportSize({ width: 1440, height: 900 })
  await hearth.chats.first().press('Delete')
  await expect(hearth.undo).toBeVisible()
  await check('a deleted chat')
})

test('settings, a model that is missing, an engine that is away, a database that cannot be used', async ({
  app,
  hearth,
}) => {
  test.setTimeout(120_000)
  const { page } = app
  const check = (screen: string) => isClean(page, screen)
  await hearth.begin()
  await page.keyboard.press('ControlOrMeta+,')
  for (const name of ['General', 'Chats', 'Appearance', /^On this/]) {
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name }).click()
    await check(`settings, ${name}`)
  }
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: 'General' }).click()
  await hearth.chooseModel('/nowhere/model.gguf')
  await expect(hearth.model).toHaveAttribute('data-state', 'failed')
  await check('settings, a missing model')
  await hearth.backToChat()
  await expect(hearth.notice('model-missing')).toBeVisible()
  await check('a missing model')
  const file = writeScriptedModel(app.dataDir)
  await hearth.useOtherModel(file)
  rmSync(file)
  await check('another model')

  await hearth.say(questions.hang)
  await expect(hearth.words()).toContainText('three')
  // The shell goes, so that the state lasts as long as it is looked at.
  await app.killHost()
  await expect(hearth.notice('engine-lost')).toBeVisible()
  await expect(hearth.reply).toHaveAttribute('data-state', 'interrupted')
  await check('the engine is away')
})

test('a database from the future', async ({ app, hearth }) => {
  await hearth.begin()
  await app.killHost()
  changeDatabase(app.dataDir, (db) => db.pragma('user_version = 999'))
  await app.restart()
  await expect(app.page.getByRole('alert')).toContainText('newer Hearth')
  await isClean(app.page, 'refused')
})
