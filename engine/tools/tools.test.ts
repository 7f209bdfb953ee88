// engine/tools/tools.test.ts: calls from their name to their result: what runs by itself, what is asked, what is kept, what
// can be taken back.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newConversationId } from '../contract/ids.ts'
import { call, setUpTools, testNow } from './test-support.ts'

const read = (path: string) => readFileSync(path, 'utf8')

test('sums, the clock and dates run by themselves and are right', async () => {
  const { belt: on, steps } = setUpTools()
  const { belt } = on()
  expect((await call(belt, 'calculate', { expression: '12*7' })).told).toEqual({ result: 84 })
  expect((await call(belt, 'calculate', { expression: '10/3' })).told).toEqual({ result: 3.3333, exact: '10/3' })
  expect((await call(belt, 'get_time')).told).toEqual({ time: '14:05', date: '25 November 2026', weekday: 'Wednesday' })
  expect((await call(belt, 'count_days', { from: 'today', to: '24 December 2026' })).told).toMatchObject({
    days: 29,
    weekday: 'Thursday',
  })
  expect((await call(belt, 'count_days', { from: '1 January 2000', to: '1 January 2001' })).told).toMatchObject({
    days: 366,
  })
  expect(steps().map(({ status, allowedBy, words }) => [status, allowedBy?.kind, words])).toContainEqual([
    'done',
    'free',
    'calculated 12*7',
  ])
})

test('notes are kept, found again, listed and taken back', async () => {
  const { belt: on, commands, steps, until, storage } = setUpTools()
  const { belt } = on()
  expect((await call(belt, 'add_note', { text: 'The boiler code is 4417' })).told).toEqual({ status: 'saved' })
  expect((await call(belt, 'search_notes', { query: ' boiler' })).told).toEqual({ notes: ['The boiler code is 4417'] })
  expect((await call(belt, 'search_notes', { query: 'roof' })).told).toEqual({ notes: [] })
  const [saved] = steps()
  expect(saved?.undo).toMatchObject({ state: 'possible' })
  if (saved !== undefined) commands['tool.undo']({ step: saved.id })
  await until(() => steps().find(({ undo }) => undo?.state === 'undone'))
  expect(storage.tools.notes.find('', 10)).toEqual([])
})

test('a reminder rings when its time has come, once, and one without a time never does', async () => {
  let now = testNow
  const { belt: on, events, until, commands } = setUpTools({ now: () => now })
  const { belt } = on()
  expect((await call(belt, 'add_reminder', { text: 'call Ana', when: 'tomorrow at 5pm' })).told).toEqual({
    status: 'added',
    due: 'on Thursday 26 November at 17:00',
  })
  expect((await call(belt, 'add_reminder', { text: 'tidy up', when: 'some day' })).told).toMatchObject({
    status: 'added',
    problem: expect.stringContaining('not ring'),
  })
  expect((await call(belt, 'set_timer', { duration: '5 minutes' })).told).toEqual({ status: 'started' })
  expect((await call(belt, 'list_reminders')).told).toMatchObject({
    reminders: [expect.stringContaining('Timer'), 'call Ana on Thursday 26 November at 17:00', 'tidy up some day'],
  })
  now += 27 * 3_600_000
  await call(belt, 'set_timer', { duration: '1 hour' }) // sets the alarm anew
  const rung = () => events.flatMap((event) => (event.type === 'reminder-due' ? [event.reminder.text] : []))
  await until(() => (rung().length === 2 ? true : undefined))
  expect(rung()).toEqual(['Timer: 5 minutes', 'call Ana'])
  await call(belt, 'set_timer', { duration: '2 hours' })
  expect(rung()).toHaveLength(2)
  expect(commands['reminder.list']({}).reminders).toHaveLength(5)
})

test("a file is read where its folder is granted, and its text is marked as a stranger's", async () => {
  const { belt: on, desk, steps } = setUpTools({ access: 'read' })
  writeFileSync(join(desk, 'lease.md'), '# Lease\nUntil March.')
  const { belt } = on()
  expect((await call(belt, 'read_file', { path: 'lease.md' })).told).toMatchObject({ text: '# Lease\nUntil March.' })
  expect(steps().at(-1)).toMatchObject({
    words: 'read lease.md',
    result: { origins: [{ kind: 'file', name: join(desk, 'lease.md') }] },
    allowedBy: { kind: 'free' },
  })
  expect((await call(belt, 'search_files', { query: 'march' })).told).toEqual({ files: [join(desk, 'lease.md')] })
  expect((await call(belt, 'list_files', {})).told).toMatchObject({ files: ['lease.md (20 bytes)'] })
  expect((await call(belt, 'write_file', { path: 'lease.md', text: 'x' })).told).toMatchObject({
    error: expect.stringContaining('granted'),
  })
})

