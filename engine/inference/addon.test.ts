// The addon from outside, misuse included: what could go wrong if a caller is wrong, late, twice, or gone?
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import type { NativeModel, NativeSession } from './addon.ts'
import { addonPath, builtAddon, goldenModelPath, kindlingPath } from './testing.ts'

const addon = builtAddon()
const tiny = await addon.loadModel(goldenModelPath('e2b-f32'))
const prompt = tiny.encode('the quick brown fox', { bos: true, markers: 'all' })
const endless = { maxTokens: 4_000_000, ignoreEnd: true } as const
const nothing = () => {}

afterAll(() => tiny.close())

/** A call whose types are wrong on purpose. */
const wrongly = (object: object, method: string, ...args: readonly unknown[]): unknown =>
  Reflect.apply(Reflect.get(object, method) as (...args: readonly unknown[]) => unknown, object, args)

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
    return 'resolved'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

/** Starts an endless reply and waits for its first piece. The promise is inside an object, or `await` would wait for it. */
async function startEndless(session: NativeSession) {
  const first = Promise.withResolvers<void>()
  const report = session.generate(prompt, endless, () => first.resolve())
  await Promise.race([first.promise, report])
  return { report }
}

describe('a model', () => {
  it('says what it is', () => {
    expect(tiny.facts).toMatchObject({ architecture: 'gemma4', vocabulary: 512, bos: 2 })
    expect(tiny.facts.markers).toContain('<|turn>')
    expect(tiny.memoryBytes()).toBeGreaterThanOrEqual(0)
    expect(Object.isFrozen(tiny.facts)).toBe(true)
  })

  it('rejects a missing file and a file that is no model, each with its code', async () => {
    expect(await codeOf(addon.loadModel('/nowhere/model.gguf'))).toBe('file-missing')
    expect(await codeOf(addon.loadModel(import.meta.filename))).toBe('model-invalid')
  })

  it('comes from loadModel only, and its methods refuse another receiver', () => {
    expect(() => Reflect.construct(tiny.constructor as new () => unknown, [])).toThrow(/call loadModel/)
    expect(() => Reflect.apply(tiny.encode, {}, ['a'])).toThrow(TypeError)
    const session = tiny.createSession()
    expect(() => Reflect.apply(tiny.encode, session, ['a'])).toThrow(TypeError)
    session.close()
  })

  it.each<[string, readonly unknown[], RegExp]>([
    ['encode', [3], /expected a string or a Uint8Array/],
    ['encode', ['a', { marker: 'all' }], /does not know the option "marker"/],
    ['encode', ['a', { markers: 'some' }], /one of all, text, none, found "some"/],
    ['encode', ['a', { guard: 'ab' }], /exactly one character/],
    ['encode', ['a', 7], /options as an object/],
    ['decode', [[1, 2]], /Int32Array/],
    ['decode', [Int32Array.of(512)], /from 0 to 511, found 512 at index 0/],
    ['decode', [Int32Array.of(-1)], /found -1/],
    ['createSession', [{ context: 1.5 }], /whole number/],
    ['createSession', [{ kv: 'f8' }], /one of f16, f32/],
  ])('%s refuses wrong arguments %j with a remedy', (method, args, message) => {
    expect(() => wrongly(tiny, method, ...args)).toThrow(TypeError)
    expect(() => wrongly(tiny, method, ...args)).toThrow(message)
  })

  it('refuses wrong arguments of loadModel', () => {
    expect(() => wrongly(addon, 'loadModel')).toThrow(/path of a GGUF file/)
    expect(() => wrongly(addon, 'loadModel', 'x', { thread: 1 })).toThrow(/does not know the option "thread"/)
  })

  it('lets an exception of a getter through', () => {
    const options = Object.defineProperty({}, 'bos', {
      enumerable: true,
      get: () => {
        throw new Error('mine')
      },
    })
    expect(() => tiny.encode('a', options)).toThrow('mine')
  })

  it('closes twice, then refuses work, while open sessions go on', async () => {
    const model = await addon.loadModel(goldenModelPath('e2b-f32'))
    const session = model.createSession()
    model.close()
    model.close()
    expect(() => model.encode('a')).toThrow(/closed model/)
    expect(() => model.createSession()).toThrow(expect.objectContaining({ code: 'closed' }))
    expect(model.facts.vocabulary).toBe(512)
    const report = await session.generate(prompt, { maxTokens: 5, ignoreEnd: true }, nothing)
    expect(report.newTokens).toBe(5)
    session.close()
  })

  it('can be loaded many times at once', async () => {
    const models = await Promise.all(Array.from({ length: 8 }, () => addon.loadModel(goldenModelPath('e2b-f32'))))
    expect(models.map((model) => model.facts.vocabulary)).toEqual(Array(8).fill(512))
    for (const model of models) model.close()
  })
})

