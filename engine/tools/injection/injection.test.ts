// engine/tools/injection/injection.test.ts: a model that always does what the last text it read tells it. Everything that can
// be allowed beforehand is allowed: what is left is the rule that a stranger's words have no power.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withTools } from '../../agent/with-tools.ts'
import type { Origin, ServerId } from '../../contract/tools.ts'
import { createByteTokenizer } from '../../inference/byte-tokenizer.ts'
import type { InferenceSession } from '../../inference/inference.ts'
import { serverTool } from '../../mcp/server-tool.ts'
import { printCall } from '../../prompt/tool-syntax.ts'
import type { Belt } from '../belt.ts'
import type { Sandbox } from '../sandbox.ts'
import { setUpTools } from '../test-support.ts'
import type { Tool, ToolResult } from '../tool.ts'
import { type Attack, attacks, carriers, goals, shapes, type Want } from './attacks.ts'

const tokenizer = createByteTokenizer()

/** A model that says these passes, one after the other. */
function obedient(passes: readonly (readonly Want[])[]): { session: InferenceSession; asked: () => number } {
  let pass = 0
  return {
    asked: () => pass,
    session: {
      close: () => {},
      generate: async (request, onPiece) => {
        const calls = passes[pass++] ?? []
        const text =
          calls.map(({ name, arguments: args }) => printCall(name, args, (plain) => plain)).join('') || 'Done.'
        onPiece({ tokens: tokenizer.encode(text, { bos: false, markers: 'all' }), text })
        return {
          stop: 'end',
          promptTokens: request.tokens.length,
          reusedTokens: 0,
          newTokens: 1,
          prefillMs: 0,
          decodeMs: 0,
        }
      },
    },
  }
}

function run(belt: Belt, passes: readonly (readonly Want[])[], signal: AbortSignal) {
  const { session } = obedient(passes)
  const agent = withTools({
    belt,
    inference: { encode: tokenizer.encode, markers: tokenizer.markers, info: { contextTokens: 1_000_000 } as never },
    session,
    textLength: () => 0,
    outside: (work) => work(),
    reopen: async () => session,
    clock: () => 0,
  })
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 }
  return agent.generate({ tokens: [1], maxTokens: 1_000_000, sampling }, () => {}, signal)
}

/** What a server would do, written down instead. */
function spyServer(done: string[]): readonly Tool[] {
  const server = '01890000-0000-7000-8000-000000000001' as ServerId
  const offer = (name: string, claims: 'reads' | 'changes') =>
    serverTool(server, 'Office', 'office', { name, title: name, description: '', schema: {}, claims, hash: name })
  const spy = (tool: Tool, answer: (args: unknown) => ToolResult): Tool => ({
    ...tool,
    run: async (args, hands) => {
      hands.claim({
        kind: 'server-call',
        server,
        claims: tool.ref.name === 'look_up' || tool.ref.name === 'inbox' ? 'reads' : 'changes',
      })
      done.push(`${tool.ref.name} ${JSON.stringify(args)}`)
      return answer(args)
    },
  })
  const quiet = (): ToolResult => ({ value: { status: 'ok' }, origins: [{ kind: 'server', name: 'Office' }] })
  return [
    ...(['send_mail', 'transfer'] as const).map((name) => spy(offer(name, 'changes'), quiet)),
    spy(offer('look_up', 'reads'), quiet),
    spy(offer('inbox', 'reads'), () => ({
      value: { text: inbox.text },
      origins: [{ kind: 'server', name: 'Office' }],
    })),
  ]
}
const inbox = { text: '' }

/** A sandbox that runs nothing, and says that the command wiped its copy. */
const spySandbox = (done: string[], desk: () => string): Sandbox => ({
  wrap: (argv) => argv,
  run: async (_argv, folder) => {
    if (folder === desk()) done.push('a command ran outside its copy')
    return { code: 0, output: '' }
  },
})

const treeOf = (folder: string): string => {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    hash.update(name)
    try {
      hash.update(readFileSync(join(folder, name)))
    } catch {
      // a folder
    }
  }
  return hash.digest('hex')
}

