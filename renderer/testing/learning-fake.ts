// renderer/testing/learning-fake.ts: the engine's side of learned choices and of the insights page, with made-up figures.
// Never part of the app.
import type { AppEvent } from '../../engine/contract/events.ts'
import {
  type Arm,
  type Choice,
  type ChoiceName,
  type InsightPoint,
  type Insights,
  learningCommands,
  type QuestionClass,
} from '../../engine/contract/learning.ts'
import type { Memory } from '../../engine/contract/memory.ts'
import type { FakeHandlers } from './fake-host.ts'

export interface LearningFakeOptions {
  /** Days with replies, counted back from today; 0 for a new person. */
  readonly days?: number
  readonly repliesADay?: number
  /** Share of tokens that how the person writes gives in the end. */
  readonly learned?: readonly { readonly memory: Memory; readonly why: string; readonly quote: string | null }[]
  /** Without feedback nothing is learned about how to answer. */
  readonly feedback?: boolean
}

export interface LearningFake {
  readonly handlers: FakeHandlers
  attach(emit: (...events: AppEvent[]) => void): void
}

const options: Readonly<Record<ChoiceName, readonly (readonly [string, string])[]>> = {
  length: [
    ['usual', 'As long as it takes'],
    ['short', 'Short answers'],
    ['long', 'Thorough answers'],
  ],
  format: [
    ['plain', 'Plain sentences'],
    ['list', 'Lists'],
  ],
  thinking: [
    ['off', 'Answers at once'],
    ['on', 'Thinks first'],
  ],
  drafting: [
    ['auto', 'Guesses ahead where it pays'],
    ['off', 'One token at a time'],
  ],
}
const classes: readonly QuestionClass[] = ['writing', 'question', 'code', 'chat']

function choices(learned: boolean): Choice[] {
  return (Object.keys(options) as ChoiceName[]).flatMap((choice) =>
    classes.map((name, at): Choice => {
      const fed = learned && at < 2
      const arms = options[choice].map(([option, label], index): Arm => {
        const good = fed ? ([3, 11, 2][index] ?? 1) : 0
        const bad = fed ? ([4, 2, 3][index] ?? 1) : 0
        const [alpha, beta] = [1 + good, 1 + bad]
        return { option, label, alpha, beta, mean: alpha / (alpha + beta), tried: good + bad, chance: 0 }
      })
      const sum = arms.reduce((total, { mean }) => total + mean ** 4, 0)
      const chance = (arm: Arm, index: number) => (fed ? arm.mean ** 4 / sum : index === 0 ? 1 : 0)
      return {
        class: name,
        choice,
        fixed: null,
        arms: arms.map((arm, index) => ({ ...arm, chance: chance(arm, index) })),
      }
    }),
  )
}

export function createLearningFake(given: LearningFakeOptions = {}): LearningFake {
  const { days = 0, repliesADay = 11, learned = [], feedback = days > 0 } = given
  let all = choices(feedback)
  let emit: (...events: AppEvent[]) => void = () => {}
  const answer = () => {
    emit({ type: 'learning-changed' })
    return { choices: all }
  }
  const handlers: FakeHandlers = {
    'feedback.thumb': () => ({}),
    'feedback.copied': () => ({}),
    'feedback.thumbs': () => ({ replies: {} }),
    'learning.choices': () => ({ choices: all }),
    'learning.fix': (input) => {
      const { class: name, choice, option } = learningCommands['learning.fix'].input.parse(input)
      all = all.map((one) => (one.class === name && one.choice === choice ? { ...one, fixed: option } : one))
      return answer()
    },
    'learning.reset': (input) => {
      const { class: name, choice } = learningCommands['learning.reset'].input.parse(input)
      const fresh = choices(false)
      all = all.map((one, at) =>
        (name === undefined || one.class === name) && (choice === undefined || one.choice === choice)
          ? (fresh[at] ?? one)
          : one,
      )
      return answer()
    },
    'insights.open': (input) => {
      const { since, until, by } = learningCommands['insights.open'].input.parse(input)
      return figures(since, until, by, days, repliesADay, learned, all)
    },
  }
  return {
    handlers,
    attach: (to) => {
      emit = to
    },
  }
}

const dayMs = 86_400_000

function figures(
  since: number,
  until: number,
  by: 'day' | 'week',
  days: number,
  repliesADay: number,
  learned: NonNullable<LearningFakeOptions['learned']>,
  all: Choice[],
): Insights {
  const today = new Date(until).setHours(0, 0, 0, 0)
  const step = by === 'day' ? 1 : 7
  const points: InsightPoint[] = []
  for (let back = Math.max(0, days - 1); back >= 0; back -= step) {
    const at = today - back * dayMs
    const one = point(at, days === 0 ? 0 : 1 - back / Math.max(1, days), repliesADay * step)
    if (at >= since && one.replies > 0) points.push(one) // as the engine: a day without a reply is no point
  }
  const shown = days === 0 ? [] : points
  return {
    replies: shown.reduce((sum, { replies }) => sum + replies, 0),
    points: shown,
    learned: [...learned],
    feedback:
      days === 0
        ? { up: 0, down: 0, copy: 0, retry: 0, edit: 0, stop: 0 }
        : { up: 31, down: 6, copy: 58, retry: 9, edit: 14, stop: 3 },
    choices: all,
    storage: [
      { what: 'messages', bytes: 4_812_000, count: 1260 },
      { what: 'snapshots', bytes: 96_400_000, count: 8 },
      { what: 'traces', bytes: 11_300_000, count: 630 },
      { what: 'search', bytes: 3_900_000, count: null },
      { what: 'learning', bytes: 2_150_000, count: 18_400 },
      { what: 'memory', bytes: 418_000, count: 41 },
      { what: 'free', bytes: 290_000, count: null },
      { what: 'other', bytes: 61_000, count: null },
    ].sort((a, b) => b.bytes - a.bytes) as Insights['storage'],
  }
}

/** One day, `grown` from 0 to 1. Nothing random: a picture of it is the same each time. */
function point(at: number, grown: number, replies: number): InsightPoint {
  const wave = Math.sin(grown * 21) * 0.35 + Math.sin(grown * 7.3) * 0.5
  const idle = Math.abs(Math.sin(grown * 40)) < 0.06
  if (idle) {
    return {
      at,
      replies: 0,
      newTokens: 0,
      tokensPerSecond: null,
      plainTokensPerSecond: null,
      tokensPerPass: null,
      acceptance: null,
      sources: { plain: 0, model: 0, lookup: 0, history: 0 },
      firstTokenMs: null,
      reused: null,
    }
  }
  const newTokens = Math.round(replies * (140 + 12 * wave))
  const history = Math.round(newTokens * (0.07 + 0.29 * grown ** 0.7))
  const lookup = Math.round(newTokens * 0.09)
  const model = Math.round(newTokens * (0.15 - 0.08 * grown))
  return {
    at,
    replies,
    newTokens,
    tokensPerSecond: 29.4 + 11 * grown ** 0.6 + wave,
    plainTokensPerSecond: 28.6 + wave * 0.5,
    tokensPerPass: 1.25 + 0.6 * grown,
    acceptance: 0.38 + 0.27 * grown + wave * 0.03,
    sources: { plain: newTokens - history - lookup - model, model, lookup, history },
    firstTokenMs: 640 - 250 * grown + wave * 30,
    reused: 0.72 + 0.19 * grown,
  }
}
