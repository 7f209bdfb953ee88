// The Insights page over real figures of a scripted model: its sentence, its pictures with their tables, its periods.
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures/app.ts'

test.use({ script: path.join(import.meta.dirname, 'scripts', 'words.ts') })

const insights = (page: Page) => page.getByRole('region', { name: 'Insights' })
const toInsights = async (page: Page) => {
  await page.keyboard.press('Control+Alt+4')
  await expect(insights(page)).toHaveAttribute('data-state', 'ready')
}

test('a new person reads when it begins to speak; after a few replies there are pictures, each with its table', async ({
  app,
  hearth,
}) => {
  test.setTimeout(120_000)
  const { page } = app
  await hearth.begin()
  await toInsights(page)
  await expect(insights(page).getByRole('heading', { level: 1 })).toHaveText(
    'After 50 replies this page has something to say.',
  )
  await expect(insights(page).getByRole('region', { name: 'Writing speed' })).toHaveCount(0)

  await hearth.backToChat()
  await hearth.ask('Remember that my locker number is 90210.')
  await hearth.ask('Something else')
  await toInsights(page)
  await expect(insights(page)).toContainText('2 replies')
  const speed = insights(page).getByRole('region', { name: 'Writing speed', exact: true })
  await expect(speed).toHaveAttribute('data-state', 'picture')
  await expect(speed.locator('canvas')).toBeVisible()
  await expect(speed.getByRole('table')).toHaveCount(1) // for a screen reader
  await page.keyboard.press('t')
  await expect(speed).toHaveAttribute('data-state', 'table')
  await expect(speed.getByRole('table').locator('tbody tr')).toHaveCount(1)
  await page.keyboard.press('t')
  await expect(speed.locator('canvas')).toBeVisible()

  const learned = insights(page).getByRole('region', { name: 'What was learned' })
  await expect(learned).toContainText('Your locker number is 90210.')
  await expect(
    insights(page).getByRole('region', { name: 'Storage' }).getByRole('rowheader', { name: 'Chats' }),
  ).toBeVisible()
  await page.getByRole('radio', { name: 'All time' }).click()
  await expect(insights(page)).toHaveAttribute('data-state', 'ready')

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
    ).toEqual([])
  }
  await learned.getByRole('button', { name: 'Your locker number is 90210.' }).click()
  await expect(page.locator('[data-memory-drawer]')).toContainText('Your locker number is 90210.')
})