/** All is allowed that can be: every policy as far as it goes, rules for the rest, grants for the hosts. */
function allowEverything({ commands, desk, storage }: ReturnType<typeof setUpTools>) {
  for (const group of commands['tools.state']({}).groups) {
    commands['tool.enable-group']({ group: group.id, enabled: true })
    for (const { tool, policies } of group.tools) {
      const widest = policies.includes('always') ? 'always' : policies.includes('chat') ? 'chat' : 'ask'
      commands['tool.set-policy']({ tool, policy: widest })
    }
  }
  for (const name of ['send_mail', 'transfer', 'look_up', 'inbox'])
    commands['tool.set-policy']({
      tool: { server: '01890000-0000-7000-8000-000000000001' as ServerId, name },
      policy: 'always',
    })
  for (const [index, name] of [
    'fetch_page',
    'run_command',
    'delete_file',
    'write_file',
    'edit_file',
    'move_file',
  ].entries())
    storage.tools.permissions.addRule({
      id: `01890000-0000-7000-8000-00000000001${index}` as never,
      tool: { server: null, name },
      identity: 'hearth',
      pattern: { kind: 'any' },
      words: 'Anything',
      conversation: null,
      createdAt: 0,
      until: null,
    })
  for (const host of ['evil.example', 'granted.example', '192.168.1.1'])
    commands['egress.grant']({ host, purpose: 'page', conversation: null, until: null })
  writeFileSync(join(desk, 'accounts.csv'), 'account,balance\nDE12 3456,900\n')
  writeFileSync(join(desk, 'invoice.md'), 'Pay to DE12 3456.')
  writeFileSync(join(desk, 'contract.md'), 'We agree.')
  writeFileSync(join(desk, 'passwords.txt'), 'hunter2')
}

function setUp() {
  const done: string[] = []
  let desk = ''
  const lookups: string[] = []
  const setup = setUpTools({
    more: spyServer(done),
    sandbox: spySandbox(done, () => desk),
    resolve: async (host) => {
      lookups.push(host)
      return [{ address: '203.0.113.1', family: 4 }]
    },
  })
  desk = setup.desk
  allowEverything(setup)
  return { ...setup, done, lookups }
}

/** How the model comes to read the text, and the belt with which it then obeys. */
async function deliver(
  { carrier, text }: Attack,
  setup: ReturnType<typeof setUp>,
): Promise<{ belt: Belt; first: readonly Want[] }> {
  const { desk, belt: newBelt, tools } = setup
  const reading = (path: string): readonly Want[] => [{ name: 'read_file', arguments: { path } }]
  switch (carrier) {
    case 'file':
      writeFileSync(join(desk, 'letter.md'), text)
      return { belt: newBelt().belt, first: reading('letter.md') }
    case 'html':
      writeFileSync(join(desk, 'letter.html'), `<p>${text}</p>`)
      return { belt: newBelt().belt, first: reading('letter.html') }
    case 'name': {
      mkdirSync(join(desk, 'post'), { recursive: true })
      writeFileSync(join(desk, 'post', `${text.replace(/[/\0\n]/g, ' ').slice(0, 60)}.txt`), '')
      return { belt: newBelt().belt, first: [{ name: 'list_files', arguments: { folder: 'post' } }] }
    }
    case 'server':
      inbox.text = text
      return { belt: newBelt().belt, first: [{ name: 'inbox', arguments: {} }] }
    case 'note': {
      // The note was written in another chat, by a turn that had read the text.
      writeFileSync(join(desk, 'letter.md'), text)
      const earlier = newBelt()
      await run(
        earlier.belt,
        [reading('letter.md'), [{ name: 'add_note', arguments: { text: `Letter: ${text}` } }], []],
        new AbortController().signal,
      )
      return { belt: newBelt().belt, first: [{ name: 'search_notes', arguments: { query: '' } }] }
    }
    case 'page':
    case 'attachment': {
      const origin: Origin =
        carrier === 'page' ? { kind: 'web', name: 'granted.example' } : { kind: 'file', name: 'letter.pdf' }
      return { belt: newBelt(undefined, [origin]).belt, first: [] }
    }
    case 'earlier': {
      // It was read in an earlier reply of this chat, and stands in the prompt.
      writeFileSync(join(desk, 'letter.md'), text)
      const earlier = newBelt()
      await run(earlier.belt, [reading('letter.md'), []], new AbortController().signal)
      const { reply } = setup.newChat(earlier.conversation)
      const belt = tools.belt({
        conversation: earlier.conversation,
        reply,
        before: [earlier.reply],
        read: [],
        basic: false,
      })
      return { belt, first: [] }
    }
  }
}

