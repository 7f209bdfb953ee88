// engine/bench/learning.test.ts: the person of the benchmark is as it is said, and the figures can tell good from bad. The
// benchmark itself takes half a minute: `npm run bench:learning`.
import { expect, test } from 'vitest'
import { type Answer, figuresOf, put, withEngine } from './learning.ts'
import { makePerson, type Turn } from './person.ts'

const person = makePerson(20)
const answerOf = (turn: Turn, change: Partial<Answer> = {}): Answer => ({
  turn,
  reply: '',
  text: '',
  used: [],
  choices: {},
  newTokens: 10,
  passes: 10,
  ...change,
})
/** As one who knows: only what was asked for is in the prompt, it is in the answer, and tastes are met. */
const wise = (turn: Turn): Answer =>
  turn.kind === 'ask'
    ? answerOf(turn, { used: [`Said: ${turn.value}.`], text: `It is ${turn.value}.`, passes: 5 })
    : answerOf(turn, { choices: turn.kind === 'request' ? { ...person.tastes[turn.class] } : {}, passes: 5 })

test('the person is 300 turns that follow from the seed, and is asked at last in words that were never used before', () => {
  const texts = (seed: number) => makePerson(seed).history.map(({ text }) => text)
  expect(texts(20)).toEqual(texts(20))
  expect(texts(21)).not.toEqual(texts(20))
  expect(person.history).toHaveLength(240)
  expect(person.heldOut).toHaveLength(60)
  const known = new Set(person.history.filter(({ kind }) => kind !== 'tell').map(({ text }) => text))
  expect(person.heldOut.filter(({ text }) => known.has(text))).toEqual([])
  for (const turn of person.heldOut)
    if (turn.kind === 'ask') expect(turn.value).toBe(turn.fact.later ?? turn.fact.value)
})

test('who knows all has the best of each figure, who knows nothing the worst', () => {
  expect(figuresOf(person, person.heldOut.map(wise))).toEqual({
    preferences: 1,
    recall: 1,
    precision: 1,
    contradictions: 1,
    answers: 1,
    tokensPerPass: 2,
  })
  expect(
    figuresOf(
      person,
      person.heldOut.map((turn) => answerOf(turn)),
    ),
  ).toEqual({
    preferences: 0,
    recall: 0,
    precision: 0,
    contradictions: 0,
    answers: 0,
    tokensPerPass: 1,
  })
})

test('the old beside the new is no contradiction handled, and what was not asked for costs precision', () => {
  const both = person.heldOut.map((turn) =>
    turn.kind === 'ask' ? answerOf(turn, { used: [turn.value, turn.fact.value, 'Something else.'] }) : answerOf(turn),
  )
  const { recall, contradictions, precision } = figuresOf(person, both)
  expect([recall, contradictions]).toEqual([1, 0])
  expect(precision).toBeLessThan(0.7)
})

test('a slice of it with the starter model: who was told answers from it in other words, who was not does not', async () => {
  const facts = person.facts.filter(({ about }) => ['dog', 'home', 'allergy'].includes(about))
  const asks = person.heldOut.filter((turn) => turn.kind === 'ask' && facts.includes(turn.fact))
  expect(asks).toHaveLength(3)
  const tells = facts.flatMap(({ tell, value, later }): Turn[] =>
    [value, later].flatMap((one) => (one === null ? [] : [{ kind: 'tell', text: tell(one) }])),
  )
  const live = (before: readonly Turn[]) =>
    withEngine(async (started) => {
      for (const turn of before) await put(started, turn)
      const answers: Answer[] = []
      for (const turn of asks) answers.push(await put(started, turn))
      return figuresOf(person, answers)
    })
  expect(await live([])).toMatchObject({ recall: 0, contradictions: 0, answers: 0 })
  expect(await live(tells)).toMatchObject({ recall: 1, contradictions: 1, answers: 1 })
})
