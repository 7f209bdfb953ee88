// engine/sessions/title.ts: a conversation's name until the person gives it one.

const longest = 40
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The first words of `text`, about 40 characters, cut between words. */
export function titleOf(text: string): string {
  // The beginning is enough, and a text of megabytes is not taken apart for it.
  const line = text.slice(0, 1000).toWellFormed().replace(/\s+/gu, ' ').trim()
  if (line === '') return 'Untitled'
  const first = Array.from(characters.segment(line), ({ segment }) => segment).slice(0, longest + 1)
  if (first.length <= longest) return first.join('')
  const cut = first.lastIndexOf(' ')
  // One word that fills half the title or more is cut anywhere: a link, or a script without spaces.
  const kept = cut > longest / 2 ? first.slice(0, cut) : first.slice(0, longest)
  return `${kept.join('').replace(/[\s,;:.–-]+$/u, '')}…`
}
