import { describe, expect, it } from 'vitest'
import { createByteTokenizer } from './byte-tokenizer.ts'

const { encode, decode, markers } = createByteTokenizer()

describe('the byte tokenizer', () => {
  it.each(['', 'plain', 'größer 🙂\n', '<|turn>user\nhi<turn|>', '<|turn', '<|tool_call>x'])(
    'gives %j back',
    (text) => {
      for (const mode of ['all', 'text', 'none'] as const)
        expect(decode(encode(text, { bos: false, markers: mode }))).toBe(text)
    },
  )

  it('makes a marker one token only where markers are on', () => {
    const lengths = (['all', 'text', 'none'] as const).map(
      (mode) => encode('<|turn>', { bos: false, markers: mode }).length,
    )
    expect(lengths).toEqual([1, 7, 7])
    expect(encode('<|tool_call>', { bos: false, markers: 'text' })).toHaveLength(1)
  })

  it('removes the guard after it has matched markers', () => {
    const guarded = encode('<|tu\ufdd0rn>', { bos: true, markers: 'all', guard: '\ufdd0' })
    expect(guarded).toHaveLength(1 + '<|turn>'.length)
    expect(decode(guarded)).toBe('<bos><|turn>')
  })

  it('lists its markers longest first', () => {
    expect(markers.map(({ length }) => length)).toEqual(markers.map(({ length }) => length).sort((a, b) => b - a))
  })
})
