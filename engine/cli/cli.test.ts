// The command line from outside: the real program, the real addon, the recorded answers of another engine.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  builtAddon,
  floatsOf,
  goldenFloats,
  goldenModelPath,
  goldenPrompt,
  goldenTokenizerCases,
  largestDifference,
} from '../inference/testing.ts'
import { hearth, main } from './testing.ts'
import { encodeOptions } from './tokenize.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'hearth-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tiny = goldenModelPath('e2b-f32')
/** The one JSON line of a run that must succeed. */
async function answer(...run: Parameters<typeof hearth>): Promise<unknown> {
  const { code, out, err } = await hearth(...run)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^\{.*\}\n$/)
  return JSON.parse(out)
}

describe('hearth tokenize', () => {
  it('gives the recorded tokens of every text, through the options of its flags', async () => {
    const model = await builtAddon().loadModel(tiny)
    const cases = goldenTokenizerCases()
    expect(cases.length).toBeGreaterThan(100)
    const wrong = cases.filter(({ bytes_hex, add_bos, tokens }) => {
      const found = model.encode(Buffer.from(bytes_hex, 'hex'), encodeOptions({ noSpecial: !add_bos, plain: false }))
      return Array.from(found).join() !== tokens.join()
    })
    expect(wrong).toEqual([])
    model.close()
  })

  const cases = goldenTokenizerCases()
  const stride = 2 * Math.floor(cases.length / 24) + 1 // odd, or only one of the two rows of each text would be taken
  const sampled = cases.filter((_, index) => index % stride === 0)

  it.each(sampled.map((one) => [one.bytes_hex.slice(0, 40), one.add_bos, one] as const))(
    'gives the recorded tokens of the bytes %s… from stdin and from a file (with markers: %s)',
    async (_hex, _bos, { bytes_hex, add_bos, tokens }) => {
      const bytes = Buffer.from(bytes_hex, 'hex')
      const file = path.join(folder, `text-${bytes_hex.length}-${add_bos}`)
      writeFileSync(file, bytes)
      const special = add_bos ? [] : ['--no-special']
      expect(await answer(['tokenize', '--model', tiny, '-', ...special], { input: bytes })).toEqual({ tokens })
      expect(await answer(['tokenize', '--model', tiny, '--text-file', file, ...special])).toEqual({ tokens })
    },
  )

  it('takes a text from its flag, and leaves markers alone with --plain', async () => {
    const { text, tokens } = goldenPrompt('e2b-f32', 'chat')
    expect(await answer(['tokenize', '--model', tiny, '--text', text])).toEqual({ tokens })
    const plain = (await answer(['tokenize', '--model', tiny, '--plain', '--text', '<|turn>'])) as { tokens: number[] }
    expect(plain.tokens.length).toBeGreaterThan(1)
    expect(await answer(['tokenize', '--model', tiny, '--text', ''])).toEqual({ tokens: [2] })
  })
})

describe('hearth logits', () => {
  it.each(['short', 'chat'])('agrees with the recorded logits of the prompt %s', async (name) => {
    const { tokens, logits } = goldenPrompt('e2b-f32', name)
    const out = path.join(folder, `${name}.bin`)
    const run = ['logits', '--model', tiny, '--tokens', tokens.join(','), '--kv', 'f32', '--out', out]
    expect(await answer(run)).toEqual({ positions: tokens.length, vocab: 512 })
    expect(largestDifference(floatsOf(readFileSync(out)), goldenFloats(logits.exact ?? ''))).toBeLessThanOrEqual(5e-4)
  })

  it('keeps keys and values as f16 when asked', async () => {
    const { tokens, logits } = goldenPrompt('e2b-f32', 'short')
    const out = path.join(folder, 'f16.bin')
    await answer(['logits', '--model', tiny, '--tokens', tokens.join(','), '--kv', 'f16', '--out', out])
    const difference = largestDifference(floatsOf(readFileSync(out)), goldenFloats(logits.exact ?? ''))
    expect(difference).toBeLessThanOrEqual(0.1)
    expect(difference).toBeGreaterThan(5e-4) // or the flag does nothing
  })
})

