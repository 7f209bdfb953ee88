// The engine dies: during a reply, by itself, again and again. The window stays, says so, and goes on.
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type App, expect, test } from './fixtures/app.ts'
import { readMessages } from './fixtures/database.ts'
import { writeEndlessModel } from './fixtures/model-files.ts'
import { questions, threeWords } from './scripts/words.ts'

/** What is shown is on the disk a fifth of a second later; only then is it safe from a kill. */
const onDisk = (app: App, text: string) =>
  expect.poll(() => [...readMessages(app.dataDir).values()].map((message) => message.text)).toContain(text)

const script = (name: string) => path.join(import.meta.dirname, 'scripts', name)

test.describe('with a scripted model', () => {
  test.use({ script: script('words.ts') })

  test('killed during a reply: the words are kept, the chat says what happened, the next question is answered', async ({
    app,
    hearth,
  }) => {
    await hearth.begin()
    await hearth.say(questions.hang)
    await onDisk(app, threeWords)
    await app.killEngine()
    await expect(hearth.reply).toHaveAttribute('data-state', 'interrupted')
    const end = hearth.reply.getByRole('status')
    await expect(end).toContainText('This reply was cut short')
    await expect(end).toContainText('The text so far is kept.')
    await expect(hearth.notice('engine-lost')).toHaveCount(0)
    await expect(hearth.model).toHaveAttribute('data-state', 'ready')
    await hearth.ask('And now?')
    await expect(hearth.words()).toHaveText('You said: And now?.')
    await expect(hearth.words(hearth.replies.first())).toHaveText(threeWords.trim())
  })

  test('a model that takes its process with it ends one turn, not the app', async ({ hearth }) => {
    await hearth.begin()
    await hearth.say(questions.crash)
    await expect(hearth.reply).toHaveAttribute('data-state', 'interrupted')
    await expect(hearth.reply).toContainText('This reply was cut short')
    await expect(hearth.notice('engine-lost')).toHaveCount(0)
    await hearth.ask('Again')
    await hearth.say(questions.crash)
    await expect(hearth.reply).toHaveAttribute('data-state', 'interrupted')
    await expect(hearth.notice('engine-lost')).toHaveCount(0)
    await hearth.ask('And again')
  })

  test('a cut reply can be tried again as a sibling', async ({ app, hearth }) => {
    await hearth.begin()
    await hearth.say(questions.hangOnce)
    await onDisk(app, threeWords)
    await app.killEngine()
    await expect(hearth.notice('engine-lost')).toHaveCount(0)
    await hearth.reply.getByRole('button', { name: 'Try again' }).click()
    await expect(hearth.reply).toHaveAttribute('data-state', 'streaming')
    await expect(hearth.replies).toHaveCount(1)
    await app.page.keyboard.press('Escape')
    await expect(hearth.reply.getByRole('group', { name: '2 of 2' })).toBeVisible()
  })
})

test.describe('an engine that ends at each start', () => {
  const broken = path.join(tmpdir(), `hearth-broken-${process.pid}`)
  test.use({ script: script('broken.ts'), environment: { HEARTH_BROKEN: broken } })
  test.afterEach(() => rmSync(broken, { force: true }))

  test('is started again more and more slowly; meanwhile nothing typed is lost, and it all goes when it is well', async ({
    app,
    hearth,
  }) => {
    await hearth.begin()
    await hearth.ask('All is well')
    writeFileSync(broken, '')
    await app.killEngine()
    const notice = hearth.notice('engine-lost')
    await expect(notice).toContainText('The engine is not answering. Trying again.')
    await expect(notice).toContainText('Nothing was lost. What you type is kept in this window.')
    await expect(hearth.model).toHaveAttribute('data-state', 'lost')
    await hearth.say('Keep this')
    await expect(hearth.questions.last()).toHaveAttribute('data-state', 'sending')
    await expect(hearth.questions.last()).toContainText('Kept here. It goes as soon as the engine answers.')
    // Old chats can be read, menus and search open and close: the window is not wedged.
    await expect(hearth.words(hearth.replies.first())).toHaveText('You said: All is well.')
    await app.page.keyboard.press('ControlOrMeta+k')
    await expect(hearth.palette).toBeVisible()
    await app.page.keyboard.press('Escape')
    await app.page.reload()
    await expect(app.page.getByRole('alert')).toContainText('The engine is not answering. Trying again.')
    rmSync(broken)
    await expect(hearth.questions.last()).toHaveText('Keep this', { timeout: 30_000 })
    await expect(hearth.words()).toHaveText('You said: Keep this.')
    await expect(hearth.replies).toHaveCount(2)
    await expect(hearth.notice('engine-lost')).toHaveCount(0)
  })
})

test('the real engine killed in the middle of a long reply comes back and writes the next', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.useOtherModel(writeEndlessModel(app.dataDir))
  await hearth.say('Tell me something long.')
  await expect(hearth.words()).toHaveText(/\S.{40}/s)
  await app.killEngine()
  await expect(hearth.reply).toHaveAttribute('data-state', 'interrupted')
  await expect(hearth.reply).toContainText('This reply was cut short')
  await expect(hearth.notice('engine-lost')).toHaveCount(0)
  await hearth.say('Once more')
  await expect(hearth.words()).toHaveText(/\S/)
  await app.page.keyboard.press('Escape')
  await expect(hearth.reply).toHaveAttribute('data-state', /stopped|done/)
})
