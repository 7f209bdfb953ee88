// engine/memory/plain-speech.ts: what a person says plainly about memory ("remember that…", "call me…", "from now on…",
// "forget…", "my … is …"), found by the form of their sentences: at once, the same every time, with any model or none.
//
// It errs on the side of not hearing: a sentence inside a quotation, code or a long pasted text is not theirs, and a
// question is no order.
import { keyOfTopic, plainStatement, type Slotted, slotOf } from './slots.ts'
import { styleOf } from './styles.ts'
import { expand, sentence, voicesOf } from './voices.ts'

/** `start`, `end`: the sentence in the message, in UTF-16 units. */
type At = { readonly start: number; readonly end: number }

export type Heard =
  | (At & { readonly does: 'remember'; readonly fact: Slotted; readonly here: boolean })
  /** `about`: the words to look for; `key` or `statement`: what it is about, or says, where that is plain. */
  | (At & {
      readonly does: 'forget'
      readonly about: string
      readonly key: string | null
      readonly statement: string | null
    })

/** Longer messages are mostly pasted: there, only what stands in their first or last paragraph and says so is heard. */
const longMessage = 600
const mostFacts = 8

export function hear(message: string): Heard[] {
  const long = message.length > longMessage
  const heard: Heard[] = []
  for (const piece of sentencesOf(message, long)) {
    const found = hearSentence(piece.text, long)
    for (const one of found) heard.push({ ...one, start: piece.start, end: piece.end })
    if (heard.length >= mostFacts) break
  }
  return heard
}

type Bare = Heard extends infer H ? (H extends Heard ? Omit<H, 'start' | 'end'> : never) : never

const opening =
  /^(?:(?:hi|hello|hey|hey there|good (?:morning|evening|afternoon)|well|so|ok|okay|oh|ah|yes,|no,|and|also|btw|by the way|actually|please|just so you know|for your information|fyi|for future reference|one more thing|correction|sorry)\b[,!:.]? +)+/i
