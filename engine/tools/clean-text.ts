// engine/tools/clean-text.ts: text from outside, made fit to be shown and read: no escape sequences, no invisible
// characters, no half characters, and never too much of it.

/** What a model is told of one result, in UTF-16 units. */
export const toldLimit = 12_000
/** What of a result is kept for the screen. */
export const shownLimit = 4000

// ECMA-48: CSI and OSC sequences with their ends, other two-character escapes, and lone 8-bit introducers.
const escapes = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
    '\\u001b[ -/]*[0-~]',
    '\\u001b',
  ].join('|'),
  'g',
)
/** Control characters except tab and line feed; BiDi controls and zero-width characters, which hide what is written. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu

/** A progress line is written over itself by carriage returns: only its last state was meant to be seen. */
const overwritten = /^.*\r(?!\n|$)/gm

export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(overwritten, '')
    .replaceAll('\r', '')
    .replace(escapes, '')
    .replace(invisible, '')
}

export type Cut = { readonly text: string; readonly cut: boolean }

/** At most `limit` UTF-16 units, with a word about the rest. Never half a character. */
export function cutText(text: string, limit: number): Cut {
  if (text.length <= limit) return { text, cut: false }
  const kept = text
    .slice(0, limit)
    .toWellFormed()
    .replace(/\ufffd$/, '')
  return { text: `${kept}\n[cut: ${(text.length - limit).toLocaleString('en')} more characters]`, cut: true }
}

/** A word of a person or a program for one line: no line breaks, at most `limit` long. */
export function oneLine(text: string, limit = 80): string {
  const line = cleanText(text).replace(/\s+/g, ' ').trim()
  return line.length <= limit ? line : `${line.slice(0, limit - 1).toWellFormed()}…`
}

/** Whether bytes are text in UTF-8: no NUL and no broken sequence (a character cut off at the end is none). */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return null
  }
}

/** Every text inside a value, cleaned; keys too. Depth and number are bounded, so a hostile value ends. */
export function cleanValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'boolean' || value === null) return value
  if (depth > 20) return '…'
  if (Array.isArray(value)) return value.slice(0, 1000).map((inner) => cleanValue(inner, depth + 1))
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, 1000)
        .map(([key, inner]) => [oneLine(key, 200), cleanValue(inner, depth + 1)]),
    )
  return null
}