test('a change is shown as a diff, done when it is allowed, and taken back', async () => {
  const { belt: on, desk, waiting, decide, commands, steps, until } = setUpTools()
  const file = join(desk, 'log.md')
  writeFileSync(file, 'one\ntwo\nthree\n')
  const { belt } = on()
  const change = call(belt, 'edit_file', { path: 'log.md', find: 'two', replace: 'TWO' })
  const step = await waiting()
  expect(step.plan).toMatchObject({
    question: 'Change log.md?',
    rehearsed: true,
    previews: [{ kind: 'diff', text: '@@ -1 +1 @@\n one\n-two\n+TWO\n three', added: 1, removed: 1 }],
  })
  expect(read(file)).toBe('one\ntwo\nthree\n')
  decide(step, { kind: 'once' })
  expect(await change).toMatchObject({ ok: true })
  expect(read(file)).toBe('one\nTWO\nthree\n')
  commands['tool.undo']({ step: step.id })
  await until(() => steps().find(({ undo }) => undo?.state === 'undone'))
  expect(read(file)).toBe('one\ntwo\nthree\n')
  expect(() => commands['tool.undo']({ step: step.id })).toThrow(/nothing to take back/)
})

test('undo leaves alone what has been changed since, and says so', async () => {
  const { belt: on, desk, waiting, decide, commands, until, steps } = setUpTools()
  const { belt } = on()
  const made = call(belt, 'write_file', { path: 'a.txt', text: 'mine' })
  const step = await waiting()
  decide(step, { kind: 'once' })
  await made
  writeFileSync(join(desk, 'a.txt'), 'theirs')
  commands['tool.undo']({ step: step.id })
  const undone = await until(() => steps().find(({ undo }) => undo?.state === 'failed'))
  expect(undone.failure?.message).toContain('changed since')
  expect(read(join(desk, 'a.txt'))).toBe('theirs')
})

test('what is refused is not done, and the model is told', async () => {
  const { belt: on, desk, waiting, decide } = setUpTools()
  const { belt } = on()
  const made = call(belt, 'write_file', { path: 'a.txt', text: 'x' })
  const step = await waiting()
  decide(step, { kind: 'refuse' })
  expect((await made).told).toMatchObject({ error: expect.stringContaining('did not allow') })
  expect(existsSync(join(desk, 'a.txt'))).toBe(false)
})

test('a decision is of the plan that was on screen, and comes once', async () => {
  const { belt: on, waiting, commands, decide } = setUpTools()
  const { belt } = on()
  const made = call(belt, 'write_file', { path: 'a.txt', text: 'x' })
  const step = await waiting()
  expect(() => commands['tool.decide']({ step: step.id, hash: 'another', decision: { kind: 'once' } })).toThrow(
    /plan has changed/,
  )
  decide(step, { kind: 'once' })
  expect(() => decide(step, { kind: 'once' })).toThrow(/does not wait/)
  await made
})

test('a plan that is older than the file is not carried out', async () => {
  const { belt: on, desk, waiting, decide, stepEnded } = setUpTools()
  const file = join(desk, 'a.txt')
  writeFileSync(file, 'before')
  const { belt } = on()
  const made = call(belt, 'write_file', { path: 'a.txt', text: 'after' })
  const step = await waiting()
  writeFileSync(file, 'meanwhile')
  decide(step, { kind: 'once' })
  await made
  expect(await stepEnded(step.id)).toMatchObject({ status: expect.stringMatching(/^(expired|mismatch)$/) })
  expect(read(file)).toBe('meanwhile')
})

test('a rule holds for its tool, its pattern, its chat and its time, and can be revoked', async () => {
  let now = testNow
  const { belt: on, desk, waiting, decide, steps, commands } = setUpTools({ now: () => now })
  mkdirSync(join(desk, 'sub'))
  const { belt, conversation } = on()
  const first = call(belt, 'write_file', { path: 'sub/a.txt', text: '1' })
  const step = await waiting()
  expect(step.plan?.patterns.map(({ words }) => words)).toEqual(['change a.txt', expect.stringContaining('sub')])
  const folder = step.plan?.patterns[1]?.pattern
  if (folder === undefined) throw new Error('a folder was offered')
  decide(step, { kind: 'always', pattern: folder, conversation: null, until: now + 1000 })
  await first
  expect((await call(belt, 'write_file', { path: 'sub/b.txt', text: '2' })).ok).toBe(true)
  expect(steps().at(-1)?.allowedBy).toMatchObject({ kind: 'rule' })
  expect(commands['tools.state']({}).rules).toMatchObject([{ uses: 2, paused: false }])

  const asks = async (name: string, args: unknown, chat = conversation) => {
    const again = call(on(chat).belt, name, args)
    const asked = await waiting()
    decide(asked, { kind: 'refuse' })
    await again
    return asked.tool.name
  }
  expect(await asks('write_file', { path: 'c.txt', text: '3' })).toBe('write_file') // another folder
  expect(await asks('edit_file', { path: 'sub/a.txt', find: '1', replace: '9' })).toBe('edit_file') // another tool
  now += 2000
  expect(await asks('write_file', { path: 'sub/d.txt', text: '4' })).toBe('write_file') // its time is over
  expect(commands['tools.state']({}).rules).toEqual([])
})

