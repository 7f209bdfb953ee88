// engine/memory/voices.ts: what a person says of themselves, in the two other voices: to them ("Your name is Ines.") and to a
// model ("The user's name is Ines."). By rules of English grammar, so that it works with any model and without one.

export type Voices = { readonly statement: string; readonly text: string }

/** Verbs whose third person is not regular. */
const irregular: Readonly<Record<string, string>> = { have: 'has', do: 'does', go: 'goes', am: 'is', be: 'is' }
/** These keep their form after "the user". */
const unchanged =
  /^(?:can|could|will|would|shall|should|may|might|must|cannot|was|had|did|didn't|can't|couldn't|won't|wouldn't|shouldn't|mustn't|wasn't|hadn't|used|never|always|also|really|only|just|often|usually|still|prefer(?:red)|[a-z]+ed)$/
const adverbs = /^(?:never|always|also|really|only|just|often|usually|still|currently|mostly|absolutely|generally)$/
/** Past forms without -ed that are common when people tell of themselves. */
const past =
  /^(?:grew|came|went|got|made|said|told|took|bought|left|began|became|found|thought|knew|saw|met|kept|held|ran|wrote|taught|built|lost|won|spent|sold|chose|spoke|drove|broke|ate)$/

function thirdPerson(verb: string): string {
  const low = verb.toLowerCase()
  if (irregular[low] !== undefined) return irregular[low]
  if (low === "don't") return "doesn't"
  if (low === "haven't") return "hasn't"
  if (unchanged.test(low) || past.test(low)) return verb
  if (/(?:s|x|z|ch|sh|o)$/.test(low)) return `${verb}es`
  if (/[^aeiou]y$/.test(low)) return `${verb.slice(0, -1)}ies`
  return `${verb}s`
}

const contractions: readonly (readonly [RegExp, string])[] = [
  [/\bI['’]m\b/gi, 'I am'],
  [/\bI['’]ve\b/gi, 'I have'],
  [/\bI['’]d\b/gi, 'I would'],
  [/\bI['’]ll\b/gi, 'I will'],
  [/\bwe['’]re\b/gi, 'we are'],
  [/\bwe['’]ve\b/gi, 'we have'],
  [/\b(my \w+)['’]s (?=(?:a|an|the|called|named|not)\b)/gi, '$1 is '],
]

/** "I'm" as "I am" and so on; curly quotes as straight ones. */
export function expand(clause: string): string {
  let plain = clause.replaceAll('’', "'")
  for (const [short, long] of contractions) plain = plain.replace(short, long)
  return plain
}

/** A clause in the first person ("I live in Cardiff"), or one without a person ("the code is 4711"), in both voices. */
export function voicesOf(clause: string): Voices {
  const plain = expand(clause)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.!;,\s]+$/, '')
  return { statement: sentence(toModel(plain)), text: sentence(toPerson(plain)) }
}

function toModel(plain: string): string {
  return plain
    .replace(
      /\b(I|we)\b( (?:never|always|also|really|only|just|often|usually|still|currently|mostly|absolutely|generally))?( [a-z']+)?/gi,
      (_all, _who, adverb = '', verb = '') => {
        const word = verb.trim()
        if (word === '') return `the user${adverb}`
        if (word.toLowerCase() === 'are') return `the user${adverb} is`
        if (word.toLowerCase() === 'were') return `the user${adverb} was`
        return `the user${adverb} ${adverbs.test(word) ? word : thirdPerson(word)}`
      },
    )
    .replace(/\b(?:my|our)\b/gi, "the user's")
    .replace(/\b(?:mine|ours)\b/gi, "the user's")
    .replace(/\b(?:myself|ourselves)\b/gi, 'themselves')
    .replace(/\b(?:me|us)\b/g, 'the user')
}

function toPerson(plain: string): string {
  return plain
    .replace(/\byour\b/gi, "Hearth's")
    .replace(/\byou are\b/gi, 'Hearth is')
    .replace(/\byou\b/gi, 'Hearth')
    .replace(/\b(?:I am|we are)\b/gi, 'you are')
    .replace(/\b(?:I was|we were)\b/gi, 'you were')
    .replace(/\b(?:I|we)\b/g, 'you')
    .replace(/\bWe\b/g, 'you')
    .replace(/\b(?:my|our)\b/gi, 'your')
    .replace(/\b(?:mine|ours)\b/gi, 'yours')
    .replace(/\b(?:myself|ourselves)\b/gi, 'yourself')
    .replace(/\b(?:me|us)\b/g, 'you')
}

/** Begins with a capital and ends with a mark. */
export function sentence(words: string): string {
  const first = words.charAt(0).toUpperCase() + words.slice(1)
  return /[.!?…]$/.test(first) ? first : `${first}.`
}

/** What a person wrote on the memory page, in whichever voice, as a clause in the first person. */
export function toFirstPerson(written: string): string {
  return written
    .replaceAll('’', "'")
    .replace(/\bthe user's\b/gi, 'my')
    .replace(/\bthe user is\b/gi, 'I am')
    .replace(/\bthe user has\b/gi, 'I have')
    .replace(/\bthe user ([a-z]+?)(?:(?<=ch|sh|x|z|ss)es|(?<!s)s)\b/gi, 'I $1')
    .replace(/\bthe user\b/gi, 'I')
    .replace(/\byou are\b/gi, 'I am')
    .replace(/\byou're\b/gi, 'I am')
    .replace(/\byour\b/gi, 'my')
    .replace(/\byours\b/gi, 'mine')
    .replace(/\byourself\b/gi, 'myself')
    .replace(/(?<=\b(?:to|for|with|from|about|give|gives|tell|tells|call|calls|show|send|help|helps) )you\b/gi, 'me')
    .replace(/\byou\b/gi, 'I')
}

/** Equal for two statements that say the same in the same words. */
export function samenessOf(statement: string): string {
  return statement
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[^\p{L}\p{N}'%°€$£+#@/.-]+/gu, ' ')
    .replace(/[.'-]+(?= |$)/g, '')
    .trim()
}