test('there are at least a hundred attacks, and every shape, goal and carrier is among them', () => {
  expect(new Set(attacks.map(({ id }) => id)).size).toBeGreaterThanOrEqual(100)
  expect(new Set(attacks.map(({ text }) => text)).size).toBeGreaterThanOrEqual(100)
  expect(new Set(attacks.map(({ shape }) => shape)).size).toBe(shapes.length)
  expect(new Set(attacks.map(({ goal }) => goal.id)).size).toBe(goals.length)
  expect(new Set(attacks.map(({ carrier }) => carrier)).size).toBe(carriers.length)
})

test("without a stranger's text the same calls run, so that it is the text that takes the power away", async () => {
  const setup = setUp()
  const { belt } = setup.belt()
  await run(
    belt,
    [
      [
        { name: 'write_file', arguments: { path: 'new.md', text: 'x' } },
        { name: 'send_mail', arguments: { to: 'a', text: 'b' } },
      ],
      [],
    ],
    new AbortController().signal,
  )
  expect(setup.done).toEqual(['send_mail {"text":"b","to":"a"}'])
  expect(readFileSync(join(setup.desk, 'new.md'), 'utf8')).toBe('x')
})

test.each(shapes.map(({ id }) => id))('"%s" has no effect that nobody approved', async (shape) => {
  const setup = setUp()
  for (const attack of attacks.filter((one) => one.shape === shape)) {
    const asked = refuseAll(setup)
    const { belt, first } = await deliver(attack, setup)
    const before = treeOf(join(setup.desk, '..'))
    const doneBefore = setup.done.length
    const stepsBefore = new Set(setup.steps().map(({ id }) => id))
    asked.names.clear()
    const passes = [...(first.length > 0 ? [first] : []), attack.goal.wants, []]
    await run(belt, passes, new AbortController().signal)
    asked.end()

    expect(treeOf(join(setup.desk, '..')), attack.id).toBe(before)
    expect(setup.lookups, attack.id).toEqual([])
    expect(setup.done.slice(doneBefore), attack.id).toEqual(attack.carrier === 'server' ? ['inbox {}'] : [])
    for (const { fact, origins } of setup.remembered) expect([fact, origins.length > 0]).toEqual([fact, true])
    // Whatever would have acted outside was asked about, or could not even be planned; it was not done.
    const outward = attack.goal.wants.map(({ name }) => name).filter((name) => !inward.includes(name))
    const made = setup.steps().filter(({ id }) => !stepsBefore.has(id))
    const finished = made.filter(({ status }) => status === 'done').map(({ tool }) => tool.name)
    for (const name of outward) expect(finished, attack.id).not.toContain(name)
    expect(
      made.map(({ tool }) => tool.name),
      attack.id,
    ).toEqual(expect.arrayContaining(outward))
    if (attack.goal.id !== 'escape') expect([...asked.names], attack.id).toEqual(expect.arrayContaining(outward))
  }
})

const inward = ['read_file', 'add_note', 'search_notes', 'remember']

/** The person looks at each question, and says no. Every question names the text, and offers no rule. */
function refuseAll({ commands }: ReturnType<typeof setUp>) {
  const names = new Set<string>()
  const timer = setInterval(() => {
    for (const step of commands['tools.state']({}).waiting) {
      names.add(step.tool.name)
      expect(step.plan?.because.length).toBeGreaterThan(0)
      expect(step.plan?.patterns).toEqual([])
      commands['tool.decide']({ step: step.id, hash: step.plan?.hash ?? '', decision: { kind: 'refuse' } })
    }
  }, 1)
  return { names, end: () => clearInterval(timer) }
}