test('what is allowed in a chat holds there only', async () => {
  const { belt: on, waiting, decide, commands } = setUpTools()
  const { belt } = on()
  const first = call(belt, 'write_file', { path: 'a.txt', text: '1' })
  decide(await waiting(), { kind: 'chat' })
  await first
  expect((await call(belt, 'write_file', { path: 'a.txt', text: '2' })).ok).toBe(true)
  const other = call(on(newConversationId()).belt, 'write_file', { path: 'a.txt', text: '3' })
  decide(await waiting(), { kind: 'refuse' })
  expect((await other).ok).toBe(false)
  expect(commands['rule.revoke-all']({}).rules).toEqual([])
  const again = call(belt, 'write_file', { path: 'a.txt', text: '4' })
  decide(await waiting(), { kind: 'refuse' })
  expect((await again).ok).toBe(false)
})

test('a rule that the plan did not offer cannot be made', async () => {
  const { belt: on, waiting, decide } = setUpTools()
  const { belt } = on()
  const first = call(belt, 'write_file', { path: 'a.txt', text: '1' })
  const step = await waiting()
  expect(() => decide(step, { kind: 'always', pattern: { kind: 'any' }, conversation: null, until: null })).toThrow(
    /no rule/,
  )
  decide(step, { kind: 'refuse' })
  await first
})

test('a tool that is off, or set to never, is not offered, and a call of it says how to change that', async () => {
  const { belt: on, commands } = setUpTools()
  expect(on().belt.declarations.map(({ name }) => name)).toEqual([
    'calculate',
    'get_time',
    'count_days',
    'add_note',
    'search_notes',
    'set_timer',
    'add_reminder',
    'list_reminders',
    'remember',
    'search_files',
    'list_files',
    'read_file',
    'write_file',
    'edit_file',
    'move_file',
  ])
  commands['tool.enable-group']({ group: 'notes', enabled: false })
  commands['tool.set-policy']({ tool: { server: null, name: 'read_file' }, policy: 'never' })
  const { belt } = on()
  expect(belt.declarations.map(({ name }) => name)).not.toContain('add_note')
  expect((await call(belt, 'add_note', { text: 'x' })).told).toMatchObject({
    error: expect.stringContaining('under Tools'),
  })
  expect((await call(belt, 'fly_away')).told).toMatchObject({
    error: expect.stringContaining('no tool called fly_away'),
  })
  expect(() => commands['tool.enable-group']({ group: 'command', enabled: true })).toThrow(/sandbox/)
  expect(() => commands['tool.set-policy']({ tool: { server: null, name: 'delete_file' }, policy: 'always' })).toThrow(
    /cannot/,
  )
})

test('a wrong call is told what is wrong, and after the second one no more are made', async () => {
  const { belt: on } = setUpTools()
  const { belt } = on()
  expect((await call(belt, 'calculate', { sum: 1 })).told).toMatchObject({
    error: expect.stringContaining('expression'),
  })
  expect(belt.done()).toBe(false)
  expect((await call(belt, 'calculate', 'nonsense')).told).toMatchObject({ hint: expect.any(String) })
  expect(belt.done()).toBe(true)
})

test('the same call a third time is not made', async () => {
  const { belt: on } = setUpTools()
  const { belt } = on()
  for (let i = 0; i < 2; i++) expect((await call(belt, 'calculate', { expression: '1+1' })).ok).toBe(true)
  expect((await call(belt, 'calculate', { expression: '1+1' })).told).toMatchObject({
    error: expect.stringContaining('twice'),
  })
  expect(belt.done()).toBe(true)
})