describe('a session', () => {
  const withSession = async <T>(work: (session: NativeSession) => Promise<T>, model: NativeModel = tiny) => {
    const session = model.createSession()
    try {
      return await work(session)
    } finally {
      session.close()
    }
  }

  it('delivers every token in pieces, none after the promise has settled', () =>
    withSession(async (session) => {
      const tokens: number[] = []
      let settled = false
      let late = 0
      const report = await session
        .generate(prompt, { maxTokens: 60, ignoreEnd: true }, (piece) => {
          tokens.push(...piece)
          if (settled) late++
        })
        .finally(() => {
          settled = true
        })
      expect(report).toMatchObject({ stop: 'length', newTokens: 60, promptTokens: prompt.length, reusedTokens: 0 })
      expect(tokens).toHaveLength(60)
      await wait(40)
      expect(late).toBe(0)
    }))

  it('puts together the text of all tokens', () =>
    withSession(async (session) => {
      const tokens: number[] = []
      let text = ''
      await session.generate(prompt, { maxTokens: 200, ignoreEnd: true }, (piece, newText) => {
        tokens.push(...piece)
        text += newText
      })
      expect(text).toBe(tiny.decode(Int32Array.from(tokens)))
    }))

  it('reuses what it holds of a prompt', () =>
    withSession(async (session) => {
      await session.generate(prompt, { maxTokens: 1, ignoreEnd: true }, nothing)
      const report = await session.generate(prompt, { maxTokens: 1, ignoreEnd: true }, nothing)
      expect(report.reusedTokens).toBeGreaterThan(0)
      expect(report.promptTokens).toBe(prompt.length)
    }))

  it('draws the same tokens from the same seed and others from another', async () => {
    const draw = (seed: number) =>
      withSession(async (session) => {
        const tokens: number[] = []
        await session.generate(prompt, { maxTokens: 30, ignoreEnd: true, temperature: 1, seed }, (piece) =>
          tokens.push(...piece),
        )
        return tokens
      })
    expect(await draw(7)).toEqual(await draw(7))
    expect(await draw(7)).not.toEqual(await draw(8))
  })

  it('stops within one decode step when it is cancelled from a piece', () =>
    withSession(async (session) => {
      let newTokens = 0
      let atCancel = 0
      const report = await session.generate(prompt, endless, (tokens) => {
        newTokens += tokens.length
        if (atCancel > 0) return
        atCancel = newTokens
        session.cancel()
      })
      expect(report.stop).toBe('cancelled')
      expect(newTokens).toBe(report.newTokens)
    }))

  it('does not lose a cancel that follows the call at once, and forgets one from before it', () =>
    withSession(async (session) => {
      const report = session.generate(prompt, endless, nothing)
      session.cancel()
      expect(
        await report.then(
          ({ stop }) => stop,
          ({ code }) => code,
        ),
      ).toBe('cancelled')
      session.cancel()
      expect(await session.generate(prompt, { maxTokens: 2, ignoreEnd: true }, nothing)).toMatchObject({
        stop: 'length',
      })
    }))

  it('refuses a second call while it works, and takes the next when the first has settled', () =>
    withSession(async (session) => {
      const first = session.generate(prompt, { maxTokens: 20, ignoreEnd: true }, nothing)
      await expect(session.generate(prompt, {}, nothing)).rejects.toThrow(/still works; await its promise/)
      await expect(session.logits(prompt)).rejects.toMatchObject({ code: 'invalid-argument' })
      await first
      expect(await codeOf(session.logits(prompt))).toBe('resolved')
    }))

  it('refuses an empty prompt, a prompt that is too long, and ids outside the vocabulary', async () => {
    const session = tiny.createSession({ context: 16 })
    expect(await codeOf(session.generate(new Int32Array(0), {}, nothing))).toBe('invalid-argument')
    expect(await codeOf(session.generate(new Int32Array(500).fill(5), {}, nothing))).toBe('prompt-too-long')
    expect(() => session.generate(Int32Array.of(512), {}, nothing)).toThrow(/from 0 to 511/)
    session.close()
  })

  it.each<[string, readonly unknown[], RegExp]>([
    ['generate', [[1], {}, nothing], /Int32Array\.from/],
    ['generate', [Int32Array.of(2), { maxtokens: 1 }, nothing], /does not know the option "maxtokens"/],
    ['generate', [Int32Array.of(2), { seed: -1 }, nothing], /whole number/],
    ['generate', [Int32Array.of(2), { topP: 2 }, nothing], /number from 0 to 1, found 2/],
    ['generate', [Int32Array.of(2), { temperature: Number.NaN }, nothing], /found NaN/],
    ['generate', [Int32Array.of(2), {}], /onPiece as a function/],
    ['logits', [new Float32Array(2)], /Int32Array/],
  ])('%s refuses wrong arguments with a remedy (%#)', (method, args, message) => {
    const session = tiny.createSession()
    expect(() => wrongly(session, method, ...args)).toThrow(TypeError)
    expect(() => wrongly(session, method, ...args)).toThrow(message)
    session.close()
  })

  it('rejects with what onPiece throws, stops, and can be used again', () =>
    withSession(async (session) => {
      const mine = new Error('mine')
      await expect(
        session.generate(prompt, endless, () => {
          throw mine
        }),
      ).rejects.toBe(mine)
      await expect(
        session.generate(prompt, endless, () => {
          throw 'a text'
        }),
      ).rejects.toThrow(/"a text" instead of an Error/)
      expect(await session.generate(prompt, { maxTokens: 2, ignoreEnd: true }, nothing)).toMatchObject({ newTokens: 2 })
    }))

  it('closes while it generates, from inside a piece too, and twice', async () => {
    for (const model of [tiny, await addon.loadModel(kindlingPath)]) {
      const session = model.createSession()
      const { report } = await startEndless(session)
      session.close()
      session.close()
      expect(
        await report.then(
          ({ stop }) => stop,
          ({ code }) => code,
        ),
      ).toBe('cancelled')
      expect(await codeOf(session.generate(prompt, {}, nothing))).toBe('closed')
      expect(session.memoryBytes()).toBe(0)
      session.cancel()

      const inside = model.createSession()
      expect(await inside.generate(prompt, endless, () => inside.close())).toMatchObject({ stop: 'cancelled' })
      if (model !== tiny) model.close()
    }
  })

  it('closes right after the call, before its thread has begun', async () => {
    for (let round = 0; round < 50; round++) {
      const session = tiny.createSession()
      const report = session.generate(prompt, endless, nothing)
      session.close()
      expect(
        await report.then(
          ({ stop }) => stop,
          ({ code }) => code,
        ),
      ).toBe('cancelled')
    }
  })

  it('lives beside a hundred others', async () => {
    const sessions = Array.from({ length: 100 }, () => tiny.createSession({ context: 128 }))
    const reports = await Promise.all(
      sessions.map((session) => session.generate(prompt, { maxTokens: 3, ignoreEnd: true }, nothing)),
    )
    expect(reports.map(({ newTokens }) => newTokens)).toEqual(Array(100).fill(3))
    for (const session of sessions) session.close()
  })

  it('is kept from the garbage collector while it works, and is freed when forgotten', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const reports = Array.from({ length: 20 }, () =>
      tiny.createSession({ context: 256 }).generate(prompt, { maxTokens: 40, ignoreEnd: true }, nothing),
    )
    for (let round = 0; round < 5; round++) {
      collect()
      await wait(2)
    }
    for (const report of await Promise.all(reports)) expect(report).toMatchObject({ stop: 'length', newTokens: 40 })
    const forgotten = new WeakRef(tiny.createSession({ context: 128 }))
    await wait(0)
    collect()
    await wait(0)
    expect(forgotten.deref()).toBeUndefined()
  })
})

