// engine/prompt/guard.ts: text that a person or a model wrote can never become a control token.
//
// A chat template is rendered as one string and encoded with markers on, so `<|turn>` from the template becomes its
// token. The same characters in a message must not. So a guard, a character that occurs in no message, goes inside every
// marker text of a message: the encoder then finds no marker there, and removes the guard.

/** Noncharacters that Unicode keeps for a program's own use (Unicode 15, §23.7): never part of a text that means anything. */
const firstGuard = 0xfdd0
const lastGuard = 0xfdef

export type Guard = {
  readonly character: string
  /** `text` with the guard wherever it is needed, and nothing else changed. */
  protect(text: string): string
}

/**
 * A guard for these texts. `markers`: what the encoder would recognise.
 * If the texts use all 32 characters, the first is taken and removed from them: it means nothing.
 */
export function createGuard(texts: readonly string[], markers: readonly string[]): Guard {
  const candidates = Array.from({ length: lastGuard - firstGuard + 1 }, (_, i) => String.fromCharCode(firstGuard + i))
  const free = candidates.find((candidate) => !texts.some((text) => text.includes(candidate)))
  const character = free ?? String.fromCharCode(firstGuard)
  const inside = markerStarts(markers)
  const { heads, tails } = fragments(markers)

  const protect = (text: string): string => {
    let guarded = free === undefined ? text.replaceAll(character, '') : text
    if (inside !== null) guarded = guarded.replace(inside, `$&${character}`)
    return guardEnds(guarded)
  }

  /** A text may also complete a marker together with what the template puts before or after it. */
  const guardEnds = (text: string): string => {
    const start = text.length - text.trimStart().length
    const end = text.trimEnd().length
    if (end === 0) return text
    const body = text.slice(start, end)
    const before = tails.some((tail) => body.startsWith(tail)) ? character : ''
    const after = heads.some((head) => body.endsWith(head)) ? character : ''
    return text.slice(0, start) + before + body + after + text.slice(end)
  }
  return { character, protect }
}

/** Finds the first character of every marker text; null where there are no markers. */
function markerStarts(markers: readonly string[]): RegExp | null {
  const byFirst = Map.groupBy(
    markers.filter((marker) => marker !== ''),
    (marker) => String.fromCodePoint(marker.codePointAt(0) ?? 0),
  )
  if (byFirst.size === 0) return null
  const groups = [...byFirst].map(
    ([first, all]) => `${quoted(first)}(?=${all.map((marker) => quoted(marker.slice(first.length))).join('|')})`,
  )
  return new RegExp(groups.join('|'), 'gu')
}

/** Proper beginnings and ends of markers. */
function fragments(markers: readonly string[]): { heads: string[]; tails: string[] } {
  const heads = new Set<string>()
  const tails = new Set<string>()
  for (const marker of markers)
    for (let i = 1; i < marker.length; i++) {
      heads.add(marker.slice(0, i))
      tails.add(marker.slice(i))
    }
  return { heads: [...heads], tails: [...tails] }
}

const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