describe('hearth generate', () => {
  it('writes the same tokens with and without guesses, and says what was guessed', async () => {
    const prompt = '--tokens=2,20,21,22,23,24,20,21,22,23,24,20,21,22'
    const flags = ['generate', '--model', tiny, prompt, '--max', '60', '--temp', '0.8', '--seed', '5', '--ignore-eos']
    type Counts = { model: number; lookup: number; history: number }
    type Answer = { tokens: number[]; stats: { newTokens: number; passes: number; drafted: Counts; accepted: Counts } }
    const plain = (await answer([...flags, '--speculate', 'off'])) as Answer
    const guessed = (await answer([...flags, '--drafter', goldenModelPath('e2b-drafter-f32')])) as Answer
    expect(guessed.tokens).toEqual(plain.tokens)
    expect(plain.stats.newTokens).toBe(60)
    expect(plain.stats.passes).toBe(59)
    expect(plain.stats.drafted).toEqual({ model: 0, lookup: 0, history: 0, constraint: 0 })
    expect(guessed.stats.newTokens).toBe(guessed.tokens.length)
    const { accepted } = guessed.stats
    expect(guessed.stats.passes + accepted.model + accepted.lookup).toBeGreaterThanOrEqual(59)

    const ended = (await answer(['generate', '--prompt', '<|turn>user\nHello!<turn|>\n<|turn>model\n'])) as Answer
    expect(ended.stats.newTokens).toBe(ended.tokens.length) // the end token is neither shown nor counted

    const nobody = (await answer([...flags, '--guess-with', 'none'])) as Answer
    expect(nobody.tokens).toEqual(plain.tokens)
    expect(nobody.stats.drafted).toEqual(plain.stats.drafted)
    const unknown = await hearth(['generate', '--model', tiny, '--tokens', '2', '--guess-with', 'oracle'])
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('drafter,lookup,history') })

    const refused = await hearth(['generate', '--model', tiny, '--tokens', '2', '--drafter', tiny])
    expect(refused.code).not.toBe(0)
    expect(refused.err).toContain('is no drafter')
  })

  it.each(['short', 'chat'])('writes the recorded greedy tokens after the prompt %s', async (name) => {
    const { text, tokens, greedy } = goldenPrompt('e2b-f32', name)
    const wanted = greedy.exact.tokens
    const flags = ['--model', tiny, '--max', String(wanted.length), '--temp', '0', '--kv', 'f32', '--ignore-eos']
    const file = path.join(folder, `${name}.txt`)
    writeFileSync(file, text)
    const stats = { stop: 'length', promptTokens: tokens.length, newTokens: wanted.length }
    for (const prompt of [
      ['--tokens', tokens.join(',')],
      ['--prompt-file', file],
    ])
      expect(await answer(['generate', ...prompt, ...flags])).toMatchObject({ tokens: wanted, stats })
  })

  it('draws the same text from the same seed', async () => {
    const run = (seed: string) =>
      answer(['generate', '--prompt', 'Once', '--max', '20', '--temp', '1', '--seed', seed, '--ignore-eos'])
    const [first, again, other] = (await Promise.all([run('1'), run('1'), run('2')])) as {
      tokens: number[]
      text: string
    }[]
    expect(first?.tokens).toHaveLength(20)
    expect(again?.tokens).toEqual(first?.tokens)
    expect(again?.text).toBe(first?.text)
    expect(other?.tokens).not.toEqual(first?.tokens)
  })

  it('ends a reply of Kindling at its end token, without it', async () => {
    const prompt = '<|turn>user\nHello!<turn|>\n<|turn>model\n'
    const run = ['generate', '--prompt', prompt, '--max', '400']
    const { tokens, text, stats } = (await answer(run)) as { tokens: number[]; text: string; stats: { stop: string } }
    expect(stats.stop).toBe('end')
    expect(tokens.length).toBeGreaterThan(0)
    expect(text).not.toContain('<turn|>')
    const further = (await answer([...run.slice(0, -1), String(tokens.length + 1), '--ignore-eos'])) as {
      tokens: number[]
    }
    expect(further.tokens).toHaveLength(tokens.length + 1)
    expect(further.tokens.slice(0, -1)).toEqual(tokens)
  })
})

