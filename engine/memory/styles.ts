// engine/memory/styles.ts: wishes about how replies are written, by their words. One topic has one wish at a time.

/** Without it: "no bullet points", "stop using emoji". */
export const without = String.raw`\b(?:no(?: more)?|never(?: use)?|without|stop(?: using)?|avoid(?: using)?|don't use|do not use|hate|dislike)`

/** Of two that fit, the first counts. */
type Style = {
  readonly topic: string
  readonly says: RegExp
  /** True: says what it is against, so a "no" belongs to it. */
  readonly negated?: true
  readonly prefers: string
}
const styles: readonly Style[] = [
  {
    topic: 'format',
    says: new RegExp(`${without} (?:bullets?|bullet[- ]points?|lists)\\b`, 'i'),
    negated: true,
    prefers: 'prose',
  },
  { topic: 'emoji', says: new RegExp(`${without} emojis?\\b`, 'i'), negated: true, prefers: 'no emoji' },
  {
    topic: 'length',
    says: new RegExp(`${without} (?:long|lengthy)\\b|\\btoo long\\b`, 'i'),
    negated: true,
    prefers: 'short answers',
  },
  {
    topic: 'length',
    says: new RegExp(`${without} short\\b|\\btoo short\\b`, 'i'),
    negated: true,
    prefers: 'long answers',
  },
  { topic: 'tone', says: /\binformal(?:ly)?\b|\bcasual(?:ly)?\b/i, prefers: 'an informal tone' },
  {
    topic: 'length',
    says: /\b(?:short(?:er)?|brief(?:er|ly)?|concise(?:ly)?|terse|to the point)\b/i,
    prefers: 'short answers',
  },
  {
    topic: 'length',
    says: /\b(?:long(?:er)?|detailed|in depth|more detail|thorough(?:ly)?|at length)\b/i,
    prefers: 'long answers',
  },
  { topic: 'format', says: /\b(?:bullets?|bullet[- ]points?|bulleted|lists?)\b/i, prefers: 'bullet points' },
  { topic: 'format', says: /\b(?:prose|paragraphs)\b/i, prefers: 'prose' },
  { topic: 'units', says: /\b(?:metric|celsius|kilomet(?:er|re)s?|centimet(?:er|re)s?)\b/i, prefers: 'metric units' },
  { topic: 'units', says: /\b(?:imperial|fahrenheit|miles|inches)\b/i, prefers: 'imperial units' },
  { topic: 'clock', says: /\b24[- ]?hour\b/i, prefers: 'the 24-hour clock' },
  { topic: 'clock', says: /\b12[- ]?hour\b/i, prefers: 'the 12-hour clock' },
  { topic: 'spelling', says: /\bBritish (?:English|spelling)\b/i, prefers: 'British spelling' },
  { topic: 'spelling', says: /\bAmerican (?:English|spelling)\b/i, prefers: 'American spelling' },
  { topic: 'emoji', says: /\bemojis?\b/i, prefers: 'emoji' },
  { topic: 'tone', says: /\bformal(?:ly)?\b/i, prefers: 'a formal tone' },
  { topic: 'words', says: /\b(?:plain|simple) (?:words|language|English)\b/i, prefers: 'plain words' },
]

const isNegative = new RegExp(`${without}\\b|\\bnot\\b`, 'i')

/** The style that a wish is about; null where it is about something else, or against something that has no opposite. */
export function styleOf(wish: string): { readonly topic: string; readonly prefers: string } | null {
  const found = styles.find(({ says }) => says.test(wish))
  if (found === undefined) return null
  return isNegative.test(wish) && found.negated !== true ? null : { topic: found.topic, prefers: found.prefers }
}
