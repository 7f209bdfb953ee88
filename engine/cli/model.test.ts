// `hearth model`: the facts of a file from outside, the fetching of what a package index has not, and wrong calls.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { goldenModelPath } from '../inference/testing.ts'
import { hearth } from './testing.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'hearth-model-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tiny = goldenModelPath('e2b-f32')
const drafter = goldenModelPath('e2b-drafter-f32')

const model = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => hearth(['model', ...args], { env })

const described = z.object({
  architecture: z.string(),
  licence: z.string(),
  sha256: z.string(),
  spec: z.string(),
  tensors: z.number(),
  neededBytes: z.number(),
  fits: z.boolean(),
  drafter: z.string().nullable(),
  drafterBytes: z.number(),
  fit: z.object({
    context: z.number(),
    weights: z.number(),
    lookedUp: z.number(),
    keysValues: z.number(),
    drafterWeights: z.number(),
    drafterVocabulary: z.number(),
    drafterScratch: z.number(),
  }),
})

describe('hearth model', () => {
  it('prints the spec, the licence, the hash and what the file needs', async () => {
    const { code, out } = await model([tiny, '--context', '256', '--json'])
    expect(code).toBe(0)
    const facts = described.parse(JSON.parse(out))
    expect(facts.architecture).toBe('gemma4')
    expect(facts.sha256).toBe(createHash('sha256').update(readFileSync(tiny)).digest('hex'))
    expect(facts.tensors).toBe(159)
    expect(facts.fits).toBe(true)
    // 6 owners of keys and values, one head of 32 or 64, two of two bytes each, in at most 256 slots
    expect(facts.fit).toMatchObject({
      context: 256,
      keysValues: (4 * 32 + 2 * 64) * 2 * 2 * 256 - 4 * 32 * 4 * (256 - 160),
    })
    expect(facts.fit.lookedUp).toBe(512 * 32 * 9 * 4)
    const page = await model([tiny])
    expect(page.out).toContain('gemma4: 9 layers')
    expect(page.out).toContain('the file does not say')
  })

  it('adds a drafter, and foretells more for a longer context', async () => {
    const [short, long, both, found] = await Promise.all(
      [
        ['--context', '128', '--drafter', 'none'],
        ['--context', '1024', '--drafter', 'none'],
        ['--context', '128', '--drafter', drafter],
        ['--context', '128'],
      ].map(async (flags) => described.parse(JSON.parse((await model([tiny, ...flags, '--json'])).out))),
    )
    expect(long?.fit.keysValues).toBeGreaterThan(short?.fit.keysValues ?? Number.POSITIVE_INFINITY)
    const { drafterWeights, drafterVocabulary, drafterScratch } = both?.fit ?? {}
    expect((both?.neededBytes ?? 0) - (short?.neededBytes ?? 0)).toBe(
      (drafterWeights ?? 0) + (drafterVocabulary ?? 0) + (drafterScratch ?? 0),
    )
    // Its tensors are most of its file; the scratch holds a row of logits for 512 tokens, and more.
    expect(drafterWeights).toBeGreaterThan(readFileSync(drafter).length / 2)
    expect(drafterWeights).toBeLessThan(readFileSync(drafter).length)
    expect(drafterScratch).toBeGreaterThan(512 * 4)
    expect(found).toMatchObject({ drafter, drafterBytes: both?.drafterBytes }) // it lies beside the model
    expect(short).toMatchObject({ drafter: null, drafterBytes: 0 })
  })

  it('refuses a drafter that was made for another model', async () => {
    const other = await model([goldenModelPath('31b-f32'), '--drafter', drafter])
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('is no drafter for this model') })
  })

  it('measures what it foretold', async () => {
    const { code, out } = await model([tiny, '--measure', '--json'])
    expect(code).toBe(0)
    const { measured } = z
      .object({ measured: z.object({ bytes: z.number(), predictedBytes: z.number() }) })
      .parse(JSON.parse(out))
    expect(measured.bytes).toBeGreaterThan(measured.predictedBytes / 2) // a model of 2 MB drowns in Node's own memory
  })

  it('refuses a file that is no model, a second file, and none', async () => {
    const broken = path.join(folder, 'broken.gguf')
    writeFileSync(broken, 'GGUF')
    expect(await model([broken])).toMatchObject({ code: 1, err: expect.stringContaining('truncated') })
    expect(await model([tiny, tiny])).toMatchObject({ code: 2, err: expect.stringContaining('Expected one file') })
    expect(await model([])).toMatchObject({ code: 2, err: expect.stringContaining('found nothing') })
  })
})

describe('hearth model fetch', () => {
  it('knows its names, and says what to do where python3 is not there', async () => {
    const unknown = await model(['fetch', 'gemma9', '--to', folder])
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('gemma3-270m') })
    const bare = await model(['fetch', 'gemma3-270m', '--to', folder], { PATH: folder })
    expect(bare).toMatchObject({ code: 1, err: expect.stringContaining('Install Python 3') })
  })

  it('keeps nothing where what pip gives is not what was expected', async () => {
    const bin = mkdtempSync(path.join(folder, 'bin-'))
    writeFileSync(path.join(bin, 'python3'), '#!/bin/sh\nmkdir -p "$7/unpacked"\nexit 0\n', { mode: 0o755 })
    const wrong = await model(['fetch', 'gemma3-270m', '--to', bin], { PATH: `${bin}:/usr/bin:/bin` })
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('nothing was kept') })
  })
})
