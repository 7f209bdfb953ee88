// engine/memory/slots.ts: what a clause is about. Two memories of one key contradict each other ("my name is …"), those
// without a key never do. A table of forms, tried in order; what fits none is kept as it was said.
import type { MemoryKind } from '../contract/memory.ts'
import { styleOf } from './styles.ts'
import { expand, sentence, type Voices, voicesOf } from './voices.ts'

/** A fact as it will be stored. `value`: the part that a reply would repeat. */
export type Slotted = Voices & {
  readonly kind: MemoryKind
  readonly key: string | null
  readonly value: string | null
}

type Form = {
  /** Of the whole clause, contractions expanded. `v` is the value. */
  readonly form: RegExp
  /** True: said as a sentence of its own, it is meant to be remembered. */
  readonly plain: boolean
  readonly make: (groups: Readonly<Record<string, string>>) => Omit<Slotted, 'value'> | null
}

const pets = 'dog|cat|puppy|kitten|rabbit|hamster|parrot|horse|tortoise|turtle|guinea pig|fish|bird|snake|lizard'
const relations =
  'mother|father|mum|mom|dad|sister|brother|son|daughter|wife|husband|partner|girlfriend|boyfriend|fiancée?|aunt|uncle|cousin|niece|nephew|grandmother|grandfather|grandma|grandpa|boss|manager|neighbour|neighbor|landlord|landlady|doctor|dentist|teacher|friend|best friend|flatmate|roommate|colleague|twin|stepmother|stepfather|mother-in-law|father-in-law'
const diets = 'vegetarian|vegan|pescatarian|gluten[- ]free|lactose[- ]free|low sugar|halal|kosher|teetotal'
/** A name: one to four words that begin with a capital, or one that a person did not bother to give one. */
const name = String.raw`(?<v>\p{Lu}[\p{L}'.-]*(?: (?:\p{Lu}[\p{L}'.-]*|de|van|von|der|la|le|da|dos|bin|al)){0,3})`
const anyName = String.raw`(?<v>\p{Lu}[\p{L}'.-]*(?: (?:\p{Lu}[\p{L}'.-]*|de|van|von|der|la|le|da|dos|bin|al)){0,3}|(?!(?:not|a|an|the|so|too|very|no|it|what)\b)\p{Ll}[\p{L}'-]+)`
const place = String.raw`(?<v>[\p{Lu}\d][^,;]{1,60}?|(?!(?:a|an|the|my|our|this|that|here|there|fear|hope|peace|pain|poverty|denial|with|alone)\b)\p{Ll}[\p{L}-]+)`

const own = (key: string, kind: MemoryKind, statement: string, text: string) => ({ key, kind, statement, text })

const prefers = (topic: string, what: string) =>
  own(`style.${topic}`, 'preference', `The user prefers ${what}.`, `You prefer ${what}.`)

