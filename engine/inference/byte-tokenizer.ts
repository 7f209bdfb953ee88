// engine/inference/byte-tokenizer.ts: a reversible tokenizer for tests: one token a byte, and a few markers.
// It follows the same rules as the real one: markers are matched longest first, a guard goes after the matching.
import type { EncodeOptions } from './inference.ts'

const controlMarkers = ['<bos>', '<eos>', '<|turn>', '<turn|>', '<|channel>', '<channel|>'] as const
const textMarkers = ['<|tool_call>', '<tool_call|>'] as const
const firstMarker = 256
const allMarkers: readonly string[] = [...controlMarkers, ...textMarkers]
const longestFirst = (markers: readonly string[]) =>
  [...markers].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))

export type ByteTokenizer = {
  readonly size: number
  readonly specialTokens: { readonly bos: string; readonly eos: string }
  readonly markers: readonly string[]
  encode(text: string, options: EncodeOptions): number[]
  /** Markers are shown as their text, so `decode(encode(text))` is `text`. */
  decode(tokens: readonly number[]): string
}

export function createByteTokenizer(): ByteTokenizer {
  const markersFor = { all: longestFirst(allMarkers), text: longestFirst(textMarkers), none: [] }

  const encode = (text: string, { bos, markers, guard }: EncodeOptions): number[] => {
    const tokens = bos ? [firstMarker] : []
    for (const part of split(text, markersFor[markers])) {
      const marker = allMarkers.indexOf(part.text)
      if (part.marker) tokens.push(firstMarker + marker)
      else tokens.push(...new TextEncoder().encode(guard === undefined ? part.text : part.text.replaceAll(guard, '')))
    }
    return tokens
  }

  const decode = (tokens: readonly number[]): string => {
    const bytes = tokens.flatMap((token) => [
      ...new TextEncoder().encode(allMarkers[token - firstMarker] ?? ''),
      ...(token < firstMarker ? [token] : []),
    ])
    return new TextDecoder().decode(Uint8Array.from(bytes))
  }

  return {
    size: firstMarker + allMarkers.length,
    specialTokens: { bos: '<bos>', eos: '<eos>' },
    markers: markersFor.all,
    encode,
    decode,
  }
}

/** `text` cut into plain parts and markers, in order. */
function split(text: string, markers: readonly string[]): { readonly text: string; readonly marker: boolean }[] {
  const parts: { text: string; marker: boolean }[] = []
  let plainFrom = 0
  let at = 0
  while (at < text.length) {
    const marker = markers.find((candidate) => text.startsWith(candidate, at))
    if (marker === undefined) {
      at++
      continue
    }
    if (at > plainFrom) parts.push({ text: text.slice(plainFrom, at), marker: false })
    parts.push({ text: marker, marker: true })
    at += marker.length
    plainFrom = at
  }
  if (plainFrom < text.length) parts.push({ text: text.slice(plainFrom), marker: false })
  return parts
}
