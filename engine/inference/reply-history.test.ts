// engine/inference/reply-history.test.ts: earlier replies through the built addon: guessed from, saved, and forgotten.
import { afterAll, describe, expect, it } from 'vitest'
import { createNativeInference } from './native-inference.ts'
import { builtAddon, goldenModelPath } from './testing.ts'

const addon = builtAddon()
const model = await addon.loadModel(goldenModelPath('e2b-f32'))
const prompt = model.encode('the quick brown fox', { bos: true })
afterAll(() => model.close())

const holds = (bytes: Uint8Array, tokens: Int32Array) =>
  Buffer.from(bytes).includes(Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength))

describe('the history of a model', () => {
  it('is one, names the file and its vocabulary, and outlives the model', async () => {
    const other = await addon.loadModel(goldenModelPath('e2b-f32'))
    const quantised = await addon.loadModel(goldenModelPath('e2b-q8_0'))
    const history = other.history()
    expect(history.key).toMatch(/^[0-9a-f]{64}$/)
    expect(history.key).toBe(model.history().key)
    expect(history.key).not.toBe(quantised.history().key)
    history.add('a', prompt)
    expect(other.history().has('a')).toBe(true)
    expect(model.history().has('a')).toBe(false)
    other.close()
    expect(history.messages()).toBe(1)
    expect(() => other.history()).toThrow(/closed model/)
    quantised.close()
  })

  it('guesses what an earlier reply said, which is then not computed alone, and no token changes', async () => {
    const session = model.createSession()
    const options = { maxTokens: 60, ignoreEnd: true } as const
    const write = async (guessWith: readonly ('drafter' | 'lookup' | 'history')[]) => {
      const tokens: number[] = []
      const report = await session.generate(prompt, { ...options, guessWith }, (piece) => void tokens.push(...piece))
      return { tokens, report }
    }
    const first = await write([])
    expect(first.report.drafted).toEqual({ model: 0, lookup: 0, history: 0, constraint: 0 })
    model.history().add('reply', Int32Array.from([...prompt, ...first.tokens]))
    const second = await write(['history'])
    expect(second.tokens).toEqual(first.tokens)
    expect(second.report.accepted.history).toBeGreaterThan(20)
    expect(second.report.passes).toBeLessThan(first.report.passes)
    const third = await write(['lookup'])
    expect(third.tokens).toEqual(first.tokens)
    expect(third.report.drafted.history).toBe(0)
    expect(second.report.keysValuesBytes).toBeGreaterThan(0)
    session.close()
    model.history().clear()
  })

  it('is saved and read back, and what is forgotten is in no byte of it', () => {
    const history = model.history()
    const [one, two] = [Int32Array.of(100, 101, 102, 103, 104), Int32Array.of(200, 201, 202, 203, 204)]
    history.add('one', one)
    history.add('two', two)
    const bytes = history.save()
    expect(holds(bytes, one)).toBe(true)
    expect(history.forget('one')).toBe(true)
    expect(history.forget('one')).toBe(false)
    expect(holds(history.save(), one)).toBe(false)
    expect(holds(history.save(), two)).toBe(true)
    history.restore(bytes)
    expect([history.has('one'), history.tokens()]).toEqual([true, 10])
    expect(history.retain(['two', 'unknown'])).toBe(1)
    expect([history.has('one'), history.has('two')]).toEqual([false, true])
    history.clear()
    expect(history.tokens()).toBe(0)
  })

  it('refuses damaged bytes, bytes of another model, and wrong arguments', async () => {
    const history = model.history()
    history.add('one', Int32Array.of(100, 101, 102))
    const bytes = history.save()
    const damaged = Uint8Array.from(bytes)
    damaged[bytes.length - 10] = (damaged[bytes.length - 10] ?? 0) ^ 1
    for (const bad of [damaged, bytes.subarray(0, 20), new Uint8Array(0)])
      expect(() => history.restore(bad)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    const other = await addon.loadModel(goldenModelPath('31b-f32'))
    expect(() => other.history().restore(bytes)).toThrow(/another model/)
    other.close()
    expect(history.has('one')).toBe(true)
    expect(() => history.add('two', Int32Array.of(512))).toThrow(/from 0 to 511/)
    expect(() => Reflect.apply(history.forget, history, [7])).toThrow(TypeError)
    expect(() => Reflect.construct(history.constructor as new () => unknown, [])).toThrow(/a model has one/)
    expect(() =>
      Reflect.apply(model.createSession().generate, model.createSession(), [prompt, { guessWith: ['me'] }, () => {}]),
    ).toThrow(/some of drafter, lookup, history, found "me"/)
    history.clear()
  })
})

it('a drafter beside the model is used where it fits, and one that does not fit does no harm', async () => {
  const candidates = [goldenModelPath('31b-f32'), '/nowhere/drafter.gguf', goldenModelPath('e2b-drafter-f32')]
  const drafted = await addon.loadModel(goldenModelPath('e2b-f32'), { drafters: candidates })
  expect(drafted.facts.drafter).toBe(goldenModelPath('e2b-drafter-f32'))
  drafted.close()
  const plain = await addon.loadModel(goldenModelPath('31b-f32'), { drafters: candidates })
  expect(plain.facts.drafter).toBe('')
  plain.close()
})

it('a reply says what it takes in memory, and only sources that are allowed guess', async () => {
  const allowed = { drafter: false, lookup: false, history: false }
  const inference = await createNativeInference(addon, goldenModelPath('e2b-f32'), { guessWith: () => allowed })
  const never = new AbortController().signal
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 }
  const result = await inference
    .createSession()
    .generate({ tokens: Array.from(prompt), maxTokens: 40, sampling }, () => {}, never)
  expect(result.speculation?.drafted).toEqual({ model: 0, lookup: 0, history: 0, constraint: 0 })
  const { memory } = result
  expect(memory?.keysValuesBytes).toBeGreaterThan(1000)
  expect(memory?.residentBytes).toBeGreaterThan(memory?.keysValuesBytes ?? Number.POSITIVE_INFINITY)
  expect(memory?.peakBytes).toBeGreaterThanOrEqual(memory?.residentBytes ?? Number.POSITIVE_INFINITY)
  inference.close()
})