describe('an environment that ends while its sessions generate', () => {
  const script = `
    const { parentPort, workerData } = require('node:worker_threads')
    const [addonPath, modelPath] = workerData ?? process.argv.slice(1)
    const addon = require(addonPath)
    addon.loadModel(modelPath).then((model) => {
      const prompt = model.encode('Hello', { bos: true })
      const endless = { maxTokens: 4000000, ignoreEnd: true }
      let started = 0
      for (let i = 0; i < 3; i++) {
        let first = true
        model.createSession().generate(prompt, endless, () => {
          if (first && ++started === 3) parentPort ? parentPort.postMessage('started') : process.exit(0)
          first = false
        })
      }
    })`

  it('is a worker thread that is terminated, at any moment', async () => {
    for (let round = 0; round < 12; round++) {
      const worker = new Worker(script, { eval: true, workerData: [addonPath, goldenModelPath('e2b-f32')] })
      if (round % 2 === 0) await once(worker, 'message')
      else await wait(round * 8)
      expect(await worker.terminate()).toBeTypeOf('number')
    }
    const session = tiny.createSession()
    expect(await session.generate(prompt, { maxTokens: 2, ignoreEnd: true }, nothing)).toMatchObject({ newTokens: 2 })
    session.close()
  })

  it('is a process that exits', async () => {
    const child = spawn(process.execPath, ['-e', script, addonPath, kindlingPath], { stdio: 'inherit' })
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
