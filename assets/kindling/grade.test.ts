// assets/kindling/grade.test.ts: the checks judge rightly, and the shipped file passes about as often as its report says.
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { grade, isClaimed, judge, sha256Of, withScores } from './grade.ts'

const folder = import.meta.dirname
const scores = z.record(z.string(), z.object({ passed: z.number(), of: z.number() }))
const reportForm = z.object({ file: z.string(), bytes: z.number(), sha256: z.string(), skills: scores, byHand: scores })
const report = reportForm.parse(JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')))

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

test('the tables of the model card are those of the report', () => {
  const card = readFileSync(path.join(folder, 'README.md'), 'utf8')
  expect(withScores(card, report)).toBe(card)
})

describe('the report', () => {
  test('is about the file that ships, byte for byte', () => {
    const shipped = path.join(folder, '..', report.file)
    expect(report.file).toBe('models/kindling.gguf')
    expect(statSync(shipped).size).toBe(report.bytes)
    expect(sha256Of(shipped)).toBe(report.sha256)
  })

  test('has nothing in it that is not claimed, and four of five prompts written by hand', () => {
    const { hand, ...generated } = report.skills
    expect(Object.keys(generated).length).toBeGreaterThanOrEqual(20)
    expect(Object.entries(generated).filter(([, score]) => !isClaimed(score))).toEqual([])
    expect(hand?.of).toBeGreaterThanOrEqual(200)
    expect((hand?.passed ?? 0) / (hand?.of ?? 1)).toBeGreaterThanOrEqual(0.8)
    const groups = Object.values(report.byHand)
    expect(groups.reduce((sum, { of }) => sum + of, 0)).toBe(hand?.of)
    expect(groups.reduce((sum, { passed }) => sum + passed, 0)).toBe(hand?.passed)
  })

  test('has every skill of the training mix', () => {
    const mix = readFileSync(path.join(folder, 'generators', 'mix.py'), 'utf8')
    const weights = /^WEIGHTS = \{([\s\S]*?)\}/m.exec(mix)?.[1] ?? ''
    const names = [...weights.matchAll(/"(\w+)":/g)].map(([, name]) => (name === 'small' ? 'small_talk' : name))
    const { hand: _, ...generated } = report.skills
    expect(names.toSorted()).toEqual(Object.keys(generated).toSorted())
  })
})

const addon = path.join(folder, '..', '..', 'build', 'hearth.node')

describe.skipIf(!existsSync(addon))('the shipped file [skipped: build/hearth.node is not there]', () => {
  test('passes as often as its report says, on every eighth item', async () => {
    const { file, bytes, skills } = report
    const sample = await grade(path.join(folder, '..', file), { every: 8 })
    expect(sample.bytes).toBe(bytes)
    const rate = (of: typeof skills) => {
      const each = Object.values(of)
      const total = (key: 'passed' | 'of') => each.reduce((sum, score) => sum + score[key], 0)
      return total('passed') / total('of')
    }
    expect(rate(sample.skills)).toBeGreaterThan(rate(skills) - 0.1)
  }, 120_000)
})
