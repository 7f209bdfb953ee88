import { afterAll, describe, expect, it } from 'vitest'
import type { Constraint } from './inference.ts'
import { createNativeInference } from './native-inference.ts'
import { builtAddon, goldenModelPath } from './testing.ts'

const inference = await createNativeInference(builtAddon(), goldenModelPath('e2b-f32'), { contextTokens: 1024 })
const session = inference.createSession()
const prompt = inference.encode('Answer:', { bos: true, markers: 'none' })
const never = new AbortController().signal
afterAll(() => inference.close())

async function reply(constraint: Constraint, seed: number, maxTokens = 200) {
  let text = ''
  const sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1.1, seed }
  const result = await session.generate(
    { tokens: prompt, maxTokens, sampling, constraint },
    (piece) => {
      text += piece.text
    },
    never,
  )
  return { text, stop: result.stop, newTokens: result.newTokens }
}

const tool = {
  type: 'object',
  properties: {
    name: { enum: ['search', 'open', 'größer'] },
    query: { type: 'string', maxLength: 12 },
    count: { type: 'integer', minimum: 1, maximum: 20 },
    tags: { type: 'array', items: { type: ['boolean', 'null'] }, maxItems: 3 },
  },
  required: ['name', 'count'],
  additionalProperties: false,
}

describe('a constrained reply', () => {
  it('parses and has the shape of the schema, at any temperature', async () => {
    let whole = 0
    for (let seed = 0; seed < 60; seed++) {
      const { text, stop } = await reply({ jsonSchema: tool }, seed)
      if (stop !== 'end') continue
      whole++
      const value = JSON.parse(text) as Record<string, unknown>
      expect(Object.keys(tool.properties)).toEqual(expect.arrayContaining(Object.keys(value)))
      expect(tool.properties.name.enum).toContain(value.name)
      expect(Number.isInteger(value.count) && Number(value.count) >= 1 && Number(value.count) <= 20).toBe(true)
      if (value.query !== undefined) expect([...String(value.query)].length).toBeLessThanOrEqual(12)
      if (value.tags !== undefined) {
        const tags = value.tags as unknown[]
        expect(tags.length).toBeLessThanOrEqual(3)
        expect(tags.every((tag) => tag === null || typeof tag === 'boolean')).toBe(true)
      }
    }
    expect(whole).toBe(60)
  })

  it('parses for any value at all, where it was not cut', async () => {
    let whole = 0
    for (let seed = 0; seed < 40; seed++) {
      const { text, stop } = await reply({ jsonSchema: true }, seed, 60)
      if (stop !== 'end') continue
      whole++
      expect(() => JSON.parse(text)).not.toThrow()
    }
    expect(whole).toBeGreaterThan(5)
  })

  it.each(['[a-f]{3,6}', '(yes|no), [A-Z]\\w{0,4}!', '\\d{4}-\\d{2}', '[^\\s"]{1,3}'])('matches %s', async (regex) => {
    for (let seed = 0; seed < 10; seed++) {
      const { text, stop } = await reply({ regex }, seed)
      expect(stop).toBe('end')
      expect(text).toMatch(new RegExp(`^(?:${regex})$`, 'u'))
    }
  })

  it('is one of the choices, and does not depend on a seed when greedy', async () => {
    const choice = ['alpha', 'alphabet', 'beta', 'naïve']
    const seen = new Set<string>()
    for (let seed = 0; seed < 40; seed++) seen.add((await reply({ choice }, seed)).text)
    expect(choice).toEqual(expect.arrayContaining([...seen]))
    expect(seen.size).toBeGreaterThan(1)
  })

  it('is refused with the place of what is not supported', async () => {
    await expect(reply({ jsonSchema: { type: 'object', properties: { a: { not: {} } } } }, 0)).rejects.toThrow(
      /#\/properties\/a.*`not`/,
    )
    await expect(reply({ regex: '(?=a)b' }, 0)).rejects.toThrow(/look-ahead/)
    await expect(reply({ choice: [] }, 0)).rejects.toThrow(/1 to/)
    expect((await reply({ choice: ['ok'] }, 0)).text).toBe('ok')
  })
})