describe('hearth chat', () => {
  it('answers each line and ends with its input', async () => {
    const { code, out } = await hearth(['chat', '--json', '--temp', '0', '--max', '12'], {
      input: 'Hello!\n\nAnd again?\n',
    })
    expect(code).toBe(0)
    const replies = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { text: string; stats: { promptTokens: number; reusedTokens: number } })
    expect(replies).toHaveLength(2)
    expect(replies[0]?.text).not.toBe('')
    expect(replies[1]?.stats.promptTokens).toBeGreaterThan(replies[0]?.stats.promptTokens ?? Number.NaN)
    expect(replies[1]?.stats.reusedTokens).toBeGreaterThan(0)
  })
})

describe('hearth doctor', () => {
  it('finds everything in order', async () => {
    const { ok, checks } = (await answer(['doctor', '--json'])) as {
      ok: boolean
      checks: { name: string; ok: boolean }[]
    }
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(checks.map(({ name }) => name)).toEqual(['machine', 'node', 'storage', 'engine', 'gpu', 'model', 'answer'])
    expect(ok).toBe(true)
  })

  it('names the next step when the engine or the model is missing', async () => {
    const noEngine = await hearth(['doctor'], { env: { HEARTH_ADDON: path.join(folder, 'none.node') } })
    expect(noEngine.code).toBe(1)
    expect(noEngine.out).toMatch(/FAIL engine.*\n.*Next: Run `npm run build:native`/)
    const noModel = await hearth(['doctor', '--model', '/nowhere.gguf'])
    expect(noModel.code).toBe(1)
    expect(noModel.out).toMatch(/FAIL model.*\n.*Next: Put the model file back/)
  })
})

describe('hearth, called wrongly', () => {
  it.each<[string[], number, string]>([
    [['tokenise'], 2, 'did you mean tokenize?'],
    [['tokenize', '--txt', 'a'], 2, 'did you mean --text?'],
    [['tokenize'], 2, 'Expected a text'],
    [['tokenize', '--text', 'a', '-'], 2, 'found both'],
    [['generate', '--prompt', 'a', '--max', '-1'], 2, 'whole number'],
    [['generate', '--prompt', 'a', '--kv', 'f8'], 2, 'f32 or f16'],
    [['generate', '--tokens', '1,x'], 2, 'found "x"'],
    [['generate', '--model', tiny, '--tokens', '2,512'], 2, 'from 0 to 511, found 512'],
    [['logits', '--tokens', '2'], 2, '--out FILE'],
    [['tokenize', '--text-file', '/nowhere'], 1, '/nowhere'],
    [['logits', '--model', tiny, '--tokens', '2', '--out', '/nowhere/x.bin'], 1, '/nowhere/x.bin'],
    [['tokenize', '--model', '/nowhere.gguf', '--text', 'a'], 1, '/nowhere.gguf'],
    [['generate', '--model', main, '--prompt', 'a'], 1, 'GGUF'],
    [['chat', '--model', '/nowhere.gguf'], 1, '/nowhere.gguf'],
    [['generate', '--model', tiny, '--context', '4', '--tokens', '2,5,5,5,5,5'], 1, 'context'],
  ])('%j ends with %i', async (args, code, message) => {
    const [plain, json] = await Promise.all([hearth(args), hearth([...args, '--json'])])
    expect(plain).toMatchObject({ code, out: '', err: expect.stringContaining(message) })
    expect(json).toMatchObject({ code, err: plain.err })
    expect(JSON.parse(json.out)).toMatchObject({
      error: { code: expect.any(String), message: expect.stringContaining(message), remedy: expect.any(String) },
    })
  })

  it('explains itself', async () => {
    expect(await hearth([])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Usage') })
    expect(await hearth(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('doctor') })
    for (const verb of ['tokenize', 'logits', 'generate', 'chat', 'doctor'])
      expect(await hearth([verb, '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--model FILE') })
  })
})
