// engine/memory/forget.test.ts: what forgetting must reach beside the memory tables: calls of tools that said it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newConversationId, uuidv7 } from '../contract/ids.ts'
import { newForgetId } from '../contract/memory.ts'
import type { StepId, ToolStep } from '../contract/tools.ts'
import { openTemp, tempFolder } from '../storage/test-support.ts'
import { createToolSteps } from '../storage/tool-steps.ts'
import { startMemory } from './test-support.ts'

const call = (change: Pick<ToolStep, 'conversation' | 'reply' | 'tool' | 'words' | 'arguments'>): ToolStep => ({
  id: uuidv7() as StepId,
  index: 0,
  at: 0,
  status: 'done',
  plan: null,
  allowedBy: { kind: 'free' },
  result: { text: change.words, bytes: 9, cut: false, origins: [] },
  failure: null,
  startedAt: 1,
  endedAt: 2,
  undo: { state: 'possible', until: 9 },
  ...change,
})

test('a call of a tool that said what is forgotten keeps its place and loses its words; others stay whole', async () => {
  const folder = tempFolder()
  const storage = openTemp(folder)
  const { memory, tell, list, events } = startMemory({ storage })
  const steps = createToolSteps(storage.database)
  const [chat, elsewhere] = [newConversationId(), newConversationId()]
  const { reply } = tell(chat, 'My dog is called Xylophon.')
  const other = tell(elsewhere, 'What is twelve times seven?')
  const remembered = call({
    conversation: chat,
    reply,
    tool: { server: null, name: 'remember' },
    words: 'remembered: a dog named Xylophon',
    arguments: '{"fact":"a dog named Xylophon"}',
  })
  const written = call({
    conversation: elsewhere,
    reply: other.reply,
    tool: { server: null, name: 'write_file' },
    words: 'wrote about.txt',
    arguments: JSON.stringify({ text: list()[0]?.statement }),
  })
  const counted = call({
    conversation: elsewhere,
    reply: other.reply,
    tool: { server: null, name: 'calculate' },
    words: 'calculated 12*7',
    arguments: '{"expression":"12*7"}',
  })
  for (const step of [remembered, written, counted]) steps.put(step, { text: step.words })
  const ids = list().map(({ id }) => id)
  expect(memory.forget.plan(ids).lines).toContainEqual(expect.objectContaining({ store: 'steps', count: 2 }))

  memory.forget.start(newForgetId(), ids)
  await expect
    .poll(() => events.find(({ type }) => type === 'forget-done'))
    .toMatchObject({
      type: 'forget-done',
      receipt: {
        complete: true,
        checks: expect.arrayContaining([{ store: 'steps', passed: true, found: 0 }]),
      },
    })
  expect(steps.find(remembered.id)).toMatchObject({ step: { status: 'done', arguments: '{}', undo: null } })
  expect(steps.find(written.id)).toMatchObject({ step: { arguments: '{}', undo: { state: 'possible' } } })
  expect(steps.find(counted.id)).toEqual({ step: counted, told: { text: counted.words } })
  for (const name of ['hearth.db', 'hearth.db-wal']) {
    const bytes = readFileSync(join(folder, name), 'latin1')
    expect(bytes).not.toContain('named Xylophon')
    expect(bytes).not.toContain("The user's dog")
  }
})
