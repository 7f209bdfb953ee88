import { expect, test } from 'vitest'
import { createSpokenText } from './spoken-text.ts'

// 1 and 2 are the markers, any other token is plain.
const model = {
  encode: (text: string) => (text === '<|channel>' ? [1] : text === '<channel|>' ? [2] : [...text].map(() => 9)),
}
const said = (...pieces: [tokens: number[], text: string][]) => {
  const speak = createSpokenText(model)
  return pieces.map(([tokens, text]) => speak({ tokens, text })).join('')
}

test('a thought is left out, in one piece or in many, empty or not, once or twice', () => {
  expect(said([[1, 9, 2, 9], '<|channel>thought\n<channel|>Yes.'])).toBe('Yes.')
  expect(said([[1], '<|channel>'], [[9], 'thought\nhm'], [[9, 2, 9], '.<channel|>Ye'], [[9], 's.'])).toBe('Yes.')
  expect(said([[9, 1, 9, 2, 9], 'A<|channel>x<channel|>B'], [[1, 9, 2], '<|channel>y<channel|>'], [[9], 'C'])).toBe(
    'ABC',
  )
  expect(said([[1, 1, 9, 2, 9], '<|channel><|channel>x<channel|>A'])).toBe('A')
})

test('a thought that never ends shows nothing, and a stray end hides nothing', () => {
  expect(said([[1, 9], '<|channel>thought\nfor ever'], [[9], ' and ever'])).toBe('')
  expect(said([[9, 2, 9], 'A<channel|>B'])).toBe('AB')
})

test('the characters of a marker as plain words stay', () => {
  expect(said([[9, 9, 9], 'Write <|channel> and'], [[9], ' <channel|>.'])).toBe('Write <|channel> and <channel|>.')
})

test('a model without these markers says everything', () => {
  const speak = createSpokenText({ encode: (text) => [...text].map(() => 9) })
  expect(speak({ tokens: [9], text: '<|channel>a<channel|>' })).toBe('<|channel>a<channel|>')
})
