// Model files that are not what they should be, through the app and the command line: one sentence each, what was
// expected, what was found and what to do; nothing crashes, and the next good file works.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ModelStatus } from '../engine/contract/model.ts'
import { expect, test } from './fixtures/app.ts'
import { openClient } from './fixtures/client.ts'
import { runHearth, startHost } from './fixtures/host.ts'
import { type BadModel, starterModel, writeBadModels, writeFlippedModel } from './fixtures/model-files.ts'

let folder = ''
let bad: readonly BadModel[] = []
test.beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hearth-models-'))
  bad = writeBadModels(folder)
})
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

const seeds = Array.from({ length: 24 }, (_, seed) => seed + 1)

test('each bad file is refused on screen in plain words, and the starter model is one click away', async ({
  app,
  hearth,
}) => {
  test.setTimeout(90_000)
  await hearth.begin()
  const failed = app.page.getByRole('main').getByRole('status').and(app.page.locator('[data-state=failed]'))
  for (const { name, file } of bad) {
    await test.step(name, async () => {
      await hearth.chooseModel(file)
      await expect(failed).toContainText(file)
      isOneSentence(await failed.innerText(), file)
      await expect(hearth.model).toHaveAttribute('data-state', 'failed')
    })
  }
  await hearth.backToChat()
  const notice = hearth.notice('model-failed')
  await expect(notice).toContainText('Llama cannot be used')
  await hearth.field.fill('Kept until there is a model')
  await hearth.field.press('Enter')
  await expect(hearth.field).toHaveValue('Kept until there is a model')
  await notice.getByRole('button', { name: 'Use Kindling instead' }).click()
  await expect(hearth.model).toContainText('Kindling, ready')
  await hearth.field.press('Enter')
  await expect(hearth.reply).toHaveAttribute('data-state', 'done')
})

test('a model file that is gone at the next start is named, and found again when it is back', async ({
  app,
  hearth,
}) => {
  const file = path.join(app.dataDir, 'moved.gguf')
  copyFileSync(starterModel, file)
  await hearth.begin()
  await hearth.useOtherModel(file)
  rmSync(file)
  await app.restart()
  const notice = hearth.notice('model-missing')
  await expect(notice).toContainText('Moved is not where it was')
  await expect(notice).toContainText(file)
  copyFileSync(starterModel, file)
  await notice.getByRole('button', { name: 'Look again' }).click()
  await expect(hearth.model).toHaveAttribute('data-state', 'ready')
  await expect(notice).toHaveCount(0)
  await hearth.ask('Hello')
})

test('files with flipped bits are refused or run, one after another in one engine that never ends', async ({
  shell,
}) => {
  test.skip(shell === 'electron', 'it needs no window; the engine is the same')
  const dataDir = mkdtempSync(path.join(tmpdir(), 'hearth-flipped-'))
  const host = await startHost({ dataDir })
  const client = await openClient(host.link)
  await client.greeted(1)
  try {
    const outcomes: ModelStatus['state'][] = []
    for (const seed of seeds) {
      const file = writeFlippedModel(folder, seed)
      await client.call('model.use', { path: file })
      const status = await settled(() => client.call('app.snapshot', {}))
      outcomes.push(status.state)
      if (status.state === 'failed') isOneSentence(`${status.failure.message} ${status.failure.remedy ?? ''}`, file)
    }
    expect(outcomes).toContain('failed') // or the flips miss everything that matters
    await client.call('model.use', { path: null })
    expect((await settled(() => client.call('app.snapshot', {}))).state).toBe('ready')
    expect(host.enginePids()).toHaveLength(1)
  } finally {
    client.close()
    await host.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('the command line refuses the same files with exit code 1 and the same words', async () => {
  test.setTimeout(90_000)
  for (const { name, file } of bad) {
    await test.step(name, async () => {
      const { code, signal, output, errors } = await runHearth(['tokenize', '--model', file, '--text', 'a', '--json'])
      expect({ code, signal }).toEqual({ code: 1, signal: null })
      isOneSentence(errors, file)
      expect(JSON.parse(output)).toMatchObject({ error: { code: expect.stringMatching(/^model-/) } })
    })
  }
  for (const seed of seeds.slice(0, 4)) {
    const run = await runHearth(['generate', '--model', writeFlippedModel(folder, seed), '--prompt', 'a', '--max', '4'])
    expect(run.signal).toBeNull()
    expect([0, 1]).toContain(run.code)
  }
})

test('a message longer than the context ends its turn with both numbers, and is kept', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.say('Hello there, how are you today? '.repeat(400))
  await expect(hearth.reply).toHaveAttribute('data-state', 'failed')
  await expect(hearth.reply).toContainText(/[\d,]{5,} tokens long.* room for [\d,]{5,}/)
  await expect(hearth.reply).toContainText('Code prompt-too-long.')
  await app.page.reload()
  await expect(hearth.reply).toContainText('Code prompt-too-long.')
  await hearth.newChat()
  await hearth.ask('Hello')
})

test('the command line says the same about a prompt longer than the context', async () => {
  const file = path.join(folder, 'long.txt')
  writeFileSync(file, 'Hello there, how are you today? '.repeat(400))
  const { code, output, errors } = await runHearth(['generate', '--prompt-file', file, '--max', '4', '--json'])
  expect(code).toBe(1)
  expect(errors).toMatch(/\d{4,} tokens.*2048/)
  expect(JSON.parse(output)).toMatchObject({ error: { code: 'prompt-too-long', remedy: expect.any(String) } })
})

test('bytes that are no UTF-8 become tokens, and only the wrong ones become replacement characters', async () => {
  const file = path.join(folder, 'bytes.txt')
  const tokens = async (bytes: Uint8Array) => {
    writeFileSync(file, bytes)
    const { code, output } = await runHearth(['tokenize', '--text-file', file])
    expect(code).toBe(0)
    return (JSON.parse(output) as { tokens: number[] }).tokens
  }
  const broken = Buffer.concat([
    Buffer.from('good '),
    Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
    Buffer.from(' end'),
  ])
  const found = await tokens(broken)
  expect(found.length).toBeGreaterThan(3)
  const whole = await tokens(Buffer.from('good '))
  expect(found.slice(0, whole.length - 1)).toEqual(whole.slice(0, -1))
  expect((await tokens(new Uint8Array(0))).length).toBe(1)
})

/** Plain words for a person: they name the file and say what to do, and nothing of the machine room shows. */
function isOneSentence(said: string, file: string) {
  expect(said).toContain(file)
  expect(said).toMatch(/choose|put|check|download|use/i)
  expect(said).not.toMatch(/\bat .*:\d+:\d+|std::|undefined|\[object|TypeError|errno|internal/)
  expect(said.length).toBeLessThan(700)
}

async function settled(snapshot: () => Promise<{ model: ModelStatus }>): Promise<ModelStatus> {
  await expect.poll(async () => (await snapshot()).model.state, { intervals: [10, 20, 50] }).not.toBe('loading')
  return (await snapshot()).model
}
