// engine/bench/person.ts: one made-up person: what is true of them, how they say it, what they ask later, what changes, and how
// they like to be answered. All of it follows from a seed. Questions of the held-out part are put in other words than
// those of the part that is learned from.
import type { QuestionClass } from '../contract/learning.ts'
import { type Random, seeded } from '../learning/thompson.ts'

export type Fact = {
  readonly about: string
  /** What is true first, and what is true after a while; null: it does not change. */
  readonly value: string
  readonly later: string | null
  tell(value: string): string
  /** Asked while learning, and (never before) in the held-out part. */
  readonly asks: readonly string[]
  readonly heldOut: string
}

export type Taste = { readonly length?: 'short' | 'long'; readonly format?: 'prose' | 'bullets' }

export type Turn =
  | { readonly kind: 'tell'; readonly text: string }
  | { readonly kind: 'ask'; readonly text: string; readonly fact: Fact; readonly value: string }
  | { readonly kind: 'request'; readonly text: string; readonly class: QuestionClass }

export type Person = {
  readonly facts: readonly Fact[]
  readonly tastes: Readonly<Partial<Record<QuestionClass, Taste>>>
  /** What is learned from, in order. */
  readonly history: readonly Turn[]
  readonly heldOut: readonly Turn[]
}

type Form = Omit<Fact, 'value' | 'later'> & { readonly values: readonly string[]; readonly changes: boolean }

const form = (
  about: string,
  values: string,
  tell: (value: string) => string,
  asks: readonly string[],
  heldOut: string,
  changes = false,
): Form => ({ about, values: values.split(', '), tell, asks, heldOut, changes })

const forms: readonly Form[] = [
  form(
    'name',
    'Ines, Tomas, Ruth, Omar, Lena',
    (v) => `My name is ${v}.`,
    ['What is my name?', 'Do you know my name?'],
    'who am I',
  ),
  form(
    'dog',
    'Bruno, Rex, Luna, Max',
    (v) => `My dog is called ${v}.`,
    ['What is my dog called?', 'What is the name of my dog?'],
    "do you remember my dog's name",
    true,
  ),
  form(
    'cat',
    'Mia, Felix, Nala, Simba',
    (v) => `My cat is called ${v}.`,
    ['What is my cat called?'],
    "what's my cat's name",
  ),
  form(
    'sister',
    'Dana, Emma, Sara, Clara',
    (v) => `My sister is called ${v}.`,
    ['What is my sister called?', 'Who is my sister?'],
    "what was my sister's name again",
  ),
  form(
    'brother',
    'Paul, Leo, Ben, Finn',
    (v) => `My brother is called ${v}.`,
    ['What is my brother called?'],
    'the name of my brother',
  ),
  form(
    'boss',
    'Helen, Victor, Nora, Hugo',
    (v) => `My boss is called ${v}.`,
    ['Who is my boss?'],
    'what is my boss called',
    true,
  ),
  form(
    'home',
    'Cardiff, Leeds, Bristol, York, Dover',
    (v) => `I live in ${v}.`,
    ['Where do I live?'],
    'what city do I live in',
    true,
  ),
  form(
    'origin',
    'Prague, Lisbon, Vienna, Oslo',
    (v) => `I come from ${v}.`,
    ['Where do I come from?'],
    'where am I from',
  ),
  form(
    'employer',
    'Northgate, Bluebird Labs, Harper and Sons',
    (v) => `I work at ${v}.`,
    ['Where do I work?'],
    'who do I work for',
    true,
  ),
  form(
    'birthday',
    '9 May, 3 June, 21 March, 14 August',
    (v) => `My birthday is on ${v}.`,
    ['When is my birthday?'],
    'what is my birthday',
  ),
  form(
    'allergy',
    'peanuts, shellfish, pollen, eggs',
    (v) => `I am allergic to ${v}.`,
    ['What am I allergic to?'],
    'do I have any allergies',
  ),
  form(
    'diet',
    'vegetarian, vegan, pescatarian',
    (v) => `I am ${v}.`,
    ['What is my diet?'],
    'which diet do I follow',
    true,
  ),
  form(
    'colour',
    'green, blue, red, yellow',
    (v) => `My favorite color is ${v}.`,
    ['What is my favorite color?'],
    'which color do I like best',
    true,
  ),
  form(
    'food',
    'pizza, soup, rice, pancakes',
    (v) => `My favorite food is ${v}.`,
    ['What is my favorite food?'],
    'which food do I like best',
  ),
  form(
    'animal',
    'owl, horse, otter, fox',
    (v) => `My favorite animal is ${v}.`,
    ['What is my favorite animal?'],
    'do you know my favorite animal',
  ),
  form(
    'locker',
    '4711, 2093, 8846, 1502',
    (v) => `Remember that my locker number is ${v}.`,
    ['What is my locker number?'],
    'tell me my locker number',
    true,
  ),
  form(
    'gate',
    '9921, 3307, 6158',
    (v) => `Remember that my gate code is ${v}.`,
    ['What is my gate code?'],
    'which gate code do I have',
  ),
  form(
    'wifi',
    'tulip42, harbor7, comet19',
    (v) => `Remember that the wifi password is ${v}.`,
    ['What is the wifi password?'],
    'what was the wifi password again',
  ),
  form(
    'flight',
    'KX204, BA117, LH93',
    (v) => `Remember that my flight number is ${v}.`,
    ['What is my flight number?'],
    "what's my flight number",
  ),
  form(
    'dentist',
    'Monday, Tuesday, Thursday, Friday',
    (v) => `Remember that my dentist appointment is on ${v}.`,
    ['When is my dentist appointment?'],
    'what day is my dentist appointment',
    true,
  ),
  form(
    'exam',
    '3 April, 12 July, 30 October',
    (v) => `Remember that my exam is on ${v}.`,
    ['When is my exam?'],
    'on which day is my exam',
  ),
  form(
    'size',
    '39, 41, 43',
    (v) => `Remember that my shoe size is ${v}.`,
    ['What is my shoe size?'],
    'do you know my shoe size',
  ),
]

