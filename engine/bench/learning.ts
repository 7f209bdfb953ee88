// engine/bench/learning.ts: `npm run bench:learning`: does it help to be known? One person's 300 turns, made from a seed: the
// held-out sixty are put to an engine that knows nothing, to one that has lived through the other 240, and to that one
// again after half of what it knew was forgotten. The real engine and the starter model; nothing is scripted but the person.
//
// Learned must win on each figure, and what was forgotten must be as if it had never been known; otherwise exit code 1.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AppEvent } from '../contract/events.ts'
import { newConversationId, newMessageId } from '../contract/ids.ts'
import { newForgetId } from '../contract/memory.ts'
import { call, createEngine, type Engine } from '../host/engine.ts'
import { seeded } from '../learning/thompson.ts'
import { type Fact, makePerson, type Person, type Turn } from './person.ts'

const seed = 20
const root = fileURLToPath(new URL('../../', import.meta.url))

export type Figures = {
  /** Of requests in classes where the person has a taste: answered to it. */
  readonly preferences: number
  /** Of questions about the person: the true fact is in the prompt. */
  readonly recall: number
  /** Of memories in prompts: they are what the question is about. */
  readonly precision: number
  /** Of questions about what had changed: the new is in the prompt and the old is not. */
  readonly contradictions: number
  /** Of questions about the person: the model's answer holds the true value. */
  readonly answers: number
  /** New tokens by pass of the model, over all turns. */
  readonly tokensPerPass: number
}

export type Answer = {
  readonly turn: Turn
  readonly reply: string
  readonly text: string
  /** What of memory stood in the prompt. */
  readonly used: readonly string[]
  readonly choices: Readonly<Record<string, string>>
  readonly newTokens: number
  readonly passes: number
}

function start(folder: string) {
  const engine = createEngine({
    boot: {
      dataDir: folder,
      starterModelPath: join(root, 'assets', 'models', 'kindling.gguf'),
      addonPath: process.env.HEARTH_ADDON ?? join(root, 'build', 'hearth.node'),
      inference: 'native',
      version: 'bench',
    },
    log: () => {},
    random: seeded(seed),
    undoMs: 1,
  })
  const waiting = new Set<(event: AppEvent) => void>()
  engine.subscribe((event) => {
    for (const listener of waiting) listener(event)
  })
  const until = (fits: (event: AppEvent) => boolean) =>
    new Promise<AppEvent>((resolve) => {
      const listener = (event: AppEvent) => {
        if (!fits(event)) return
        waiting.delete(listener)
        resolve(event)
      }
      waiting.add(listener)
    })
  return { engine, until }
}
type Started = ReturnType<typeof start>

async function ready({ engine, until }: Started): Promise<void> {
  const { model } = call(engine, 'app.snapshot', {})
  if (model.state === 'ready') return
  const changed = await until((event) => event.type === 'model-changed' && event.status.state !== 'loading')
  if (changed.type === 'model-changed' && changed.status.state === 'failed')
    throw new Error(changed.status.failure.message)
}

/** Each turn is a chat of its own: nothing is known from what was said before in it. */
export async function put({ engine, until }: Started, turn: Turn): Promise<Answer> {
  const conversation = newConversationId()
  const reply = newMessageId()
  const ended = until((event) => (event.type === 'turn-done' || event.type === 'turn-failed') && event.reply === reply)
  call(engine, 'turn.start', { conversation, message: newMessageId(), reply, text: turn.text })
  const end = await ended
  if (end.type !== 'turn-done') throw new Error(`A reply to "${turn.text}" failed: ${JSON.stringify(end)}`)
  const { messages } = call(engine, 'conversation.open', { id: conversation })
  const { memories, choices } = call(engine, 'trace.open', { reply })
  return {
    turn,
    reply,
    text: messages.at(-1)?.text ?? '',
    used: memories.map(({ text }) => text),
    choices,
    newTokens: end.stats.newTokens,
    passes: end.stats.passes ?? end.stats.newTokens,
  }
}

/** How the person reacts: by their taste, and one time in ten by mood. */
function react(engine: Engine, person: Person, answer: Answer, random: () => number): void {
  if (answer.turn.kind !== 'request') return
  const taste = person.tastes[answer.turn.class]
  if (taste === undefined || random() < 0.3) return // often nobody says anything
  const content = isToTaste(person, answer) !== random() < 0.1
  call(engine, 'feedback.thumb', { reply: answer.reply as never, thumb: content ? 'up' : 'down' })
}

function isToTaste(person: Person, { turn, choices }: Answer): boolean {
  const taste = turn.kind === 'request' ? person.tastes[turn.class] : undefined
  return (
    (taste?.length === undefined || choices.length === taste.length) &&
    (taste?.format === undefined || choices.format === taste.format)
  )
}

const holds = (text: string, value: string) => text.toLowerCase().includes(value.toLowerCase())
const share = (all: readonly boolean[]) => (all.length === 0 ? 0 : all.filter((one) => one).length / all.length)

