// Stopping: at once, by key and by button, in the scripted and in the real engine; what was said stays, and is marked.
import path from 'node:path'
import { expect, test } from './fixtures/app.ts'
import { writeEndlessModel } from './fixtures/model-files.ts'
import { questions, threeWords } from './scripts/words.ts'

test.describe('with a scripted model', () => {
  test.use({ script: path.join(import.meta.dirname, 'scripts', 'words.ts') })

  for (const how of ['Esc', 'the button'] as const) {
    test(`${how} stops without waiting for the next word; the text is kept and marked, also after a start`, async ({
      app,
      hearth,
    }) => {
      await hearth.begin()
      await hearth.say(questions.hang)
      await expect(hearth.words()).toHaveText(threeWords.trim())
      if (how === 'Esc') await app.page.keyboard.press('Escape')
      else await hearth.stop.click()
      await expect(hearth.reply).toHaveAttribute('data-state', 'stopped')
      await expect(hearth.words()).toHaveText(threeWords.trim())
      await expect(hearth.reply.locator('[data-state=stopped]')).toHaveText(/^Stopped after 14 tokens\. Kept\./)
      await expect(hearth.send).toBeVisible()
      await expect(hearth.field).toBeFocused()
      await app.restart()
      await expect(hearth.words()).toHaveText(threeWords.trim())
      await expect(hearth.reply.locator('[data-state=stopped]')).toHaveText(/^Stopped after 14 tokens\. Kept\./)
    })
  }

  test('a reply that waits for its first word can be stopped, too', async ({ app, hearth }) => {
    await hearth.begin()
    await hearth.say(questions.hangAtOnce)
    await expect(hearth.reply).toHaveAttribute('data-state', 'streaming')
    await app.page.keyboard.press('Escape')
    await expect(hearth.reply).toHaveAttribute('data-state', 'stopped')
    await expect(hearth.words()).toHaveText('')
    await hearth.ask(questions.silent)
    await expect(hearth.words()).toHaveText('')
  })

  test('Try again makes a sibling; the switch goes back and forth, and is remembered', async ({ app, hearth }) => {
    await hearth.begin()
    await hearth.say(questions.hangOnce)
    await expect(hearth.words()).toHaveText(threeWords.trim())
    await app.page.keyboard.press('Escape')
    await hearth.reply.getByRole('button', { name: 'Try again' }).click()
    await expect(hearth.words()).toHaveText('Another answer.')
    await expect(hearth.reply).toHaveAttribute('data-state', 'done')
    await expect(hearth.questions).toHaveCount(1)
    const at = (text: string) => hearth.reply.getByRole('group', { name: text })
    await expect(at('2 of 2')).toBeVisible()
    await expect(hearth.reply.getByRole('button', { name: 'Next reply' })).toBeDisabled()

    await hearth.reply.getByRole('button', { name: 'Previous reply' }).click()
    await expect(at('1 of 2')).toBeVisible()
    await expect(hearth.words()).toHaveText(threeWords.trim())
    await expect(hearth.reply).toHaveAttribute('data-state', 'stopped')
    await app.restart()
    await expect(at('1 of 2')).toBeVisible()
    await expect(hearth.words()).toHaveText(threeWords.trim())
    await app.page.keyboard.press('Control+Alt+]')
    await expect(at('2 of 2')).toBeVisible()
    await expect(hearth.words()).toHaveText('Another answer.')
  })

  test('a reply that fails says why, keeps its words, and leaves the chat usable', async ({ hearth }) => {
    await hearth.begin()
    await hearth.say(questions.fail)
    await expect(hearth.reply).toHaveAttribute('data-state', 'failed')
    await expect(hearth.words()).toHaveText(threeWords.trim())
    await expect(hearth.reply).toContainText('The scripted model was told to fail.')
    await expect(hearth.reply).toContainText('Ask it otherwise.')
    await hearth.ask('Still there?')
    await expect(hearth.words()).toHaveText('You said: Still there?.')
  })
})

test('the real engine is stopped in the middle of a long reply, and answers the next question', async ({
  app,
  hearth,
}) => {
  await hearth.begin()
  await hearth.useOtherModel(writeEndlessModel(app.dataDir))
  await hearth.say('Tell me something long.')
  await expect(hearth.words()).toHaveText(/\S.{40}/s)
  await expect(hearth.reply).toHaveAttribute('data-state', 'streaming')
  await app.page.keyboard.press('Escape')
  await expect(hearth.reply).toHaveAttribute('data-state', 'stopped')
  const kept = await hearth.words().textContent()
  const stopped = await hearth.reply.locator('[data-state=stopped]').innerText()
  const tokens = Number(/^Stopped after ([\d,]+) tokens/.exec(stopped)?.[1]?.replace(',', ''))
  expect(tokens).toBeGreaterThan(0)
  expect(tokens).toBeLessThan(1800) // all that the context would have held
  await app.page.reload()
  expect(await hearth.words().textContent()).toBe(kept)

  await app.page.keyboard.press('ControlOrMeta+,')
  await app.page.getByRole('button', { name: 'Use the starter model' }).click()
  await expect(hearth.model).toContainText('Kindling, ready')
  await hearth.backToChat()
  await hearth.ask('Hello')
})