/** Requests that need no memory, by class: some for learning, others for the held-out part. */
const requests: Readonly<Record<'code' | 'maths' | 'writing' | 'question' | 'chat', readonly (readonly string[])[]>> = {
  code: [
    ['Explain this function: add()', 'What does git do?', 'Write a regex for digits', 'How do I sort in Python?'],
    ['What is a unit test?', 'Explain json'],
  ],
  maths: [
    ['What is 17 times 3?', 'Calculate 12 + 30', 'How much is 9 * 8?', 'What is 100 minus 36?'],
    ['What is 14 plus 29?', 'Calculate 6 * 7'],
  ],
  writing: [
    [
      'Write a short letter to a friend',
      'Draft an email about a meeting',
      'Rewrite this: we go now',
      'Write a poem about rain',
    ],
    ['Write a letter to a shop', 'Draft a headline about snow'],
  ],
  question: [
    ['What is an island?', 'Why is the sky blue?', 'What is a lantern?', 'How do birds fly?'],
    ['What is a harbor?', 'Why does ice float?'],
  ],
  chat: [
    ['hello there', 'good morning', 'thank you', 'good night'],
    ['good evening', 'thanks a lot'],
  ],
}

export const classesOfRequests = Object.keys(requests) as (keyof typeof requests)[]

/** 300 turns: 240 to learn from, 60 held out. */
export function makePerson(seed: number): Person {
  const random = seeded(seed)
  const facts = forms.map(({ values, changes, ...rest }): Fact => {
    const [value = '', later = null] = shuffled(values, random)
    return { ...rest, value, later: changes ? later : null }
  })
  const tastes = { code: { length: 'short' }, writing: { length: 'long' }, question: { format: 'bullets' } } as const
  const request = (part: 0 | 1, index: number): Turn => {
    const questionClass = classesOfRequests[index % classesOfRequests.length] ?? 'chat'
    const list = requests[questionClass][part] ?? []
    return {
      kind: 'request',
      text: list[Math.floor(index / classesOfRequests.length) % list.length] ?? '',
      class: questionClass,
    }
  }
  const ask = (fact: Fact, value: string): Turn => ({
    kind: 'ask',
    text: fact.asks[Math.floor(random() * fact.asks.length)] ?? '',
    fact,
    value,
  })

  const first = shuffled(facts, random).flatMap((fact): Turn[] => [
    { kind: 'tell', text: fact.tell(fact.value) },
    ask(fact, fact.value),
  ])
  const changed = facts.flatMap((fact): Turn[] =>
    fact.later === null ? [] : [{ kind: 'tell', text: fact.tell(fact.later) }, ask(fact, fact.later)],
  )
  const wanted = 240 - first.length - changed.length
  const asked = Array.from({ length: wanted }, (_, index) => request(0, index))
  // Requests fall between what is told; what changes comes after all of the first.
  const history = [
    ...interleaved(first, asked.slice(0, wanted >> 1)),
    ...interleaved(changed, asked.slice(wanted >> 1)),
  ]
  const finally_ = facts.map(
    (fact): Turn => ({ kind: 'ask', text: fact.heldOut, fact, value: fact.later ?? fact.value }),
  )
  const heldOut = interleaved(
    finally_,
    Array.from({ length: 60 - facts.length }, (_, index) => request(1, index)),
  )
  return { facts, tastes, history, heldOut }
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

/** Both lists in their order, the shorter spread evenly. */
function interleaved<T>(left: readonly T[], right: readonly T[]): T[] {
  const at = (list: readonly T[]) => list.map((value, index) => ({ value, at: (index + 0.5) / list.length }))
  return [...at(left), ...at(right)].sort((a, b) => a.at - b.at).map(({ value }) => value)
}
