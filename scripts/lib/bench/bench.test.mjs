// The pure parts of `npm run bench`: statistics, rows, table. No time is measured here.
import { describe, expect, test } from 'vitest'
import { columns, toCsv } from './csv.mjs'
import { isNoisy, median, pairedRatio, quantile } from './statistics.mjs'
import { compare, readRun, summarise, toTable } from './summary.mjs'

describe('statistics', () => {
  test('a quantile lies between neighbours in a straight line, whatever the order of the values', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(quantile([0, 10], 0.9)).toBe(9)
    expect(() => median([])).toThrow('found none')
  })

  test('a ratio is of the medians; its range is of the pairs', () => {
    expect(pairedRatio([10, 20, 60], [10, 10, 20])).toEqual({ ratio: 2, low: 1, high: 3 })
    expect(() => pairedRatio([1], [])).toThrow('found 1 and 0')
  })

  test('a series is noisy when its slow tenth takes half as long again as its middle', () => {
    expect(isNoisy([10, 10, 10, 10, 10])).toBe(false)
    expect(isNoisy([10, 10, 10, 30, 30])).toBe(true)
  })
})

describe('CSV', () => {
  test('quotes what would break a line, rounds to five digits and leaves empty what a row lacks', () => {
    const [head, line] = toCsv([{ machine: 'a "b", c', median: 1.23456789, pairs: 3 }]).split('\n')
    expect(head.split(',')).toEqual(columns)
    expect(line.startsWith(',,"a ""b"", c",,')).toBe(true)
    expect(line).toContain(',1.2346,,,3,')
  })

  test('refuses a column that nobody declared', () => {
    expect(() => toCsv([{ speed: 1 }])).toThrow('found speed')
  })
})

const output = (decode, one, four) =>
  [
    'a line of the library',
    '{"metric":"engine","name":"cpu","sound":true}',
    `{"metric":"decode","at":0,"ms":[${decode}],"probe":[20,30,40]}`,
    `{"metric":"rows","at":1,"ms":[${one}],"probe":[]}`,
    `{"metric":"rows","at":4,"ms":[${four}],"probe":[]}`,
    '{"metric":"memory","when":"end","peak_mb":100,"anon_mb":60,"file_mb":30}',
  ].join('\n')

describe('summary', () => {
  const runs = {
    hearth: [readRun(output('50,50', '50', '60')), readRun(output('100,100', '50', '80'))],
    peer: [readRun(output('100,100', '100', '250')), readRun(output('100,100', '100', '250'))],
  }
  const rows = [...summarise(runs, 1.5e9), ...compare(runs)]
  const find = (engine, metric, at) =>
    rows.find((row) => row.engine === engine && row.metric === metric && row.at === at)

  test('times become rates where work scales with tokens, with their share of the memory’s speed', () => {
    expect(find('hearth', 'decode', 0)).toMatchObject({ unit: 'tok/s', median: 15, low: 10, high: 20 })
    expect(find('hearth', 'decode', 0).share_of_probe).toBeCloseTo((15 * 1.5) / 30)
  })

  test('the cost of rows is what a pass over them costs in passes over one', () => {
    expect(find('hearth', 'cost-of-rows', 4)).toMatchObject({ median: 1.4, low: 1.2, high: 1.6 })
    expect(find('peer', 'cost-of-rows', 4)).toMatchObject({ median: 2.5 })
  })

  test('ratios are ours over theirs, and the table says which targets are met', () => {
    expect(find('hearth/peer', 'decode', 0)).toMatchObject({ median: 1.5, low: 1, high: 2 })
    const table = toTable(rows, 'e2b q4_0').split('\n')
    expect(table.find((line) => line.includes('decode 0'))).toContain('| 1.50 (1.00–2.00) | 1.08 / 1.2 | aim |')
    expect(table.find((line) => line.startsWith('| rows 4'))).toContain('| 0.28 (0.24–0.32) | 0.5 / 0.33 | aim |')
    expect(table.find((line) => line.startsWith('| peak-memory end'))).toContain(
      '| 1.00 (1.00–1.00) | 0.55 / 0.42 | no |',
    )
  })
})