const forms: readonly Form[] = [
  {
    form: new RegExp(`^(?:my (?:first |full )?name(?:'s| is)|I am called|I go by|you can call me) ${anyName}$`, 'u'),
    plain: true,
    make: ({ v }) => named(v),
  },
  {
    form: new RegExp(
      `^(?:(?:please |just )?call me|everyone calls me|people call me|my friends call me) ${anyName}$`,
      'u',
    ),
    plain: true,
    make: ({ v }) =>
      /^(?:back|later|tomorrow|today|tonight|crazy|old|when|if|at|on|again|now|soon|maybe|whatever|anything|paranoid|lazy)$/i.test(
        v ?? '',
      )
        ? null
        : named(v),
  },
  {
    form: new RegExp(
      `^(?:I (?:currently |now )?live|I am (?:living|based)|my home is|I (?:have )?moved) (?:in|to) (?:the )?${place}(?: now)?$`,
      'u',
    ),
    plain: true,
    make: ({ v }) => own('home', 'fact', `The user lives in ${capital(v)}.`, `You live in ${capital(v)}.`),
  },
  {
    form: new RegExp(`^I (?:am|come|was born|grew up) (?:from|in) ${place}$`, 'u'),
    plain: true,
    make: ({ v }) =>
      /^(?:trouble|love|bed|town|work|school|need|\d)/.test(v ?? '')
        ? null
        : own('origin', 'fact', `The user comes from ${capital(v)}.`, `You come from ${capital(v)}.`),
  },
  {
    form: /^I (?:currently |now )?(?:work (?:at|for)|am employed (?:at|by)|have a job at) (?<v>[\p{Lu}\d][^,;]{1,60})$/u,
    plain: true,
    make: ({ v }) => own('employer', 'fact', `The user works at ${v}.`, `You work at ${v}.`),
  },
  {
    form: /^(?:I (?:currently |now )?work as|my (?:job|profession|occupation) is(?: being)?) (?<v>(?:an? )?[\p{L} -]{2,60})$/u,
    plain: true,
    make: ({ v }) => own('job', 'fact', `The user is ${v}.`, `You are ${v}.`),
  },
  {
    form: /^(?:my birthday is(?: on)?|I have my birthday on|I was born on) (?:the )?(?<v>[\p{L}\d ,.-]{3,40})$/iu,
    plain: true,
    make: ({ v }) => own('birthday', 'fact', `The user's birthday is on ${v}.`, `Your birthday is on ${v}.`),
  },
  {
    form: /^(?:I am (?:very |severely )?allergic to|I have an allergy to) (?<v>[\p{L}' -]{2,60})$/iu,
    plain: true,
    make: ({ v }) => own(`allergy.${slug(v)}`, 'fact', `The user is allergic to ${v}.`, `You are allergic to ${v}.`),
  },
  {
    form: new RegExp(`^(?:I am(?: an?)?|I eat|I only eat|my diet is) (?<v>${diets})(?: food)?(?: now)?$`, 'iu'),
    plain: true,
    make: ({ v }) => own('diet', 'fact', `The user's diet is ${v}.`, `Your diet is ${v}.`),
  },
  {
    form: new RegExp(
      `^(?:my (?<p>${pets})(?: is (?:called|named)|'s name is|, (?=\\p{Lu})| is(?= \\p{Lu}))|(?:I|we) have an? (?<q>${pets}) (?:called|named)|(?:I|we) got an? (?<r>${pets}) and named (?:it|her|him)) ?${anyName}$`,
      'u',
    ),
    plain: true,
    make: ({ p, q, r, v }) => calledSo('pet', p ?? q ?? r, v),
  },
  {
    form: new RegExp(
      `^(?:my (?<p>${relations})(?: is (?:called|named)|'s name is| is(?= \\p{Lu}))|(?:I|we) have an? (?<q>${relations}) (?:called|named)|the name of my (?<r>${relations}) is) ?${anyName}$`,
      'u',
    ),
    plain: true,
    make: ({ p, q, r, v }) => calledSo('person', p ?? q ?? r, v),
  },
  {
    form: new RegExp(`^${name} is my (?<p>${relations}|${pets})$`, 'u'),
    plain: true,
    make: ({ p, v }) => calledSo(new RegExp(`^(?:${pets})$`).test(p ?? '') ? 'pet' : 'person', p, v),
  },
  {
    form: /^my (?:favou?rite|preferred) (?<k>[\p{L}-]+(?: [\p{L}-]+)?) is (?<v>[^,;]{1,60})$/iu,
    plain: true,
    make: ({ k, v }) =>
      own(`favourite.${slug(k)}`, 'preference', `The user's favorite ${k} is ${v}.`, `Your favourite ${k} is ${v}.`),
  },
  {
    form: /^(?<w>(?:I (?:would )?(?:prefer|like|want|use|love)|I would rather have) .{3,120})$/iu,
    plain: false,
    make: ({ w }) => {
      const style = styleOf(w ?? '')
      return style === null ? null : prefers(style.topic, style.prefers)
    },
  },
  {
    form: /^I (?:really |absolutely )?(?:prefer|like|love|enjoy|hate|dislike|cannot stand|can't stand|do not like|don't like) .{2,120}$/iu,
    plain: false,
    make: () => null,
  },
  {
    form: /^my (?<k>[\p{L}-]+(?:'s)?(?: [\p{L}-]+){0,3}?) (?:is|are) (?<v>[^,;:]{1,80})$/iu,
    plain: true,
    make: ({ k, v }) => own(`my.${slug(k)}`, 'fact', `The user's ${k} is ${v}.`, `Your ${k} is ${v}.`),
  },
  {
    form: /^(?:the|our) (?<k>[\p{L}-]+(?:'s)?(?: [\p{L}-]+){0,4}?) is (?<v>[^;]{1,120})$/iu,
    plain: false,
    make: ({ k, v }) => own(`the.${slug(k)}`, 'fact', `The ${k} is ${v}.`, `The ${k} is ${v}.`),
  },
]

const calledSo = (group: 'pet' | 'person', who: string | undefined, v: string | undefined) =>
  own(
    `${group}.${slug(who)}`,
    'person',
    `The user's ${who} is called ${capital(v)}.`,
    `Your ${who} is called ${capital(v)}.`,
  )

const named = (v: string | undefined) =>
  own('name', 'fact', `The user's name is ${capital(v)}.`, `Your name is ${capital(v)}.`)

const capital = (v: string | undefined) => (v ?? '').charAt(0).toUpperCase() + (v ?? '').slice(1)

const slug = (words: string | undefined) =>
  (words ?? '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')

const isWish =
  /^I (?:would |really |absolutely )*(?:prefer|like|love|enjoy|hate|dislike|want|cannot stand|can't stand|do not like|don't like)\b/i

/** Any clause in the first person as a fact, or as a wish where it says how the person likes things. */
export function slotOf(clause: string): Slotted {
  const plain = cleaned(clause)
  const known = matched(plain, () => true)
  if (known !== null) return known
  const kind = isWish.test(plain) ? 'preference' : 'fact'
  return { ...voicesOf(plain), kind, key: null, value: null }
}

/** A clause that is a statement about the person by its form alone; null for any other. */
export const plainStatement = (clause: string): Slotted | null => matched(cleaned(clause), ({ plain }) => plain)

/** One spelling of what people write in several: `I`, and a first word without a capital that only the sentence gave it. */
const cleaned = (clause: string) =>
  expand(clause)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.!;,\s]+$/, '')
    .replace(/\bi\b(?!['.])/g, 'I')
    .replace(/^(?:My|We|Our|The|You can|Please|Call|Just|Everyone|People)\b/, (word) => word.toLowerCase())

function matched(plain: string, wanted: (form: Form) => boolean): Slotted | null {
  for (const form of forms) {
    const groups = wanted(form) ? form.form.exec(plain)?.groups : undefined
    const made = groups === undefined ? null : form.make(groups)
    if (made !== null) return { ...made, statement: sentence(made.statement), value: groups?.v ?? null }
  }
  return null
}

/** What a bare topic ("my name", "where I live", "my dog's name") is the key of; null where it names none. */
export function keyOfTopic(topic: string): string | null {
  const plain = cleaned(topic)
    .replace(/^(?:what |who |the name of )/, '')
    .replace(/(?:'s name| is called| is)$/, '')
  if (/^(?:my (?:first |full )?name|I am called|I am)$/.test(plain)) return 'name'
  if (/^(?:where I live|my (?:home|town|city|home town))$/.test(plain)) return 'home'
  if (/^where I (?:am|come) from$/.test(plain)) return 'origin'
  if (/^(?:where I work|my employer|my company)$/.test(plain)) return 'employer'
  if (/^my (?:job|profession|occupation)$/.test(plain)) return 'job'
  if (/^my (?:diet|birthday)$/.test(plain)) return plain.slice(3)
  const [, favourite] = /^my favou?rite (.+)$/.exec(plain) ?? []
  if (favourite !== undefined) return `favourite.${slug(favourite)}`
  const [, group] = /^my (.+)$/.exec(plain) ?? []
  if (group === undefined) return /^the (.+)$/.test(plain) ? `the.${slug(plain.slice(4))}` : null
  if (new RegExp(`^(?:${pets})$`).test(group)) return `pet.${slug(group)}`
  return new RegExp(`^(?:${relations})$`).test(group) ? `person.${slug(group)}` : `my.${slug(group)}`
}
