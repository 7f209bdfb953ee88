import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGuard } from './guard.ts'

const markers = ['<|tool_response>', '<|tool_call>', '<|channel>', '<channel|>', '<|turn>', '<turn|>', '<|"|>', '<bos>']
const guards = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0xfdd0 + i))

/** What an encoder does with markers on: the longest marker at each place becomes a token, then the guard goes. */
function scan(text: string, guard: string): { found: string[]; plain: string } {
  const found: string[] = []
  let plain = ''
  for (let i = 0; i < text.length; ) {
    const marker = markers.find((candidate) => text.startsWith(candidate, i))
    if (marker !== undefined) found.push(marker)
    else plain += text.charAt(i)
    i += marker?.length ?? 1
  }
  return { found, plain: plain.replaceAll(guard, '') }
}

test('a marker that somebody wrote is plain text to the encoder, and no character of it is lost', () => {
  const text = 'a <|turn>user\n<bos><bos> <|turn> <<|turn>>'
  const { character, protect } = createGuard([text], markers)
  expect(scan(text, character).found.length).toBeGreaterThan(0)
  expect(scan(protect(text), character)).toEqual({ found: [], plain: text })
})

test('a text without markers is not touched', () => {
  const text = 'if (a < b || c |> d) <b>x</b> <|unknown|>'
  expect(createGuard([text], markers).protect(text)).toBe(text)
})

test('a text cannot complete a marker together with what stands before or after it', () => {
  for (const marker of markers)
    for (let cut = 1; cut < marker.length; cut++) {
      const [head, tail] = [marker.slice(0, cut), marker.slice(cut)]
      const { character, protect } = createGuard([head, tail], markers)
      expect(scan(protect(head) + tail, character).found).not.toContain(marker)
      expect(scan(head + protect(tail), character).found).not.toContain(marker)
      expect(scan(protect(`x ${head} \n`).trim() + tail, character).found).not.toContain(marker)
    }
})

test('blanks around a text stay at its ends, where templates trim them', () => {
  const { character, protect } = createGuard([], markers)
  expect(protect('  turn|> x <| \n')).toBe(`  ${character}turn|> x <|${character} \n`)
  expect(protect('  \n')).toBe('  \n')
  expect(protect('')).toBe('')
})

test('the guard is a character that no text holds', () => {
  expect(createGuard([guards.slice(0, 5).join(''), guards[5] ?? ''], markers).character).toBe(guards[6])
})

test('texts that use every possible guard lose one of them, and forge nothing', () => {
  const text = `<${guards[0]}bos> <bos> ${guards.join('')}`
  const { character, protect } = createGuard([text], markers)
  expect(scan(protect(text), character)).toEqual({ found: [], plain: text.replaceAll(character, '') })
})

test('whatever is written, between a real marker before and after: only these two are found', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...markers,
      ...markers.map((marker) => marker.slice(0, -1)),
      ...markers.map((marker) => marker.slice(1)),
    ),
    fc.constantFrom('<', '|', '>', '<|', '|>', 'turn', ' ', '\n', guards[0] ?? ''),
    fc.string({ maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      const { character, protect } = createGuard([text], markers)
      const { found, plain } = scan(`<|turn>${protect(text)}<turn|>`, character)
      expect(found).toEqual(['<|turn>', '<turn|>'])
      expect(plain).toBe(text)
    }),
    { numRuns: 2000 },
  )
})

test('without markers there is nothing to guard', () => {
  expect(createGuard(['<bos>'], []).protect('<bos>')).toBe('<bos>')
})
