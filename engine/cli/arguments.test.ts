import { describe, expect, it } from 'vitest'
import { nearestWord, parseArguments, UsageError } from './arguments.ts'

const flags = { text: { value: 'TEXT', help: '' }, max: { value: 'N', help: '' }, fast: { help: '' } }
const parse = (...argv: string[]) => parseArguments(argv, flags, ['-'])

describe('arguments', () => {
  it('take a value that begins with a dash, an empty one, and one after =', () => {
    expect(parse('--text', '--fast').text('text')).toBe('--fast')
    expect(parse('--text', '').text('text')).toBe('')
    expect(parse('--text=a=b').text('text')).toBe('a=b')
    expect(parse('--text', '-', '-').positionals).toEqual(['-'])
  })

  it.each([
    [['--txt', 'a'], 'There is no flag --txt; did you mean --text?'],
    [['--zzzzzz'], 'There is no flag --zzzzzz.'],
    [['-q'], 'There is no flag -q.'],
    [['--text'], '--text expected a value (--text TEXT), found nothing.'],
    [['--fast=1'], '--fast is a switch and takes no value, found "1".'],
    [['word'], 'Expected flags only, found "word". Values with spaces need quotes.'],
    [['--constructor'], 'There is no flag --constructor.'],
  ])('refuse %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(new UsageError(message))
  })

  it.each(['', 'x', '1x', '0x10', 'NaN', 'Infinity', '1.5', '-1', '11', ' 1'])(
    'refuse %j as a whole number up to 10',
    (value) => {
      expect(() => parse('--max', value).integer('max', { least: 0, most: 10 })).toThrow(
        `a whole number from 0 to 10, found "${value}"`,
      )
    },
  )

  it('read numbers and choices', () => {
    expect(parse('--max', '7').integer('max', { least: 0, most: 10 })).toBe(7)
    expect(parse('--max', '.5').number('max', { least: 0, most: 10 })).toBe(0.5)
    expect(parse('--max', '1e-3').number('max', { least: 0, most: 10 })).toBe(0.001)
    expect(parse().integer('max', { least: 0, most: 10 })).toBeUndefined()
    expect(parse('--text', 'f16').choice('text', ['f16', 'f32'])).toBe('f16')
    expect(() => parse('--text', 'f8').choice('text', ['f16', 'f32'])).toThrow(
      '--text expected f16 or f32, found "f8".',
    )
  })

  it('find the nearest word', () => {
    expect(nearestWord('tokenise', ['tokenize', 'generate'])).toBe('tokenize')
    expect(nearestWord('gen', ['tokenize', 'generate'])).toBe('generate')
    expect(nearestWord('xyz', ['tokenize', 'generate'])).toBeUndefined()
  })
})
