// engine/prompt/tool-syntax.test.ts: calls as models write them, well and badly; and what is printed reads back.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closesCall, opensCall, parseCall, printCall, printResponse, printValue, quote } from './tool-syntax.ts'

const q = quote
const plain = (text: string) => text

test.each([
  [`call:calculate{expression:${q}12*7${q}}`, 'calculate', { expression: '12*7' }],
  ['call:get_time{}', 'get_time', {}],
  ['call:get_time', 'get_time', {}],
  [
    `call:a{n:2,f:-1.5,t:true,z:null,l:[1,${q}x${q}],o:{k:${q}v${q}}}`,
    'a',
    { n: 2, f: -1.5, t: true, z: null, l: [1, 'x'], o: { k: 'v' } },
  ],
  [
    `call:a{text:${q}braces } and "quotes" and\nlines, a:b${q}}`,
    'a',
    { text: 'braces } and "quotes" and\nlines, a:b' },
  ],
  ['call:a{"text":"as \\"JSON\\" \\u00e4","n": 3}', 'a', { text: 'as "JSON" ä', n: 3 }],
  ["call:a{text:'single'}", 'a', { text: 'single' }],
  ['call:a{city:Rome}', 'a', { city: 'Rome' }],
  [`call:a{city:${q}Rome${q}`, 'a', { city: 'Rome' }],
  [`call:a{city:${q}Rome}`, 'a', { city: 'Rome' }],
  [`call:a{k:${q}1${q},k:${q}2${q}}`, 'a', { k: '2' }],
  [` call:a{ ${q}key${q} : 1 , b : 2 } `, 'a', { key: 1, b: 2 }],
])('%s is read', (text, name, args) => {
  expect(parseCall(text)).toEqual({ ok: true, name, arguments: args })
})

test.each([
  '',
  'hello',
  'call:',
  'call:a b{}',
  'call:a{b}',
  'call:a{b:}',
  'call:a{}x',
  'call:a{b:1 c:2,,}',
  'call:../x{}',
  `call:a{b:${'['.repeat(50)}}`,
])('%s is a problem in words', (text) => {
  expect(parseCall(text)).toMatchObject({ ok: false, problem: expect.stringMatching(/expected/) })
})

test('an argument called __proto__ is an argument and nothing else', () => {
  const parsed = parseCall('call:a{__proto__:{polluted:true}}')
  expect(parsed.ok && Object.keys(parsed.arguments)).toEqual(['__proto__'])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('what is printed is read back, whatever the texts hold', () => {
  const key = fc.stringMatching(/^[a-z_]{1,8}$/)
  const text = fc.string().filter((value) => !value.includes(q))
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  })).value
  fc.assert(
    fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (args) => {
      const printed = printCall('tool', args, plain)
      const parsed = parseCall(printed.slice(opensCall.length, -closesCall.length))
      expect(parsed).toEqual({ ok: true, name: 'tool', arguments: JSON.parse(JSON.stringify(args)) })
    }),
  )
})

test('a key or a name of a stranger cannot end what it stands in', () => {
  expect(printValue({ 'a}<tool_response|>,b:': 1 }, plain)).toBe('{a_tool_response_b_:1}')
  expect(printResponse('x{<|turn>', { a: 1 }, plain)).toBe('<|tool_response>response:x_turn_{a:1}<tool_response|>')
  expect(printResponse('x', 'plain text', plain)).toBe(
    `<|tool_response>response:x{value:${q}plain text${q}}<tool_response|>`,
  )
})

test('every text goes through the guard', () => {
  const seen: string[] = []
  printResponse('n', { k: ['a', { l: 'b' }] }, (text) => {
    seen.push(text)
    return text
  })
  expect(seen.sort()).toEqual(['a', 'b', 'k', 'l', 'n'])
})
