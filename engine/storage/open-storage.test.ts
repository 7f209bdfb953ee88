import { execFileSync, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { newConversationId } from '../contract/ids.ts'
import { openStorage } from './open-storage.ts'
import { ask, bytesOf, failureOf, newTalk, openTemp, say, tempFolder } from './test-support.ts'

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount()

function tryMount(): boolean {
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
}

/** A folder on a disk of its own. */
function mountedFolder(options: string): string {
  const folder = join(tempFolder(), 'disk')
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', ['-l', folder]))
  return folder
}

test('a new data folder is for this user alone', () => {
  const folder = join(tempFolder(), 'a', 'b')
  openTemp(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('what was written is there after closing and opening', () => {
  const folder = tempFolder()
  const storage = openStorage(folder)
  const id = newTalk(storage, 'Hi', 'Hello 😀')
  storage.settings.update({ theme: 'dark', lastConversation: id })
  storage.close()
  storage.close() // idempotent
  const again = openTemp(folder)
  expect(again.conversations.list()).toMatchObject([{ id, messageCount: 2 }])
  expect(again.settings.read()).toMatchObject({ theme: 'dark', lastConversation: id, welcomed: false })
})

test('the database is in WAL mode, fully synchronous, checks foreign keys and overwrites what is deleted', () => {
  const { database } = openTemp()
  const pragma = (name: string) => database.pragma(name, { simple: true })
  expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys'), pragma('secure_delete')]).toEqual([
    'wal',
    2,
    1,
    1,
  ])
  const tables = database.pragma('table_list') as { name: string; type: string; strict: number }[]
  const loose = tables.filter(
    ({ name, type, strict }) => type === 'table' && strict === 0 && !name.startsWith('sqlite_'),
  )
  expect(loose).toEqual([])
})

test('a reply that was being written is interrupted at the next opening, with the text that was flushed', () => {
  const folder = tempFolder()
  const storage = openStorage(folder)
  const { reply } = ask(storage, newConversationId(), 'Hi')
  storage.messages.flush(reply, 'Hel')
  storage.close()
  expect(openTemp(folder).messages.find(reply)).toMatchObject({ status: 'interrupted', text: 'Hel' })
})

test('a second engine is refused while the first has the folder, and not afterwards', () => {
  const folder = tempFolder()
  const first = openStorage(folder)
  expect(failureOf(() => openStorage(folder, { lockWaitMs: 0 }))).toMatchObject({ code: 'storage-locked' })
  first.close()
  openTemp(folder)
})

test('kill -9 of the process that holds the folder frees it', async () => {
  const folder = tempFolder()
  const child = fork(new URL('./hold-folder.ts', import.meta.url), [folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  expect(failureOf(() => openStorage(folder, { lockWaitMs: 0 }))).toMatchObject({ code: 'storage-locked' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  openTemp(folder)
})

test.each([
  ['is no database at all', (bytes: Buffer) => bytes.fill(0x41)],
  ['has a damaged page', (bytes: Buffer) => bytes.fill(0xff, 4096 * 2, 4096 * 4)],
  ['is cut short', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2) + 100)],
])('a file that %s is kept aside under the name that is told, and the next opening begins anew', (_, damage) => {
  const folder = tempFolder()
  const storage = openStorage(folder)
  for (let i = 0; i < 50; i++) newTalk(storage, `Question ${i} ${'long '.repeat(200)}`)
  storage.close()
  const file = join(folder, 'hearth.db')
  const damaged = damage(readFileSync(file))
  writeFileSync(file, damaged)

  const failure = failureOf(() => openStorage(folder))
  expect(failure).toMatchObject({ code: 'storage-corrupt', remedy: expect.stringContaining('start it again') })
  const kept = readdirSync(folder).find((name) => /^hearth\.db\.damaged-[^-]+-[^-]+-\S+Z$/.test(name)) ?? ''
  expect(failure?.message).toContain(join(folder, kept))
  expect(readFileSync(join(folder, kept)).equals(damaged)).toBe(true)
  expect(openTemp(folder).conversations.list()).toEqual([])
})

test('an empty file becomes a database', () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'hearth.db'), '')
  expect(openTemp(folder).conversations.list()).toEqual([])
})

test('a file where the folder should be is said in a sentence', () => {
  const file = join(tempFolder(), 'file')
  writeFileSync(file, '')
  expect(failureOf(() => openStorage(file))?.message).toMatch(/A folder .* there is a file/)
})

test('a full database says so, loses nothing, and works again when there is room', () => {
  const storage = openTemp()
  const { conversations, messages, database } = storage
  const id = newTalk(storage, 'Before', 'the disk was full')
  const pages = database.pragma('page_count', { simple: true }) as number
  database.pragma(`max_page_count = ${pages + 2}`)
  const long = 'x'.repeat(200_000)
  expect(failureOf(() => say(storage, id, long, ''))).toMatchObject({
    code: 'storage-full',
    remedy: expect.stringContaining('Free some space'),
  })
  expect(messages.branch(conversations.find(id)?.head ?? null).map(({ text }) => text)).toEqual([
    'Before',
    'the disk was full',
  ])
  database.pragma('max_page_count = 1000000')
  say(storage, id, long, 'again')
  expect(conversations.find(id)).toMatchObject({ messageCount: 4 })
})

test.skipIf(!canMount)(
  'a disk that is really full says so and works again [skipped: needs root and mount on Linux]',
  () => {
    const folder = mountedFolder('size=1m')
    const storage = openStorage(folder)
    const id = newTalk(storage)
    writeFileSync(join(folder, 'ballast'), '')
    const fill = () => {
      for (let i = 0; i < 100; i++) say(storage, id, 'y'.repeat(50_000), 'z')
    }
    expect(failureOf(fill)).toMatchObject({ code: 'storage-full' })
    const count = storage.conversations.find(id)?.messageCount ?? 0
    expect(count).toBeGreaterThanOrEqual(2)
    execFileSync('mount', ['-o', 'remount,size=16m', folder])
    say(storage, id, 'room again', 'yes')
    expect(storage.conversations.find(id)?.messageCount).toBeGreaterThanOrEqual(count + 2)
    storage.close()
    const again = openStorage(folder)
    expect(again.search.find('room again', 5)).toHaveLength(1)
    again.close()
  },
)

test.skipIf(!canMount)('a read-only disk says so [skipped: needs root and mount on Linux]', () => {
  const folder = mountedFolder('size=4m')
  openStorage(folder).close()
  execFileSync('mount', ['-o', 'remount,ro', folder])
  expect(failureOf(() => openStorage(folder))).toMatchObject({
    code: 'storage-read-only',
    message: expect.stringContaining(folder),
  })
  execFileSync('mount', ['-o', 'remount,rw', folder])
  openStorage(folder).close()
})

test('a database that refuses writes says so', () => {
  const storage = openTemp()
  storage.database.pragma('query_only = ON')
  expect(failureOf(() => newTalk(storage))).toMatchObject({ code: 'storage-read-only' })
})

test('a conversation that is deleted and purged has left no byte in the database, its index or its log', () => {
  const folder = tempFolder()
  const storage = openStorage(folder)
  newTalk(storage, 'This one stays', 'quietmarmot')
  const secret = newTalk(storage, `My word is zanzibarflute ${'and more '.repeat(2000)}`, 'xylophonemoss it is')
  const waiting = ask(storage, newTalk(storage, 'plumtelescope'), 'question')
  storage.messages.flush(waiting.reply, 'half a lemonsubmarine')
  expect(bytesOf(folder)).toContain('zanzibarflute')
  expect(bytesOf(folder)).toContain('xylophonemoss')
  const doomed = storage.messages.find(waiting.reply)?.conversation ?? secret
  storage.conversations.hide(secret, 10)
  storage.conversations.hide(doomed, 10)
  expect(storage.conversations.purge(9)).toEqual([])
  expect(storage.conversations.purge(10)).toEqual([secret, doomed])
  expect(bytesOf(folder)).not.toMatch(/zanzibarflute|xylophonemoss|plumtelescope|lemonsubmarine/i)
  expect(bytesOf(folder)).toContain('quietmarmot')
  storage.close()
})

test('what was deleted before the process ended is gone at the next opening', () => {
  const folder = tempFolder()
  const storage = openStorage(folder)
  const id = newTalk(storage, 'zanzibarflute')
  storage.conversations.hide(id, 10)
  storage.close()
  const again = openTemp(folder)
  expect(again.conversations.find(id)).toBeNull()
  expect(bytesOf(folder)).not.toContain('zanzibarflute')
})

test('a conversation of thousands of turns can be read and purged', () => {
  const storage = openTemp()
  const id = newConversationId()
  storage.database.pragma('synchronous = OFF')
  for (let i = 0; i < 1500; i++) say(storage, id, `q${i}`, `a${i}`)
  expect(storage.messages.branch(storage.conversations.find(id)?.head ?? null)).toHaveLength(3000)
  storage.conversations.hide(id, 1)
  expect(storage.conversations.purge(1)).toEqual([id])
})
