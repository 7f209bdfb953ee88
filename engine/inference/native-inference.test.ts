import { describe, expect, it } from 'vitest'
import { HearthError } from '../contract/failure.ts'
import type { GenerateRequest } from './inference.ts'
import { fromNative } from './native-failure.ts'
import { createNativeInference } from './native-inference.ts'
import { builtAddon, goldenModelPath, goldenPrompt, kindlingPath } from './testing.ts'

const addon = builtAddon()
const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 }
const never = new AbortController().signal
const nothing = () => {}

describe('the native inference', () => {
  it('says what Kindling is', async () => {
    const inference = await createNativeInference(addon, kindlingPath, { starter: true, contextTokens: 512 })
    expect(inference.info).toMatchObject({
      path: kindlingPath,
      architecture: 'gemma4',
      contextTokens: 512,
      starter: true,
    })
    expect(inference.chatTemplate).toMatch(/turn/)
    expect(inference.specialTokens.bos).toBe('<bos>')
    expect(inference.specialTokens.eos).not.toBe('')
    expect(inference.markers).toContain('<|turn>')
    inference.close()
  })

  it('writes the recorded greedy tokens, and as pieces', async () => {
    const inference = await createNativeInference(addon, goldenModelPath('e2b-f32'))
    const wanted = goldenPrompt('e2b-f32', 'short')
    expect(inference.encode(wanted.text, { bos: true, markers: 'all' })).toEqual(wanted.tokens)
    const tokens: number[] = []
    const request: GenerateRequest = { tokens: wanted.tokens, maxTokens: 16, sampling: greedy }
    const session = inference.createSession()
    const result = await session.generate(request, (piece) => tokens.push(...piece.tokens), never)
    expect(tokens).toEqual(wanted.greedy.exact.tokens.slice(0, 16))
    expect(result).toMatchObject({ stop: 'length', newTokens: 16 })
    inference.close()
  })

  it('counts the memory of open sessions only', async () => {
    const inference = await createNativeInference(addon, goldenModelPath('e2b-f32'), { contextTokens: 256 })
    const before = inference.memoryBytes()
    expect(before).toBeGreaterThanOrEqual(inference.info.fileBytes)
    const session = inference.createSession()
    expect(inference.memoryBytes()).toBeGreaterThan(before)
    session.close()
    expect(inference.memoryBytes()).toBe(before)
    inference.close()
  })

  it('stops when it is aborted: before, at the first piece, and not by a signal of an earlier reply', async () => {
    const inference = await createNativeInference(addon, kindlingPath)
    const session = inference.createSession()
    const request: GenerateRequest = {
      tokens: inference.encode('Hello', { bos: true, markers: 'all' }),
      maxTokens: 1000,
      sampling: { ...greedy, temperature: 1 },
    }
    expect(await session.generate(request, nothing, AbortSignal.abort())).toMatchObject({
      stop: 'cancelled',
      newTokens: 0,
    })
    const controller = new AbortController()
    const stopped = await session.generate(request, () => controller.abort(), controller.signal)
    expect(stopped.stop).toBe('cancelled')
    const late = new AbortController()
    await session.generate({ ...request, maxTokens: 2 }, nothing, late.signal)
    const next = session.generate({ ...request, maxTokens: 5 }, nothing, never)
    late.abort()
    expect((await next).stop).not.toBe('cancelled')
    inference.close()
  })

  it.each([
    ['/nowhere/model.gguf', 'model-missing'],
    [import.meta.filename, 'model-invalid'],
  ])('rejects %s as %s, with a remedy', async (path, code) => {
    const failed = createNativeInference(addon, path)
    await expect(failed).rejects.toBeInstanceOf(HearthError)
    await expect(failed).rejects.toMatchObject({ failure: { code, remedy: expect.any(String) } })
  })

  it('rejects a prompt that is longer than the context', async () => {
    const inference = await createNativeInference(addon, goldenModelPath('e2b-f32'), { contextTokens: 8 })
    const request = { tokens: Array(9).fill(5), maxTokens: 1, sampling: greedy }
    await expect(inference.createSession().generate(request, nothing, never)).rejects.toMatchObject({
      failure: { code: 'prompt-too-long' },
    })
    inference.close()
  })

  it('closes with a reply in flight', async () => {
    const inference = await createNativeInference(addon, kindlingPath)
    const request = { tokens: [2, 5], maxTokens: 1000, sampling: { ...greedy, temperature: 1 } }
    const running = inference.createSession().generate(request, nothing, never)
    inference.close()
    inference.close()
    expect(await running).toMatchObject({ stop: 'cancelled' })
  })
})

describe('native failures', () => {
  it("keep the message, get a next step, and unknown ones are the engine's", () => {
    const native = Object.assign(new Error('Expected this, found that.'), { code: 'out-of-memory' })
    expect(fromNative(native).failure).toMatchObject({
      code: 'engine-failed',
      message: native.message,
      remedy: expect.stringMatching(/smaller model/),
    })
    expect(fromNative('odd').failure).toMatchObject({ code: 'engine-failed', message: 'odd' })
    const own = new HearthError('busy', 'x')
    expect(fromNative(own)).toBe(own)
  })
})
