import { expect, test } from 'vitest'
import { titleOf } from './title.ts'

test.each([
  ['Hi', 'Hi'],
  ['  How do\n\nI  bake? ', 'How do I bake?'],
  ['What is the best way to learn the piano, as a grown-up?', 'What is the best way to learn the piano…'],
  ['exactly forty characters are in this one!', 'exactly forty characters are in this…'],
  [`https://example.org/${'x'.repeat(100)}`, `https://example.org/${'x'.repeat(20)}…`],
  ['日'.repeat(60), `${'日'.repeat(40)}…`],
  ['👩‍👩‍👧'.repeat(41), `${'👩‍👩‍👧'.repeat(40)}…`],
  [' \n ', 'Untitled'],
])('the title of %j is %j', (text, title) => expect(titleOf(text)).toBe(title))

test('a message of megabytes has a title at once', () => {
  expect(titleOf('word '.repeat(800_000)).length).toBeLessThanOrEqual(41)
})
