// engine/memory/words.ts: the words of a question that say what it is about.

const common = new Set(
  `a about above after again all also am an and any are as ask at be because been before being below but by call called can
  could did do does doing done down during each ever few for from further get give go going had has have having he hello help
  her here hers hey hi him his how i if im in into is isn it its itself just know let like ll make many may me might mine more
  most much must my myself need no nor not now of off ok on once one only or other our ours out over own please put re really
  remember s same say see shall she should show so some still such t take tell than thank thanks that the their them then
  there these they think this those through to too under until up us use used user user's using ve very want was way we well
  were what when where which while who whom whose why will with would you your yours write explain mean means find good best
  new thing things today`.split(/\s+/),
)

/** Lower case, without the words that every question has; each once, at most 24. */
export function contentWords(text: string): string[] {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[^\p{L}\p{N}']+/u)
    .map((word) => word.replace(/^'+|'s?$/g, ''))
    .filter((word) => word.length > 1 && !common.has(word))
  return [...new Set(words)].slice(0, 24)
}

/** The question is about the person: it says "my", "I" or "me". */
export const isPersonal = (question: string) =>
  /(?<![\p{L}\p{N}])(?:i|i'm|i’m|me|my|mine|myself|we|our|ours|us)(?![\p{L}\p{N}])/iu.test(question)

/** "What do you know about me?" */
export const asksForAll = (question: string) =>
  /\bwhat (?:all )?(?:do|have|did) you (?:know|remember|remembered|learn(?:ed|t)?|saved?|stored?)\b.*\b(?:me|memory)\b|\bwhat (?:is|'s) in your memory\b|\btell me (?:what|everything) you know about me\b/i.test(
    question,
  )

/** Roughly what a stemmer says: the same beginning, and little more. */
export function shareStem(left: string, right: string): boolean {
  if (left === right) return true
  const length = Math.min(left.length, right.length)
  if (length < 4) return false
  const head = Math.max(4, length - 2)
  return left.slice(0, head) === right.slice(0, head) && Math.abs(left.length - right.length) <= 4
}

/** Words that stand with a capital inside a sentence, in lower case. */
export function namesIn(statement: string): ReadonlySet<string> {
  const names = [...statement.matchAll(/(?<=\p{L}[\p{L}'’,]* )\p{Lu}[\p{L}'’-]+/gu)].map(([word]) =>
    word.toLowerCase().replace(/['’]s?$/, ''),
  )
  return new Set(names)
}
