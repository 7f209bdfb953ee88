// engine/learning/choices.ts: what is chosen for a reply, and how the person's reactions to earlier ones bear on it. Pure:
// the counts are handed in, and so is chance.
import type { Arm, Choice, ChoiceName, FeedbackKind, QuestionClass } from '../contract/learning.ts'
import { classes } from './question-class.ts'
import { type Belief, chances, draw, type Random, seeded } from './thompson.ts'

/** Counts of one option in one class: replies, and reactions to them. */
export type Counted = {
  readonly class: QuestionClass
  readonly choice: ChoiceName
  readonly option: string
  readonly replies: number
} & Readonly<Record<FeedbackKind, number>>
export type Fixed = { readonly class: QuestionClass; readonly choice: ChoiceName; readonly fixed: string | null }

type Option = {
  readonly option: string
  readonly label: string
  /** What the model is told; null: nothing. */
  readonly says: string | null
}

/** The first of each is what is done without any learning. */
export const options: Readonly<Record<ChoiceName, readonly Option[]>> = {
  length: [
    { option: 'usual', label: 'Length as it comes', says: null },
    { option: 'short', label: 'Short answers', says: 'The user prefers short answers.' },
    { option: 'long', label: 'Long answers', says: 'The user prefers long answers.' },
  ],
  format: [
    { option: 'usual', label: 'Form as it comes', says: null },
    { option: 'prose', label: 'Prose', says: 'The user prefers prose.' },
    { option: 'bullets', label: 'Bullet points', says: 'The user prefers bullet points.' },
  ],
  thinking: [
    { option: 'usual', label: 'Thinking as set', says: null },
    { option: 'on', label: 'Think first', says: null },
    { option: 'off', label: 'Answer at once', says: null },
  ],
  drafting: [
    { option: 'auto', label: 'Guess ahead while it pays', says: null },
    { option: 'off', label: 'One token at a time', says: null },
  ],
}

export const choiceNames = Object.keys(options) as ChoiceName[]

/** What a reaction weighs. A thumb is meant as a judgement; the others only hint at one. */
const speaksFor: Partial<Record<FeedbackKind, number>> = { up: 2, copy: 1 }
const speaksAgainst: Partial<Record<FeedbackKind, number>> = { down: 2, retry: 1, edit: 0.5, stop: 0.5 }

/** What is believed before anybody reacted: the usual way is mostly fine, and of the others nothing is known. */
const priors = { usual: { alpha: 3, beta: 1 }, other: { alpha: 1, beta: 1 } }

export function beliefsOf(
  counted: readonly Counted[],
  questionClass: QuestionClass,
  choice: ChoiceName,
): (Belief & { readonly replies: number; readonly reactions: number })[] {
  return options[choice].map(({ option }, index) => {
    const row = counted.find((one) => one.class === questionClass && one.choice === choice && one.option === option)
    const prior = index === 0 ? priors.usual : priors.other
    const sum = (weights: Partial<Record<FeedbackKind, number>>) =>
      (Object.entries(weights) as [FeedbackKind, number][]).reduce(
        (total, [kind, weight]) => total + weight * (row?.[kind] ?? 0),
        0,
      )
    const [good, bad] = [sum(speaksFor), sum(speaksAgainst)]
    return { alpha: prior.alpha + good, beta: prior.beta + bad, replies: row?.replies ?? 0, reactions: good + bad }
  })
}

/** An option of each of `wanted`. Nothing is tried in a class before the person has reacted there at all. */
export function choose(
  questionClass: QuestionClass,
  wanted: readonly ChoiceName[],
  counted: readonly Counted[],
  fixed: readonly Fixed[],
  random: Random,
): Partial<Record<ChoiceName, string>> {
  const chosen: Partial<Record<ChoiceName, string>> = {}
  for (const choice of wanted) {
    const rule = fixed.find((one) => one.class === questionClass && one.choice === choice)?.fixed
    const beliefs = beliefsOf(counted, questionClass, choice)
    const reacted = beliefs.some(({ reactions }) => reactions > 0)
    const index = reacted ? draw(beliefs, random) : 0
    chosen[choice] = rule ?? options[choice][index]?.option ?? options[choice][0]?.option ?? ''
  }
  return chosen
}

/** What the model is told because of choices, in a fixed order. */
export const saidBy = (chosen: Readonly<Record<string, string>>): string[] =>
  choiceNames.flatMap((choice) => options[choice].find(({ option }) => option === chosen[choice])?.says ?? [])

/** Everything that was learned, for the screen. */
export function allChoices(counted: readonly Counted[], fixed: readonly Fixed[]): Choice[] {
  return classes.flatMap((questionClass) =>
    choiceNames.map((choice) => {
      const beliefs = beliefsOf(counted, questionClass, choice)
      const rule = fixed.find((one) => one.class === questionClass && one.choice === choice)?.fixed ?? null
      const reacted = beliefs.some(({ reactions }) => reactions > 0)
      const chance = reacted ? chances(beliefs, seeded(1)) : beliefs.map((_, index) => (index === 0 ? 1 : 0))
      const arms = options[choice].map(({ option, label }, index): Arm => {
        const { alpha, beta, replies } = beliefs[index] ?? { ...priors.other, replies: 0 }
        const fixedChance = rule === null ? (chance[index] ?? 0) : rule === option ? 1 : 0
        return { option, label, alpha, beta, mean: alpha / (alpha + beta), tried: replies, chance: fixedChance }
      })
      return { class: questionClass, choice, fixed: rule, arms }
    }),
  )
}
