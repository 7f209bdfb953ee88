// A few screens as pictures, so that a change of the looks is seen before it is shipped. Words and numbers come from a
// scripted model and a clock that stands still; to accept a change: `npx playwright test golden --update-snapshots`.
import path from 'node:path'
import { expect, test } from './fixtures/app.ts'

test.use({
  script: path.join(import.meta.dirname, 'scripts', 'words.ts'),
  viewport: { width: 1100, height: 720 },
  timezoneId: 'UTC',
  locale: 'en-GB',
})

test.beforeEach(async ({ app, shell }) => {
  test.skip(shell === 'electron', 'the pictures are those of the page in Chromium')
  test.skip(process.platform !== 'linux', `the pictures were taken on Linux, and fonts differ on ${process.platform}`)
  await app.page.clock.setFixedTime(new Date(Date.UTC(2026, 4, 14, 10, 40)))
  await app.page.reload()
  await app.page.evaluate(() => document.fonts.ready)
})

test('the first screen looks as it did', async ({ app }) => {
  await expect(app.page.locator('[data-state=welcome] [data-state=ready]')).toBeVisible()
  await expect(app.page).toHaveScreenshot('first-run.png')
})

test('a chat looks as it did, by day and by night, and so does the search over it', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('The boiler was serviced in March by Zdenka')
  await hearth.ask('Remind me to ask her about the valve, and write down what she said about the pressure')
  await app.page.mouse.move(0, 0)
  await app.page.emulateMedia({ colorScheme: 'light' })
  await expect(app.page).toHaveScreenshot('chat.png')
  await app.page.emulateMedia({ colorScheme: 'dark' })
  await expect(app.page).toHaveScreenshot('chat-dark.png')
  await app.page.emulateMedia({ colorScheme: 'light' })
  await app.page.keyboard.press('ControlOrMeta+k')
  await hearth.palette.getByRole('combobox').fill('zdenka')
  await expect(hearth.palette.locator('mark').first()).toBeVisible()
  await expect(hearth.palette).toHaveScreenshot('palette.png')
})
