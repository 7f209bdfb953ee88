// engine/inference/long-prompt.test.ts: a prompt of many passes says how far it is, and stops where it is told to.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../storage/test-support.ts'
import type { GenerateRequest } from './inference.ts'
import { createNativeInference } from './native-inference.ts'
import { builtAddon, goldenModelPath, kindlingPath } from './testing.ts'

const addon = builtAddon()
const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 }
const never = new AbortController().signal
const plain = (count: number) => Array.from({ length: count }, (_, i) => 300 + ((i * 7919) % 200))

test('progress only grows, never after the first word, and ends where the prompt does', async () => {
  const inference = await createNativeInference(addon, kindlingPath)
  const request: GenerateRequest = { tokens: plain(1900), maxTokens: 8, sampling }
  const seen: (number | 'piece')[] = []
  await inference.createSession().generate(
    request,
    () => seen.push('piece'),
    never,
    (done, total) => {
      expect(total).toBe(1900)
      seen.push(done)
    },
  )
  const amounts = seen.filter((what) => what !== 'piece')
  expect(amounts.length).toBeGreaterThan(0)
  expect(amounts).toEqual([...amounts].sort((a, b) => a - b))
  expect(seen.slice(0, amounts.length)).toEqual(amounts)
  inference.close()
})

test('a stop while a long prompt is read ends it with most of it unread, and what was read is reused', async () => {
  const inference = await createNativeInference(addon, kindlingPath)
  const session = inference.createSession()
  const request: GenerateRequest = { tokens: plain(2000), maxTokens: 1, sampling }
  const stop = new AbortController()
  let stoppedAt = 0
  const result = await session.generate(
    request,
    () => {},
    stop.signal,
    () => {
      stoppedAt = performance.now()
      stop.abort()
    },
  )
  console.info(`stopped ${(performance.now() - stoppedAt).toFixed(1)} ms after it was told to`)
  expect(result).toMatchObject({ stop: 'cancelled', newTokens: 0 })
  expect(result.promptTokens).toBeLessThan(2000)
  const again = await session.generate(request, () => {}, never)
  expect(again.reusedTokens).toBe(result.promptTokens)
  inference.close()
})

test('a session is saved for its user alone, never over a file, and only read back by the same build', async () => {
  const inference = await createNativeInference(addon, goldenModelPath('26b-f32'), { build: 'one' })
  const folder = tempFolder()
  const path = join(folder, 'a.kv')
  const request: GenerateRequest = { tokens: plain(60), maxTokens: 1, sampling }
  const session = inference.createSession()
  expect(await session.snapshot?.save(path)).toBe(0)
  expect(existsSync(path)).toBe(false)
  await session.generate(request, () => {}, never)
  const bytes = await session.snapshot?.save(path)
  expect(statSync(path).size).toBe(bytes)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await expect(session.snapshot?.save(path)).rejects.toMatchObject({ failure: { code: 'engine-failed' } })
  expect(readFileSync(path).length).toBe(bytes)

  const second = inference.createSession()
  expect(await second.snapshot?.restore(path)).toBe(60)
  const longer = { ...request, tokens: plain(70) }
  expect(await second.generate(longer, () => {}, never)).toMatchObject({ promptTokens: 70, reusedTokens: 60 })
  const stranger = await createNativeInference(addon, goldenModelPath('26b-f32'), { build: 'two' })
  await expect(stranger.createSession().snapshot?.restore(path)).rejects.toThrow('another build')
  await expect(second.snapshot?.restore(join(folder, 'none'))).rejects.toThrow()
  writeFileSync(path, 'x'.repeat(1000))
  await expect(second.snapshot?.restore(path)).rejects.toThrow('does not begin like one')
  stranger.close()
  inference.close()
})

test('two sessions share one set of weights', async () => {
  const inference = await createNativeInference(addon, kindlingPath, { contextTokens: 256 })
  const [first, second] = [inference.createSession(), inference.createSession()]
  const one = inference.memoryBytes()
  const third = inference.createSession()
  const grown = inference.memoryBytes() - one
  expect(grown).toBeGreaterThan(0)
  expect(grown * 3 + inference.info.fileBytes).toBeLessThanOrEqual(inference.memoryBytes())
  // Side by side they say what each would say alone.
  const ask = (session: typeof first, seed: number) => {
    const tokens: number[] = []
    const request = { tokens: plain(40).map((id) => id + seed), maxTokens: 12, sampling }
    return session.generate(request, (piece) => tokens.push(...piece.tokens), never).then(() => tokens)
  }
  const together = await Promise.all([ask(first, 0), ask(second, 3)])
  expect(await ask(third, 0)).toEqual(together[0])
  expect(await ask(third, 3)).toEqual(together[1])
  inference.close()
})