const rememberOrder =
  /^(?:(?:can|could|will|would) you (?:please )?|please |i(?:'d| would) like you to |i want you to )?(?:remember|keep in mind|bear in mind|note down|take note|make a note|note|don't forget|do not forget|memori[sz]e|save)(?: for later)?(?:,| that|:| to your memory that| in your memory that)* (?<rest>.+)$/i
const notOrder = /^(?:when|how|what|why|where|who|the time|me (?:to|of|about)|to |if )/i
const always =
  /^(?:from now on|from here on|in (?:the )?future|going forward|henceforth)[,:]? +(?<rest>.+)$|^(?<rest2>(?:please )?(?:always|never) .+)$|^(?<rest3>.+?),? from now on$/i
const forgetOrder =
  /^(?:(?:can|could|will|would) you (?:please )?|please |you can |i want you to )?(?:forget|stop remembering|delete from (?:your )?memory|remove from (?:your )?memory|erase from (?:your )?memory|don't remember|do not remember)(?: about)?(?: the fact)?(?: that)?:? +(?<rest>.+?)(?: (?:from|in) your memory)?$/i
const emptyForget =
  /^(?:it|that|this|about (?:it|that|this)|what i (?:just )?said|me|everything|all(?: of it)?)\b.{0,12}$/i
const hereOnly =
  /,? (?:in|for|during) this (?:chat|conversation)(?: only)?$|^(?:in|for|during) this (?:chat|conversation)(?: only)?,? /i

function hearSentence(said: string, onlyOrders: boolean): Bare[] {
  const question = /\?\s*$/.test(said)
  let clause = expand(said)
    .replace(/[.!?…\s]+$/, '')
    .replace(opening, '')
    .trim()
  if (clause === '' || clause.length > 400) return []
  const here = hereOnly.test(clause)
  clause = clause.replace(hereOnly, '')

  const forgotten = forgetOrder.exec(clause)?.groups?.rest
  if (forgotten !== undefined && !/^(?:i|we|to) /i.test(clause)) {
    if (emptyForget.test(forgotten)) return []
    const fact = /^(?:my|i|we|our|the) /i.test(forgotten) ? slotOf(forgotten) : null
    const statement = fact !== null && fact.key !== null ? fact.statement : null
    return [{ does: 'forget', about: forgotten, key: statement === null ? keyOfTopic(forgotten) : null, statement }]
  }

  const order = rememberOrder.exec(clause)?.groups?.rest
  if (order !== undefined && !notOrder.test(order)) {
    const polite = /^(?:can|could|will|would) you/i.test(clause)
    if (question && !polite) return []
    return factsOf(order, here)
  }
  if (question) return []

  const standing = always.exec(clause)?.groups
  const rule = standing?.rest ?? standing?.rest2 ?? standing?.rest3
  if (rule !== undefined) return [{ does: 'remember', fact: instruction(rule), here }]
  if (onlyOrders) return []

  const wish = wishOf(clause)
  if (wish !== null) return [{ does: 'remember', fact: wish, here }]
  const greeted = /^(?:hi|hello|hey)\b/i.test(said)
    ? /^I am (\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)?)(?: and I .*)?$/u.exec(clause)
    : null
  if (greeted !== null) return factsOf(`my name is ${greeted[1]}`, here)
  return clauses(clause).flatMap((one): Bare[] => {
    const fact = plainStatement(one)
    return fact === null || isPassing(fact) ? [] : [{ does: 'remember', fact, here }]
  })
}

/** "My dog is called Rex and I live in Bern" is two facts; "my shop is open and I like it" is left as one. */
function clauses(clause: string): string[] {
  const parts = clause.split(/,? and (?=(?:my|I) )/)
  return parts.length > 1 && parts.every((part) => plainStatement(part) !== null) ? parts : [clause]
}

const factsOf = (rest: string, here: boolean): Bare[] =>
  clauses(rest.replace(/^(?:that|:) */i, '')).map((clause) => {
    const always =
      /^(?:always|never) /i.test(clause) ||
      /^(?:to )?(?:be|answer|reply|write|use|avoid|speak|keep|call) /i.test(clause)
    return { does: 'remember', fact: always ? instruction(clause.replace(/^to /i, '')) : slotOf(clause), here }
  })

/** "From now on, answer in French": a wish about style where it is one, else a standing order in the person's words. */
function instruction(rule: string): Slotted {
  const plain = rule.replace(/^please,? |,? please$/gi, '').trim()
  if (/^(?:call me|my name) /i.test(plain) || /^I (?:live|work|am|prefer|like|want)\b/i.test(plain)) {
    const fact = slotOf(plain)
    if (fact.key !== null) return fact
  }
  const style = styleOf(plain)
  if (style !== null)
    return {
      kind: 'preference',
      key: `style.${style.topic}`,
      value: style.prefers,
      statement: `The user prefers ${style.prefers}.`,
      text: `You prefer ${style.prefers}.`,
    }
  const wanted = /^I /i.test(plain) ? plain : `I want you to ${decapitalised(plain)}`
  const { statement } = voicesOf(wanted)
  const language =
    /\b(?:in|use|speak) (English|French|German|Spanish|Italian|Portuguese|Dutch|Polish|Turkish|Japanese|Chinese|Korean|Arabic|Russian|Ukrainian|Hindi|Welsh|Swedish|Danish|Norwegian|Finnish|Greek|Czech)\b/i.exec(
      plain,
    )
  const key = language === null ? null : 'style.language'
  return { kind: 'instruction', key, value: language?.[1] ?? null, statement, text: sentence(plain) }
}

/** "Please keep your answers short", "I prefer metric units": only where it is about style, which is what can be followed. */
function wishOf(clause: string): Slotted | null {
  const about =
    /^(?:please )?(?:be (?:brief|concise|short|formal)|keep (?:your|the) (?:answers|replies|responses)|answer (?:briefly|in)|use (?:bullet|metric|imperial|the 24|the 12|plain|simple|British|American)|(?:don't use|do not use|no(?: more)?|stop using|never use|avoid) (?:emoji|bullet|lists)|I (?:really |would )?(?:prefer|like) (?:short|long|brief|concise|detailed|bullet|prose|metric|imperial|plain|simple|British|American|no emoji|a formal|an? informal|the 24|the 12|formal|informal))/i
  if (!about.test(clause) || /\b(?:this|these|that) (?:time|once|one|answer|text|letter|mail|email)\b/i.test(clause))
    return null
  const style = styleOf(clause)
  return style === null ? null : instruction(clause)
}

/** What "my … is …" is about when it is about the matter at hand and not about the person. */
const passingKey =
  /^my\.(?:.*-)?(?:question|problem|issue|point|guess|plan|idea|goal|aim|understanding|bad|apolog\w*|concern|mistake|error|opinion|answer|impression|request|task|draft|text|essay|file|code|program|script|function|app|computer|laptop|phone|internet|connection|output|input|result|reason|thinking|thought|hope|worry|fault|head|back|day|week|weekend|morning|evening|time|turn|favou?rite|message|prompt|model|test|build|homework|deadline|budget|only|first|next|last|second|main|current|biggest)$/
const passingValue =
  /^(?:that|to|how|why|what|whether|if|not|very|so|too|really|quite|still|just|about|because|a (?:bit|little|mess|problem)|broken|slow|wrong|late|gone|here|there|ok|okay|fine|good|bad|great|ready|done|empty|full|tired|sick|ill|hurting|sore|dead|closed|open|[a-z]+ing)\b/i

/** True for what will not be true tomorrow. */
const isPassing = ({ key, value }: Slotted) =>
  key?.startsWith('my.') === true &&
  (passingKey.test(key) || passingValue.test(value ?? '') || (value ?? '').split(' ').length > 7)

const decapitalised = (words: string) =>
  /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words

/** The person's own sentences with their places; no quotations, no code. Of a long message its first and last paragraph. */
function sentencesOf(message: string, long: boolean): (At & { readonly text: string })[] {
  const masked = mask(message)
  const paragraphs = [...masked.matchAll(/[^\n]+/g)].map((match) => ({ start: match.index, text: match[0] }))
  const chosen = long ? [paragraphs.at(0), paragraphs.length > 1 ? paragraphs.at(-1) : undefined] : paragraphs
  return chosen.flatMap((paragraph) => {
    if (paragraph === undefined) return []
    return [...paragraph.text.matchAll(/[^.!?…;]+(?:\.(?=\S)[^.!?…;]+)*[.!?…;]*/g)].flatMap((match) => {
      const text = match[0]
      const start = paragraph.start + match.index + (text.length - text.trimStart().length)
      const trimmed = text.trim()
      return trimmed === '' || trimmed.includes('\u0000') ? [] : [{ text: trimmed, start, end: start + trimmed.length }]
    })
  })
}

/**
 * The message with everything blanked out (as NUL, at the same places) that need not be the person's own: quotations, code,
 * and the middle of a long text, which is mostly pasted.
 */
export function ownWords(message: string): string {
  if (message.length <= longMessage) return mask(message)
  const own = sentencesOf(message, true)
  return own.reduce(
    (kept, { start, end }) => kept.slice(0, start) + message.slice(start, end) + kept.slice(end),
    '\u0000'.repeat(message.length),
  )
}

/** The same length, with quotations and code blanked out. */
function mask(message: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, '\u0000')
  return message
    .replace(/```[\s\S]*?(?:```|$)/g, blank)
    .replace(/`[^`\n]*`/g, blank)
    .replace(/^[ \t]*>.*$/gm, blank)
    .replace(/“[^”\n]*”|„[^“\n]*“|«[^»\n]*»/g, blank)
    .replace(/(?<=^|[\s(])"[^"\n]*"(?=$|[\s).,!?;:])/gm, blank)
}
