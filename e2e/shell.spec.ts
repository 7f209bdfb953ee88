// What the shell promises a tab: a private link, a page that survives the engine, and data that survives the shell.
import { expect, test } from './fixtures/app.ts'

test('the token leaves the address bar, no cookie is set, and a reload connects again', async ({ app, shell }) => {
  test.skip(shell === 'electron', 'the desktop window has no link')
  await expect(app.page).toHaveURL(new RegExp(`^${new URL(app.url).origin}/$`))
  expect(await app.page.context().cookies()).toEqual([])
  await expect(app.page.getByRole('main')).toBeVisible()
  await app.page.reload()
  await expect(app.page.getByRole('main')).toBeVisible()
})

test('the page stays when the engine is killed and the shell is started again', async ({ app }) => {
  await expect(app.page.getByRole('main')).toBeVisible()
  await app.killEngine()
  await expect(app.page.getByRole('main')).toBeVisible()
  await app.killHost()
  await app.restart()
  await expect(app.page.getByRole('main')).toBeVisible()
})
