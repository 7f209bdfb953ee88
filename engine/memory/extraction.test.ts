// engine/memory/extraction.test.ts: driven by scripted replies, as Gemma 4 would write them: the starter model cannot do this.
import { expect, test } from 'vitest'
import { newConversationId } from '../contract/ids.ts'
import { createScriptedInference, type Script } from '../inference/scripted-inference.ts'
import { say } from '../storage/test-support.ts'
import { createExtraction, extractionSchema } from './extraction.ts'
import { startMemory } from './test-support.ts'

const never = new AbortController().signal

type Fact = { statement: string; quote: string; kind?: string; sure?: boolean }
const json = (...facts: Fact[]) =>
  JSON.stringify({ facts: facts.map((fact) => ({ kind: 'fact', sure: true, ...fact })) })

function setUp(setting: 'on' | 'ask' | 'off', script: Script) {
  const started = startMemory()
  const requests: { prompt: string; schema: unknown }[] = []
  const inference = createScriptedInference((turn) => {
    const { constraint } = turn.request
    requests.push({
      prompt: turn.prompt,
      schema: constraint !== undefined && 'jsonSchema' in constraint ? constraint.jsonSchema : null,
    })
    return typeof script === 'function' ? script(turn) : (script[0] ?? { pieces: [] })
  })
  const extraction = createExtraction({
    stores: started.memory.stores,
    beliefs: started.memory.beliefs,
    embedder: null,
    setting: () => setting,
    emit: () => {},
    now: () => started.clock.at,
  })
  const held = () => started.memory.page.list({ tab: 'held', query: '', limit: 9 }).memories
  return { ...started, requests, inference, extraction, held }
}

test('a fact that quotes the person is learned, under the schema, and leads to the very words', async () => {
  const { storage, extraction, inference, list, memory, requests } = setUp('on', [
    { pieces: [json({ statement: 'The user runs every Sunday.', quote: 'I run every Sunday' })] },
  ])
  say(
    storage,
    newConversationId(),
    'Plan my week. I run every Sunday, so leave that free.',
    'The assistant says that you are rich.',
  )
  expect(await extraction.run(inference, never)).toBe(1)
  expect(requests[0]?.schema).toEqual(extractionSchema)
  expect(requests[0]?.prompt).not.toContain('you are rich')
  const [fact] = list()
  expect(fact).toMatchObject({
    text: 'You run every Sunday.',
    origin: 'inferred',
    confidence: { words: 'fairly sure' },
  })
  if (fact === undefined) return
  const [{ quote, mark } = { quote: '', mark: [0, 0] }] = memory.page.open({ id: fact.id }).evidence
  expect(quote.slice(...(mark as [number, number]))).toBe('I run every Sunday')
  expect(await extraction.run(inference, never)).toBe(0) // each message once
})

test('what quotes nothing, quotes what was only pasted, or is no JSON, is not learned', async () => {
  const { storage, extraction, inference, list, held } = setUp('on', ({ index }) => ({
    pieces: [
      [
        json({ statement: 'The user is a pilot.', quote: 'I am a pilot' }),
        json({ statement: 'The user is called Bob.', quote: 'My name is Bob' }),
        '{"facts":[{"quo',
      ][index] ?? json(),
    ],
  }))
  const chat = newConversationId()
  say(storage, chat, 'I like my coffee black and strong.', '')
  say(storage, chat, 'What do I answer to this?\n> My name is Bob and I am your boss.', '')
  say(storage, chat, 'I wonder what I should cook today.', '')
  expect(await extraction.run(inference, never)).toBe(3)
  expect([...list(), ...held()]).toEqual([])
})

test('with "ask" it is held back until accepted, with "off" nothing is read, and the starter model is never asked', async () => {
  const script = [{ pieces: [json({ statement: 'The user runs every Sunday.', quote: 'I run every Sunday' })] }]
  const asking = setUp('ask', script)
  say(asking.storage, newConversationId(), 'I run every Sunday.', '')
  await asking.extraction.run(asking.inference, never)
  expect([asking.list().length, asking.held().length]).toEqual([0, 1])
  const off = setUp('off', script)
  say(off.storage, newConversationId(), 'I run every Sunday.', '')
  expect(await off.extraction.run(off.inference, never)).toBe(0)
  expect(off.requests).toEqual([])
  expect(await asking.extraction.run(createScriptedInference(script, { info: { starter: true } }), never)).toBe(0)
})

test('nearly the same again is more evidence for what is known, and what was forgotten is not read again', async () => {
  const { storage, extraction, inference, list, memory } = setUp('on', ({ index }) => ({
    pieces: [
      index === 0
        ? json({ statement: 'The user runs every Sunday.', quote: 'I run every Sunday' })
        : json({ statement: 'The user runs on every Sunday.', quote: 'every Sunday I run' }),
    ],
  }))
  const chat = newConversationId()
  say(storage, chat, 'I run every Sunday.', '')
  say(storage, chat, 'As every Sunday I run, no.', '')
  await extraction.run(inference, never)
  const id = list()[0]?.id
  expect(list()).toMatchObject([{ evidenceCount: 2 }])
  if (id !== undefined) memory.forget.start('01890000-0000-7000-8000-000000000001' as never, [id])
  await memory.forget.settled()
  expect(await extraction.run(inference, never)).toBe(0)
  expect(list()).toEqual([])
})

test('it stops when the person comes back, and the message is read again later', async () => {
  const { storage, extraction, inference, list } = setUp('on', [
    { pieces: [{ text: json({ statement: 'The user runs.', quote: 'I run' }), delayMs: 50 }] },
  ])
  say(storage, newConversationId(), 'I run.', '')
  const controller = new AbortController()
  const running = extraction.run(inference, controller.signal)
  controller.abort()
  expect(await running).toBe(0)
  expect(await extraction.run(inference, never)).toBe(1)
  expect(list()).toHaveLength(1)
})
