// kill -9, fifty times, at moments that nobody chose: of the engine, of the shell, of both at once. After each, the
// database file is read past the engine: what was acknowledged is whole, what was being written is a beginning of what
// was said, and at most half a second of it is missing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ConversationId, newConversationId, newMessageId } from '../engine/contract/ids.ts'
import { expect, test } from './fixtures/app.ts'
import { type Client, openClient } from './fixtures/client.ts'
import { integrityOf, readMessages } from './fixtures/database.ts'
import { type Host, startHost } from './fixtures/host.ts'
import { writeEndlessModel, writeScriptedModel } from './fixtures/model-files.ts'
import { createRandom, type Random } from './fixtures/random.ts'
import { countDelayMs, countPiece, countText, questions } from './scripts/words.ts'

// Not by the clock, which lies on a busy machine: a stalled engine says as little as it writes.
const halfASecondOfCounting = (500 / countDelayMs) * countPiece(0).length

type Victim = 'engine' | 'shell' | 'both'

interface Asked {
  readonly question: string
  readonly text: string
  readonly reply: string
  /** What the window had when the kill went out. */
  readonly received: string
}

let dataDir = ''
let host: Host | null = null
test.beforeEach(({ shell }) => {
  test.skip(shell === 'electron', 'the kills go to the processes of the web shell; the engine is the same')
  dataDir = mkdtempSync(path.join(tmpdir(), 'hearth-kills-'))
})
test.afterEach(async () => {
  await host?.stop()
  host = null
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
})

test('40 kills of a counting model lose at most half a second of the reply in flight, and nothing else', async () => {
  test.setTimeout(240_000)
  const model = writeScriptedModel(dataDir)
  const environment = { HEARTH_SCRIPT: path.join(import.meta.dirname, 'scripts', 'words.ts') }
  const moment = (random: Random) => random.integer(random.pick([20, 400, 1200])) * countPiece(0).length
  for (const one of await kill(40, 20260101, { model, environment, question: questions.count, moment })) {
    const stored = readMessages(dataDir).get(one.reply)
    expect(stored?.status).toBe('interrupted')
    const text = stored?.text ?? 'none'
    expect(countText.startsWith(text), `a beginning of the count: …${text.slice(-40)}`).toBe(true)
    expect(text.length).toBeGreaterThanOrEqual(one.received.length - halfASecondOfCounting)
  }
})

test('10 kills of the real engine in a long reply leave a beginning of it', async () => {
  test.setTimeout(120_000)
  const model = writeEndlessModel(dataDir)
  const moment = (random: Random) => random.integer(random.pick([40, 1500]))
  const asked = await kill(10, 20260102, { model, environment: {}, question: 'Tell me something long.', moment })
  for (const one of asked) {
    const stored = readMessages(dataDir).get(one.reply)
    expect(stored?.status).toBe('interrupted')
    const text = stored?.text ?? 'none'
    // An engine whose shell was killed may have written more than the window ever saw.
    expect(text.startsWith(one.received) || one.received.startsWith(text)).toBe(true)
  }
  const kept = asked.map(({ reply }) => readMessages(dataDir).get(reply)?.text.length ?? 0)
  expect(Math.max(...kept)).toBeGreaterThan(0)
})

interface Plan {
  readonly model: string
  readonly environment: Readonly<Record<string, string>>
  readonly question: string
  /** How many characters of the reply to wait for. */
  readonly moment: (random: Random) => number
}

/** Asks and kills `times` times. After each kill everything said so far is compared with the database. */
async function kill(times: number, seed: number, plan: Plan): Promise<readonly Asked[]> {
  const random = createRandom(seed)
  const asked: Asked[] = []
  let conversation = newConversationId()
  let engineLosses = 0
  let client = await startAndOpen(plan)
  await client.call('model.use', { path: plan.model })
  await modelReady(client)
  for (let round = 0; round < times; round++) {
    // A chat goes on now and then, but never so far that its context is full.
    if ((asked.at(-1)?.received.length ?? 0) > 1000 || random.integer(3) > 0) conversation = newConversationId()
    // After two losses the shell waits longer before it starts the next engine; a killed shell begins anew.
    const victim = engineLosses < 2 ? random.pick<Victim>(['engine', 'engine', 'shell', 'both']) : 'shell'
    const one = await askAndKill(client, conversation, victim, plan.moment(random), plan.question)
    asked.push(one)
    if (victim === 'engine') {
      engineLosses++
      await client.greeted(engineLosses + 1)
    } else {
      client.close()
      engineLosses = 0
      client = await startAndOpen(plan)
    }
    await modelReady(client)
    await everythingIsThere(client, asked)
  }
  client.close()
  return asked
}

async function startAndOpen({ environment }: Plan): Promise<Client> {
  host = await startHost({ dataDir, environment })
  const client = await openClient(host.link)
  await client.greeted(1)
  return client
}

/** The model is asked for at each start of an engine; a turn before it is there would wait, and the moment with it. */
async function modelReady(client: Client): Promise<void> {
  await expect
    .poll(async () => (await client.call('app.snapshot', {})).model.state, { intervals: [10, 20, 50] })
    .toBe('ready')
}

async function askAndKill(
  client: Client,
  conversation: ConversationId,
  victim: Victim,
  moment: number,
  text: string,
): Promise<Asked> {
  const message = newMessageId()
  const reply = newMessageId()
  await client.call('turn.start', { conversation, message, reply, text })
  await client.untilLength(reply, moment)
  const engine = host?.enginePids().at(-1) ?? 0
  expect(engine).toBeGreaterThan(0)
  const received = client.textOf(reply)
  if (victim !== 'shell') process.kill(engine, 'SIGKILL')
  if (victim !== 'engine') await host?.kill()
  return { question: message, text, reply, received }
}

async function everythingIsThere(client: Client, asked: readonly Asked[]): Promise<void> {
  expect(integrityOf(dataDir)).toBe('ok')
  const stored = readMessages(dataDir)
  for (const { question, text } of asked) {
    expect(stored.get(question), 'a question that was acknowledged').toMatchObject({ text, status: 'done' })
  }
  expect(stored.size).toBe(asked.length * 2)
  expect([...stored.values()].filter(({ status }) => status === 'streaming')).toEqual([])
  const last = asked.at(-1)
  const conversation = last && stored.get(last.reply)?.conversation
  const { messages } = await client.call('conversation.open', { id: conversation as ConversationId })
  expect(messages.at(-1)).toMatchObject({
    id: last?.reply,
    status: 'interrupted',
    text: stored.get(last?.reply ?? '')?.text,
  })
}
