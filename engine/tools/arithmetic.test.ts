// engine/tools/arithmetic.test.ts: sums against values worked out by hand, and what is refused.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate, SumError, toDecimal } from './arithmetic.ts'

const decimal = (text: string) => toDecimal(evaluate(text)).text

test.each([
  ['12*7', '84'],
  ['0.1+0.2', '0.3'],
  ['340*17/100', '57.8'],
  ['17% of 340', '57.8'],
  ['1,234,567 + 1', '1234568'],
  ['-2^2', '-4'],
  ['2^3^2', '512'],
  ['2^-2', '0.25'],
  ['(1+2)*(3-4)', '-3'],
  ['10/4', '2.5'],
  ['10/3', '3.3333'],
  ['-10/3', '-3.3333'],
  ['2/3', '0.6667'],
  ['12 × 7 ÷ 2 − 1', '41'],
  ['3 x 4', '12'],
  ['7 mod 3', '1'],
  ['-7 mod 3', '2'],
  ['sqrt(144)', '12'],
  ['sqrt(2)', '1.4142'],
  ['16^0.5', '4'],
  ['round(2.5) + floor(-1.5) + ceil(1.2)', '3'],
  ['max(1, 5, 3) - min(4, 2)', '3'],
  ['2^200', '1606938044258990275541962092341162602522202993782792835301376'],
  ['99999999999999999999 + 1', '100000000000000000000'],
])('%s is %s', (sum, result) => {
  expect(decimal(sum)).toBe(result)
})

test.each([
  '',
  '1+',
  '1/0',
  '(1',
  '1)',
  'process.exit(1)',
  'a',
  '2^0.3',
  '9^9^9^9',
  '1 2',
  'constructor(1)',
  '$',
  '('.repeat(500),
])('%s is refused with a sentence', (sum) => {
  expect(() => evaluate(sum)).toThrow(SumError)
})

test('sums of whole numbers are those of whole numbers, and division undoes multiplication', () => {
  const number = fc.integer({ min: -100_000, max: 100_000 })
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      expect(decimal(`${a}+${b}*${c}-(${a})`)).toBe(String(BigInt(b) * BigInt(c)))
      if (b !== 0) expect(decimal(`(${a})*(${b})/(${b})`)).toBe(String(a))
    }),
  )
})
