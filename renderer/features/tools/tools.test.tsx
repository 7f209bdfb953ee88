import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { uuidv7 } from '../../../engine/contract/ids.ts'
import { type StepId, type ToolStep, toolStep } from '../../../engine/contract/tools.ts'
import { mountApp, settle } from '../../testing/mount.tsx'
import { chats, kindling, letterId } from '../../testing/scenes.ts'

afterEach(cleanup)

const reply = chats.find(({ role, conversation }) => role === 'assistant' && conversation === letterId)

function step(
  part: Partial<ToolStep>,
  patterns = true,
  because: NonNullable<ToolStep['plan']>['because'] = [],
): ToolStep {
  if (!reply) throw new Error('expected a reply in the scene')
  return toolStep.parse({
    id: uuidv7() as StepId,
    conversation: letterId,
    reply: reply.id,
    index: 0,
    at: 0,
    tool: { server: null, name: 'write_file' },
    words: 'change log.md',
    arguments: '{}',
    status: 'waiting',
    plan: {
      hash: 'the-hash',
      question: 'Change log.md?',
      effects: [
        {
          kind: 'file-write',
          path: '~/Flat/log.md',
          action: 'change',
          to: null,
          before: 'a',
          after: 'b',
          reversible: true,
        },
      ],
      previews: [{ kind: 'diff', path: '~/Flat/log.md', text: '-old\n+new', added: 1, removed: 1 }],
      rehearsed: true,
      patterns: patterns ? [{ pattern: { kind: 'file', path: '~/Flat/log.md' }, words: 'change log.md' }] : [],
      because,
    },
    allowedBy: null,
    result: null,
    failure: null,
    startedAt: 1,
    endedAt: null,
    undo: null,
    ...part,
  })
}

async function mountWith(shown: ToolStep) {
  const mounted = await mountApp({
    model: kindling,
    messages: chats,
    settings: { lastConversation: letterId, welcomed: true },
  })
  mounted.host.emit({ type: 'tool-step', step: shown })
  await settle()
  return mounted
}
const card = () => screen.findByRole('region', { name: 'Change log.md?' })

test('a waiting step is a card with its effects and diff, and “Allow once” answers with the hash of that plan', async () => {
  const shown = step({})
  const { host } = await mountWith(shown)
  const inside = within(await card())
  expect(inside.getByText('Can be undone')).toBeTruthy()
  expect(inside.getByRole('figure', { name: 'Change to ~/Flat/log.md' }).textContent).toContain('+new')
  fireEvent.click(inside.getByRole('button', { name: /^Allow once/ }))
  await waitFor(() =>
    expect(host.calls).toContainEqual({
      command: 'tool.decide',
      input: { step: shown.id, hash: 'the-hash', decision: { kind: 'once' } },
    }),
  )
})

test('a plan that no rule may cover offers neither this chat nor always, and names what was read', async () => {
  await mountWith(step({}, false, [{ kind: 'web', name: 'example.org' }]))
  const inside = within(await card())
  expect(inside.queryByRole('button', { name: 'Allow in this chat' })).toBeNull()
  expect(inside.queryByRole('button', { name: 'Always…' })).toBeNull()
  expect(inside.getByText(/has read the page example\.org/)).toBeTruthy()
})

test('a refused step says so and has no card; a done one can be undone', async () => {
  const shown = step({ status: 'refused', endedAt: 2 })
  const { host } = await mountWith(shown)
  expect(await screen.findByText('You did not allow this')).toBeTruthy()
  expect(screen.queryByRole('region', { name: 'Change log.md?' })).toBeNull()
  host.emit({ type: 'tool-step', step: { ...shown, status: 'done', undo: { state: 'possible', until: 9e15 } } })
  fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(host.calls).toContainEqual({ command: 'tool.undo', input: { step: shown.id } }))
})
