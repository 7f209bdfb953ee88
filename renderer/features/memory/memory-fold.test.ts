import { expect, test } from 'vitest'
import { newConversationId, newMessageId } from '../../../engine/contract/ids.ts'
import { type ForgetReceipt, newForgetId, newMemoryId } from '../../../engine/contract/memory.ts'
import {
  applyMemoryEvent,
  emptyMemory,
  type Forgetting,
  type Heard,
  nextRun,
  wholeReceipt,
  withHeard,
} from './memory-fold.ts'

const receipt = (id: ForgetReceipt['id'], change: Partial<ForgetReceipt> = {}): ForgetReceipt => ({
  id,
  at: 5,
  memories: 2,
  lines: [{ store: 'evidence', verb: 'removed', count: 3, note: null }],
  checks: [{ store: 'index', passed: true, found: 0 }],
  complete: true,
  ...change,
})
const running = (): Forgetting => ({
  stage: 'running',
  memories: [],
  plan: null,
  runs: [newForgetId(), newForgetId()].map((id) => ({ id, memories: [newMemoryId()], receipt: null })),
  steps: [],
  failure: null,
})
const idOf = (forgetting: Forgetting, at: number) => {
  const run = forgetting.runs[at]
  if (!run) throw new Error(`expected a run ${at}`)
  return run.id
}

test('the chips of a reply are kept by its chat, and a later reply leaves them', () => {
  const [conversation, one, other] = [newConversationId(), newMessageId(), newMessageId()]
  const used = (text: string) => [
    { memory: newMemoryId(), text, kind: 'fact', place: 'turn', because: 'words' } as const,
  ]
  const first = applyMemoryEvent(emptyMemory, {
    type: 'memory-used',
    conversation,
    reply: one,
    memories: used('You live in Cardiff.'),
  })
  const both = applyMemoryEvent(first, { type: 'memory-used', conversation, reply: other, memories: used('You run.') })
  expect(both.used[conversation]?.[one]?.[0]?.text).toBe('You live in Cardiff.')
  expect(both.used[conversation]?.[other]?.[0]?.text).toBe('You run.')
})

test('a message may do several things, and what the engine says of them later counts', () => {
  const [conversation, message, other] = [newConversationId(), newMessageId(), newMessageId()]
  const act = (did: Heard['did'], of = message): Heard => ({
    conversation,
    message: of,
    act: newMemoryId() as never,
    did,
    memories: [{ memory: newMemoryId(), text: 'Your name is Ines.' }],
  })
  const [first, second, unknown] = [act('remembered'), act('corrected'), act('nothing', other)]
  const all = [first, second, unknown].reduce(
    (state, heard) => applyMemoryEvent(state, { type: 'memory-heard', ...heard }),
    emptyMemory,
  )
  expect(all.heard[message]).toEqual([first, second])
  expect(withHeard(all.heard, conversation, [second])).toEqual({ [message]: [second], [other]: [unknown] })
  expect(withHeard(all.heard, newConversationId(), [])).toEqual(all.heard)
})

test('each change of memory is a reason to ask again', () => {
  const next = applyMemoryEvent(emptyMemory, { type: 'memory-changed', memories: [] })
  expect(next.version).toBe(emptyMemory.version + 1)
})

test('a forget ends when every run has its receipt, and not before', () => {
  const forgetting = running()
  const [first, second] = [idOf(forgetting, 0), idOf(forgetting, 1)]
  const half = applyMemoryEvent(
    { ...emptyMemory, forgetting },
    { type: 'forget-done', run: first, receipt: receipt(first) },
  )
  expect(half.forgetting?.stage).toBe('running')
  expect(half.forgetting && nextRun(half.forgetting)?.id).toBe(second)
  const whole = applyMemoryEvent(half, { type: 'forget-done', run: second, receipt: receipt(second) })
  expect(whole.forgetting?.stage).toBe('done')
})

test('the forget of another window changes nothing here', () => {
  const forgetting = running()
  const other = newForgetId()
  const state = { ...emptyMemory, forgetting }
  expect(applyMemoryEvent(state, { type: 'forget-done', run: other, receipt: receipt(other) }).forgetting).toBe(
    forgetting,
  )
})

test('receipts of several runs add up, and one failed check fails the whole', () => {
  const forgetting = running()
  const [first, second] = [idOf(forgetting, 0), idOf(forgetting, 1)]
  const left = receipt(second, { checks: [{ store: 'index', passed: false, found: 4 }], complete: false })
  const runs = forgetting.runs.map((run, at) => ({ ...run, receipt: at === 0 ? receipt(first) : left }))
  const whole = wholeReceipt({ ...forgetting, runs })
  expect(whole?.memories).toBe(4)
  expect(whole?.lines).toEqual([{ store: 'evidence', verb: 'removed', count: 6, note: null }])
  expect(whole?.checks).toEqual([{ store: 'index', passed: false, found: 4 }])
  expect(whole?.complete).toBe(false)
})
