// assets/kindling/grade.test.ts: the checks judge rightly, and the shipped file passes about as often as its report says.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { grade, judge, withScores } from './grade.ts'

const folder = import.meta.dirname
const report = z.object({
  file: z.string(),
  bytes: z.number(),
  skills: z.record(z.string(), z.object({ passed: z.number(), of: z.number() })),
})

describe('judge', () => {
  test('a call passes only with exactly these arguments, keys sorted', () => {
    const check = { call: 'add_reminder', args: { when: 'tonight', text: 'lock the shed' } }
    const said = (text: string) =>
      `<|tool_call>call:add_reminder{text:<|"|>${text}<|"|>,when:<|"|>tonight<|"|>}<tool_call|><|tool_response>`
    expect(judge(check, said('lock the shed'), true)).toBe(true)
    expect(judge(check, said('lock the shed.'), true)).toBe(false)
    expect(judge(check, said('lock the shed'), false)).toBe(false)
  })

  test('a call that nobody asked for fails, whatever it says', () => {
    expect(judge({ any: ['paris'] }, '<|tool_call>call:search_notes{query:<|"|>Paris<|"|>}<tool_call|>', true)).toBe(
      false,
    )
    expect(judge({ any: ['paris'] }, 'That is Paris.<turn|>', true)).toBe(true)
  })

  test('exact text is exact, and JSON is compared by value', () => {
    expect(judge({ exact: '- a\n- b' }, '- a\n- b<turn|>', true)).toBe(true)
    expect(judge({ exact: '- a\n- b' }, '- a\n-b<turn|>', true)).toBe(false)
    expect(judge({ json: { a: 1, b: null } }, '{"b": null, "a": 1}<turn|>', true)).toBe(true)
    expect(judge({ json: { a: 1 } }, '{"a": "1"}<turn|>', true)).toBe(false)
    expect(judge({ json: { a: 1 } }, '{"a": 1', true)).toBe(false)
  })

  test('all of some texts must occur, and one of others', () => {
    expect(judge({ all: ['7:42', 'train'] }, 'Your train leaves at 7:42.<turn|>', true)).toBe(true)
    expect(judge({ all: ['7:42', 'bus'] }, 'Your train leaves at 7:42.<turn|>', true)).toBe(false)
  })
})

test('the table of the model card is that of the report', () => {
  const card = readFileSync(path.join(folder, 'README.md'), 'utf8')
  const { skills } = report.parse(JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')))
  expect(withScores(card, skills)).toBe(card)
})

const addon = path.join(folder, '..', '..', 'build', 'hearth.node')

describe.skipIf(!existsSync(addon))('the shipped file', () => {
  test('passes as often as its report says, on every eighth item', async () => {
    const { file, bytes, skills } = report.parse(JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')))
    const sample = await grade(path.join(folder, '..', file), { every: 8 })
    expect(sample.bytes).toBe(bytes)
    const rate = (of: Record<string, { passed: number; of: number }>) => {
      const single = Object.entries(of).filter(([name]) => name !== 'hand')
      const total = (key: 'passed' | 'of') => single.reduce((sum, [, score]) => sum + score[key], 0)
      return total('passed') / total('of')
    }
    expect(rate(sample.skills)).toBeGreaterThan(rate(skills) - 0.1)
  }, 120_000)
})
