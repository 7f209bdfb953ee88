// From the first screen to a chat that survives the tab and the program, with the model that ships inside.
import path from 'node:path'
import { expect, test } from './fixtures/app.ts'
import { writeScriptedModel } from './fixtures/model-files.ts'
import { countText, questions } from './scripts/words.ts'

test('a first chat: the starter model says what it is, answers, and the chat is there again after everything', async ({
  app,
  hearth,
}) => {
  const welcome = app.page.locator('[data-state=welcome]')
  await expect(welcome.getByRole('heading', { name: 'What you say here stays here.' })).toBeVisible()
  const card = welcome.getByRole('region', { name: 'Kindling' })
  await expect(card).toContainText('Starter model')
  await expect(card).toContainText('Cannot')
  await expect(card.getByRole('status')).toHaveAttribute('data-state', 'ready')
  await hearth.begin()
  await expect(hearth.title).toHaveText('New chat')
  await expect(hearth.chats).toHaveCount(0)

  await hearth.ask('Hello, who are you?')
  const words = await hearth.words().innerText()
  expect(words.trim()).not.toBe('')
  await expect(hearth.chats).toHaveText(['Hello, who are you?'])
  await expect(hearth.chats).toHaveAttribute('aria-current', 'page')
  await expect(hearth.title).toHaveText('Hello, who are you?')

  const receipt = hearth.reply.getByRole('button', { name: /^Receipt, / })
  await expect(receipt).toHaveText(/\d (ms|s|min)/)
  await receipt.click()
  await expect(app.page.getByRole('complementary', { name: 'Receipt' })).toContainText(
    /Written\d+ tokens?.*tokens a second/,
  )
  await app.page.keyboard.press('Escape')

  await app.page.reload()
  await expect(hearth.words()).toHaveText(words)
  await app.restart()
  await expect(hearth.words()).toHaveText(words)
  await expect(hearth.reply).toHaveAttribute('data-state', 'done')
  await expect(hearth.title).toHaveText('Hello, who are you?')
})

test('the starter model remembers within a chat, and reuses what it has read', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('Hello')
  await hearth.ask('Hello again')
  await hearth.reply.getByRole('button', { name: /^Receipt, / }).click()
  const reused = await app.page
    .getByRole('complementary', { name: 'Receipt' })
    .getByText(/^\d+ of \d+$/)
    .innerText()
  expect(Number(reused.split(' of ')[0])).toBeGreaterThan(0)
})

test('nothing of the machine shows in what the starter model says', async ({ hearth }) => {
  await hearth.begin()
  const questions = [
    'Hello, who are you?',
    'My sister is called Marta and she lives in Porto.',
    'Where does my sister live?',
    'Write a packing list for a weekend by the sea.', // has brought an empty thought
    'Set a timer for ten minutes.',
  ]
  for (const text of questions) {
    await hearth.ask(text)
    await expect(hearth.words()).not.toContainText(/<\|?(channel|turn|bos|eos)|(channel|turn)\|?>/)
  }
})

test.describe('with a scripted model', () => {
  test.use({ script: path.join(import.meta.dirname, 'scripts', 'words.ts') })

  test('words appear one after another while the reply is being written, and the view follows', async ({
    app,
    hearth,
  }) => {
    await app.page.setViewportSize({ width: 1100, height: 420 }) // soon full
    await hearth.begin()
    await hearth.useOtherModel(writeScriptedModel(app.dataDir))
    await hearth.say(questions.count)
    await expect(hearth.reply).toHaveAttribute('data-state', 'streaming')
    await expect(hearth.reply).toHaveAttribute('aria-busy', 'true')
    await expect(hearth.words()).toContainText('0010 ')
    await expect(hearth.reply).toHaveAttribute('data-state', 'streaming')
    await expect(hearth.model).toHaveAttribute('data-state', 'writing')
    await expect(hearth.words()).toContainText('0400 ')
    await expect(hearth.reply).toHaveAttribute('data-state', 'streaming')
    const atEnd = () => hearth.thread.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 120)
    expect(await atEnd()).toBe(true)

    // Whoever scrolls up stays where they are, and a button leads back.
    await hearth.thread.hover()
    await app.page.mouse.wheel(0, -600)
    const below = app.page.getByRole('button', { name: 'New text below' })
    await expect(below).toBeVisible()
    await below.click()
    await expect(below).toBeHidden()
    await hearth.stop.click()
    await expect(hearth.reply).toHaveAttribute('data-state', 'stopped')
  })

  test('a start opens the chat that was left, also when it is not the newest', async ({ app, hearth }) => {
    await hearth.begin()
    await hearth.ask('The older one')
    await hearth.newChat()
    await hearth.ask('The newer one')
    await hearth.chat('The older one').click()
    await expect(hearth.words()).toHaveText('You said: The older one.')
    await app.restart()
    await expect(hearth.title).toHaveText('The older one')
    await expect(hearth.words()).toHaveText('You said: The older one.')
    await expect(hearth.chat('The older one')).toHaveAttribute('aria-current', 'page')
    await app.killHost()
    await app.restart()
    await expect(hearth.title).toHaveText('The older one')
  })

  test('a draft is kept over a reload, and each chat has its own', async ({ app, hearth }) => {
    await hearth.begin()
    await hearth.ask('First')
    await hearth.field.fill('half a thought')
    await hearth.newChat()
    await expect(hearth.field).toHaveValue('')
    await hearth.field.fill('another one')
    await app.page.reload()
    await expect(hearth.field).toHaveValue('another one')
    await hearth.chat('First').click()
    await expect(hearth.field).toHaveValue('half a thought')
  })

  test('a reply is whole although its page was reloaded, closed and crashed while it was written', async ({
    app,
    hearth,
    shell,
  }) => {
    test.skip(shell === 'electron', 'the desktop window is closed with its app')
    await hearth.begin()
    await hearth.useOtherModel(writeScriptedModel(app.dataDir))
    await hearth.say(questions.count)
    for (const number of ['0050', '0200']) {
      await expect(hearth.words()).toContainText(`${number} `)
      await app.page.reload()
      await expect(hearth.reply).toHaveAttribute('data-state', 'streaming')
    }
    // A renderer that dies takes its page with it; another tab goes on with the same reply.
    const other = await app.page.context().newPage()
    const crashed = app.page.waitForEvent('crash')
    void app.page.goto('chrome://crash').catch(() => undefined)
    await crashed
    await other.goto(app.url)
    const reply = other.getByRole('article', { name: /^Hearth, / })
    await expect(reply).toHaveAttribute('data-state', 'streaming')
    await other.close()
    const last = await app.page.context().newPage()
    await last.goto(app.url)
    await expect(last.getByRole('article', { name: /^Hearth, / })).toHaveAttribute('data-state', 'done', {
      timeout: 30_000,
    })
    expect(
      await last
        .getByRole('article', { name: /^Hearth, / })
        .locator('[data-words]')
        .textContent(),
    ).toBe(countText.trimEnd())
  })
})