export function figuresOf(
  person: Person,
  answers: readonly Answer[],
  about: (fact: Fact) => boolean = () => true,
): Figures {
  const asked = answers.flatMap((answer) =>
    answer.turn.kind === 'ask' && about(answer.turn.fact) ? [{ ...answer.turn, ...answer }] : [],
  )
  const tasted = answers.filter(({ turn }) => turn.kind === 'request' && person.tastes[turn.class] !== undefined)
  const changed = asked.filter(({ fact }) => fact.later !== null)
  const lines = answers.flatMap(({ turn, used }) => used.map((text) => turn.kind === 'ask' && holds(text, turn.value)))
  const all = answers.filter(({ turn }) => turn.kind !== 'ask' || about(turn.fact))
  return {
    preferences: share(tasted.map((answer) => isToTaste(person, answer))),
    recall: share(asked.map(({ used, value }) => used.some((text) => holds(text, value)))),
    precision: share(lines),
    contradictions: share(
      changed.map(
        ({ used, value, fact }) =>
          used.some((text) => holds(text, value)) && !used.some((text) => holds(text, fact.value)),
      ),
    ),
    answers: share(asked.map(({ text, value }) => holds(text, value))),
    tokensPerPass:
      all.reduce((sum, { newTokens }) => sum + newTokens, 0) /
      Math.max(
        1,
        all.reduce((sum, { passes }) => sum + passes, 0),
      ),
  }
}

async function heldOut(started: Started, person: Person): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const turn of person.heldOut) answers.push(await put(started, turn))
  return answers
}

export async function withEngine<T>(work: (started: Started) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-'))
  const started = start(folder)
  try {
    await ready(started)
    return await work(started)
  } finally {
    await started.engine.shutdown()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function main(): Promise<number> {
  const person = makePerson(seed)
  const forgets = (fact: Fact) => person.facts.indexOf(fact) % 2 === 0
  const keeps = (fact: Fact) => !forgets(fact)
  const empty = await withEngine((started) => heldOut(started, person))
  const [learned, after] = await withEngine(async (started) => {
    const { engine, until } = started
    const random = seeded(seed + 1)
    for (const turn of person.history) react(engine, person, await put(started, turn), random)
    const before = new Set(call(engine, 'app.snapshot', {}).conversations.map(({ id }) => id))
    const known = await heldOut(started, person)
    // The held-out part itself must not have taught anything: its chats are deleted.
    for (const { id } of call(engine, 'app.snapshot', {}).conversations)
      if (!before.has(id)) call(engine, 'conversation.delete', { id })

    const values = person.facts
      .filter(forgets)
      .flatMap(({ value, later }) => [value, ...(later === null ? [] : [later])])
    const doomed = call(engine, 'memory.list', { tab: 'all', query: '', limit: 1000 }).memories.filter(({ text }) =>
      values.some((value) => holds(text, value)),
    )
    const run = newForgetId()
    const done = until((event) => (event.type === 'forget-done' || event.type === 'forget-failed') && event.run === run)
    call(engine, 'memory.forget', { run, memories: doomed.map(({ id }) => id) })
    const end = await done
    if (end.type !== 'forget-done' || !end.receipt.complete)
      throw new Error(`Forgetting failed: ${JSON.stringify(end)}`)
    call(engine, 'learning.reset', {})
    return [known, await heldOut(started, person)]
  })

  const table = {
    empty: figuresOf(person, empty),
    learned: figuresOf(person, learned),
    'forgotten half': figuresOf(person, after, forgets),
    'kept half': figuresOf(person, after, keeps),
    'forgotten half, empty': figuresOf(person, empty, forgets),
  }
  const names = Object.keys(table.empty) as (keyof Figures)[]
  const head = ['', ...Object.keys(table)]
  const rows = names.map((name) => [name, ...Object.values(table).map((figures) => figures[name].toFixed(2))])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)) + 2)
  for (const row of [head, ...rows]) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(''))

  const worse = names.filter((name) => !(table.learned[name] > table.empty[name]))
  const back = (['preferences', 'recall', 'contradictions', 'answers'] as const).filter(
    (name) => Math.abs(table['forgotten half'][name] - table['forgotten half, empty'][name]) > 0.101,
  )
  const lost = (['recall', 'contradictions'] as const).filter(
    (name) => table['kept half'][name] < table.learned[name] - 0.2,
  )
  for (const name of worse) console.log(`Learned does not win: ${name}.`)
  for (const name of back) console.log(`Forgotten, and not as if never known: ${name}.`)
  for (const name of lost) console.log(`Kept, and yet lost: ${name}.`)
  const info = { seed, turns: person.history.length + person.heldOut.length, heldOut: person.heldOut.length }
  const result = { ...info, table, passed: worse.length + back.length + lost.length === 0 }
  if (process.argv.includes('--keep'))
    writeFileSync(join(root, 'engine', 'bench', 'learning.json'), `${JSON.stringify(result, null, 2)}\n`)
  if (process.argv.includes('--json')) console.log(JSON.stringify(result))
  return result.passed ? 0 : 1
}

if (import.meta.main) process.exitCode = await main()