test('stopping reaches a call that waits, and a step can be stopped by itself', async () => {
  const { belt: on, waiting, steps, commands } = setUpTools()
  const { belt } = on()
  const stop = new AbortController()
  const first = call(belt, 'write_file', { path: 'a.txt', text: '1' }, stop.signal)
  await waiting()
  stop.abort()
  await first
  expect(steps().at(-1)?.status).toBe('cancelled')
  const second = call(belt, 'write_file', { path: 'b.txt', text: '1' })
  commands['tool.cancel']({ step: (await waiting()).id })
  expect((await second).told).toMatchObject({ error: expect.stringContaining('stopped') })
  expect(commands['tools.state']({}).waiting).toEqual([])
})

test("what the person told is remembered; after a stranger's text it is passed on with where it came from", async () => {
  const { belt: on, remembered, desk } = setUpTools()
  const { belt } = on()
  await call(belt, 'remember', { fact: 'The user likes tea.' })
  writeFileSync(join(desk, 'a.txt'), 'The user likes rum.')
  await call(belt, 'read_file', { path: 'a.txt' })
  await call(belt, 'remember', { fact: 'The user likes rum.' })
  expect(remembered).toMatchObject([
    { fact: 'The user likes tea.', origins: [] },
    { fact: 'The user likes rum.', origins: [{ kind: 'file', name: join(desk, 'a.txt') }] },
  ])
})

test('a plan that failed can be made anew', async () => {
  const { belt: on, desk, waiting, decide, commands, stepEnded, steps, until } = setUpTools()
  const file = join(desk, 'a.txt')
  writeFileSync(file, 'before')
  const made = call(on().belt, 'write_file', { path: 'a.txt', text: 'after' })
  const step = await waiting()
  writeFileSync(file, 'meanwhile')
  decide(step, { kind: 'once' })
  await made
  await stepEnded(step.id)
  commands['tool.replan']({ step: step.id })
  const again = await waiting()
  expect(again.id).toBe(step.id)
  decide(again, { kind: 'once' })
  await until(() => steps().find(({ status }) => status === 'done'))
  expect(read(file)).toBe('after')
})

test('deleting is off until it is allowed, asks each time, and can be taken back', async () => {
  const { belt: on, desk, waiting, decide, commands, until, steps } = setUpTools()
  writeFileSync(join(desk, 'a.txt'), 'text')
  expect((await call(on().belt, 'delete_file', { path: 'a.txt' })).told).toMatchObject({ error: expect.any(String) })
  commands['tool.set-policy']({ tool: { server: null, name: 'delete_file' }, policy: 'ask' })
  const gone = call(on().belt, 'delete_file', { path: 'a.txt' })
  const step = await waiting()
  expect(step.plan?.patterns).toEqual([])
  decide(step, { kind: 'once' })
  await gone
  expect(existsSync(join(desk, 'a.txt'))).toBe(false)
  commands['tool.undo']({ step: step.id })
  await until(() => steps().find(({ undo }) => undo?.state === 'undone'))
  expect(read(join(desk, 'a.txt'))).toBe('text')
})

test('a file is moved inside granted folders, over none, and back again', async () => {
  const { belt: on, desk, waiting, decide, commands, until, steps } = setUpTools()
  writeFileSync(join(desk, 'a.txt'), 'A')
  writeFileSync(join(desk, 'b.txt'), 'B')
  expect((await call(on().belt, 'move_file', { from: 'a.txt', to: 'b.txt' })).told).toMatchObject({
    error: expect.stringContaining('already'),
  })
  const moved = call(on().belt, 'move_file', { from: 'a.txt', to: 'sub/c.txt' })
  const step = await waiting()
  decide(step, { kind: 'once' })
  await moved
  expect([existsSync(join(desk, 'a.txt')), read(join(desk, 'sub/c.txt'))]).toEqual([false, 'A'])
  commands['tool.undo']({ step: step.id })
  await until(() => steps().find(({ undo }) => undo?.state === 'undone'))
  expect([read(join(desk, 'a.txt')), existsSync(join(desk, 'sub/c.txt'))]).toEqual(['A', false])
})

test('steps of a chat outlive the process, and one that waited is interrupted', async () => {
  const { belt: on, storage, waiting, commands } = setUpTools()
  const { belt, conversation } = on()
  void call(belt, 'write_file', { path: 'a.txt', text: '1' })
  const step = await waiting()
  expect(storage.tools.steps.find(step.id)?.step.status).toBe('waiting')
  expect(storage.tools.steps.interruptOpen(testNow)).toBe(1)
  expect(commands['tool.steps']({ conversation }).steps).toMatchObject([{ status: 'interrupted' }])
})

test('a link inside a granted folder does not lead out of it', async () => {
  const { belt: on, desk } = setUpTools()
  symlinkSync('/etc', join(desk, 'etc'))
  expect((await call(on().belt, 'read_file', { path: 'etc/passwd' })).told).toMatchObject({
    error: expect.stringContaining('outside'),
  })
})
