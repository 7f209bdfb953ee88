import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HearthError } from '../contract/failure.ts'
import type { ModelStatus } from '../contract/model.ts'
import { createScriptedInference } from '../inference/scripted-inference.ts'
import { failureOf, tempFolder } from '../storage/test-support.ts'
import { createModels } from './models.ts'
import { profileOf } from './profile.ts'
import { createQueue } from './queue.ts'

function setUp() {
  const folder = tempFolder()
  const file = (name: string) => {
    writeFileSync(join(folder, name), '')
    return join(folder, name)
  }
  const starterPath = file('kindling.gguf')
  const log: string[] = []
  const statuses: ModelStatus[] = []
  const queue = createQueue()
  const models = createModels({
    starterPath,
    queue,
    emit: (status) => statuses.push(status),
    onClose: () => log.push('sessions end'),
    load: async (path, starter) => {
      log.push(`load ${starter}`)
      if (path.includes('bad')) throw new HearthError('model-invalid', 'Not a model.')
      return { ...createScriptedInference([], { info: { path, starter } }), close: () => log.push('close') }
    },
  })
  const settled = () => queue.run(null, async () => {})
  return { folder, file, starterPath, log, statuses, models, queue, settled }
}

test('null means the starter model, and a link to it is it too', async () => {
  const { models, settled, starterPath, folder, statuses } = setUp()
  models.use(null)
  expect(models.expected()).toBe('Kindling')
  expect(failureOf(() => models.current())).toMatchObject({ code: 'no-model' })
  await settled()
  expect(models.status()).toMatchObject({ state: 'ready', info: { starter: true, path: starterPath } })
  symlinkSync(starterPath, join(folder, 'link.gguf'))
  models.use(join(folder, 'link.gguf'))
  await settled()
  expect(models.status()).toMatchObject({ info: { starter: true } })
  expect(statuses.map(({ state }) => state)).toEqual(['loading', 'ready', 'loading', 'ready'])
})

test('the old model ends before the new one is loaded, and after what runs over it', async () => {
  const { models, settled, file, log, queue } = setUp()
  models.use(null)
  await settled()
  const gate = Promise.withResolvers<void>()
  const turn = queue.run(null, async () => {
    await gate.promise
    log.push('turn ends')
  })
  models.use(file('big.gguf'))
  gate.resolve()
  await turn
  await settled()
  expect(log).toEqual(['load true', 'turn ends', 'sessions end', 'close', 'load false'])
})

test('a file that is missing or wrong is a status with another model to use', async () => {
  const { models, settled, file, folder } = setUp()
  models.use(join(folder, 'gone.gguf'))
  await settled()
  expect(models.status()).toMatchObject({
    state: 'failed',
    name: 'Gone',
    failure: { code: 'model-missing' },
    fallback: 'Kindling',
  })
  models.use(file('bad.gguf'))
  await settled()
  expect(models.status()).toMatchObject({ state: 'failed', failure: { code: 'model-invalid' }, fallback: 'Kindling' })
  expect(failureOf(() => models.expected())).toMatchObject({ code: 'no-model', message: 'Not a model.' })
})

test('of several wishes the last counts', async () => {
  const { models, settled, file, log } = setUp()
  models.use(file('one.gguf'))
  models.use(file('two.gguf'))
  models.use(null)
  await settled()
  expect(models.status()).toMatchObject({ state: 'ready', info: { starter: true } })
  expect(log.filter((line) => line.startsWith('load'))).toEqual(['load true'])
})

test('where no model ships and none is chosen, there is none', () => {
  const models = createModels({
    starterPath: null,
    queue: createQueue(),
    emit: () => {},
    onClose: () => {},
    load: async () => createScriptedInference([]),
  })
  models.use(null)
  expect(models.status()).toEqual({ state: 'none' })
  expect(failureOf(() => models.expected())).toMatchObject({ code: 'no-model' })
})

test('Kindling is told who it is and the date, answers greedily, and differently when asked again', () => {
  const { info } = createScriptedInference([], { info: { starter: true, contextTokens: 2048 } })
  const profile = profileOf(info, new Date(2031, 4, 14, 12).getTime())
  expect(profile.system).toBe(
    'You are Kindling, a small assistant that runs on this device. Today is Wednesday, 14 May 2031.',
  )
  expect(profile.sampling(false, 1).temperature).toBe(0)
  expect(profile).toMatchObject({ maxMemories: 6, maxTools: 4, heldCalls: true })
  expect(profile.sampling(true, 1).temperature).toBeGreaterThan(0)
  expect(profileOf({ ...info, starter: false }, 0).sampling(false, 7)).toMatchObject({
    temperature: 1,
    topK: 64,
    topP: 0.95,
    seed: 7,
  })
})
