// A database from the future, a damaged one, a folder that cannot be written, a disk that is full: said in plain words,
// and nothing that was written is lost.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { newConversationId, newMessageId } from '../engine/contract/ids.ts'
import { type App, expect, test } from './fixtures/app.ts'
import { type Client, isEndOf, openClient } from './fixtures/client.ts'
import { changeDatabase, databaseIn, integrityOf, readMessages } from './fixtures/database.ts'
import { runShellToItsEnd, startHost } from './fixtures/host.ts'
import { createRandom } from './fixtures/random.ts'

const script = path.join(import.meta.dirname, 'scripts', 'words.ts')
test.use({ script })

const alert = (app: App) => app.page.getByRole('alert')

test('a database from the future is refused and left as it is; with the right Hearth it opens', async ({
  app,
  hearth,
}) => {
  await hearth.begin()
  await hearth.ask('From today')
  await app.killHost()
  const version = setVersion(app.dataDir, 999)
  await app.restart()
  await expect(alert(app)).toContainText('This data is from a newer Hearth')
  await expect(alert(app)).toContainText('Code storage-newer.')
  await expect(app.page.getByRole('button', { name: 'Try again' })).toBeVisible()
  await app.killHost()
  expect(setVersion(app.dataDir, version)).toBe(999)
  await app.restart()
  await expect(hearth.words()).toHaveText('You said: From today.')
})

test('a damaged database is kept aside and named; the next start begins anew', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('Before the damage')
  await app.killHost()
  const noise = createRandom(7).bytes(8192)
  for (const suffix of ['-wal', '-shm']) rmSync(databaseIn(app.dataDir) + suffix, { force: true })
  writeFileSync(databaseIn(app.dataDir), noise)
  await app.restart()
  await expect(alert(app)).toContainText('The database is damaged')
  await expect(alert(app)).toContainText('It is kept as')
  const kept = readdirSync(app.dataDir).filter((name) => /^hearth\.db\.damaged-[^-]+-[^-]+-\S+Z$/.test(name))
  expect(kept).toHaveLength(1)
  expect(readFileSync(path.join(app.dataDir, kept[0] ?? '')).equals(noise)).toBe(true)
  await app.restart()
  await hearth.begin()
  await hearth.ask('After the damage')
})

test('one page of noise in a good database is found at the start, not in the middle of a chat', async ({
  app,
  hearth,
}) => {
  await hearth.begin()
  await hearth.ask('A page of this will be noise')
  await app.restart() // a good end, which empties the log into the file
  await app.killHost()
  const file = databaseIn(app.dataDir)
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
  const bytes = readFileSync(file)
  bytes.set(createRandom(8).bytes(4096), 4096 * 2)
  writeFileSync(file, bytes)
  await app.restart()
  await expect(alert(app)).toContainText('The database is damaged')
})

test('a data folder that is held by another program is said, and opens when it is free', async ({ app, hearth }) => {
  await hearth.begin()
  await hearth.ask('Mine')
  await app.killHost()
  const held = await holdLock(app.dataDir)
  await app.restart()
  await expect(alert(app)).toContainText('Hearth is already open')
  held.release()
  await app.page.getByRole('button', { name: 'Try again' }).click()
  await expect(hearth.words()).toHaveText('You said: Mine.')
})

test.describe('on a disk of its own', () => {
  test.use({ script: '' })
  let disk = ''
  test.beforeEach(({ shell }) => {
    test.skip(shell === 'electron', 'it needs no window; the engine is the same')
  })
  test.afterEach(() => {
    if (disk === '') return
    execFileSync('umount', [disk])
    rmSync(disk, { recursive: true, force: true })
    disk = ''
  })
  const mount = (options: string) => {
    disk = mkdtempSync(path.join(tmpdir(), 'hearth-disk-'))
    const reason = tryToMount(disk, options)
    if (reason === null) return
    rmSync(disk, { recursive: true, force: true })
    disk = ''
    test.skip(true, reason)
  }

  test('a full disk refuses the next message, keeps all before it, and works again when there is room', async () => {
    mount('size=1m')
    const host = await startHost({ dataDir: disk, environment: { HEARTH_SCRIPT: script } })
    const client = await openClient(host.link)
    await client.greeted(1)
    try {
      const saved = new Map<string, string>()
      const filling = path.join(disk, 'filling')
      await askWhole(client, saved, 'The first one')
      writeFileSync(filling, Buffer.alloc(Math.max(0, free(disk) - 64 * 1024)))
      const refusal = await untilRefused(client, saved)
      expect(refusal).toMatchObject({
        failure: {
          code: 'storage-full',
          message: expect.stringContaining(disk),
          remedy: expect.stringMatching(/space/),
        },
      })
      await client.call('app.snapshot', {}) // it still answers
      rmSync(filling)
      await askWhole(client, saved, 'Room again')
      const stored = readMessages(disk)
      for (const [id, text] of saved) expect(stored.get(id)?.text).toBe(text)
      expect([...stored.values()].filter(({ status }) => status === 'streaming')).toEqual([])
      expect(integrityOf(disk)).toBe('ok')
    } finally {
      client.close()
      await host.stop()
    }
  })

  test('a folder that is read-only ends the start with one sentence that names it', async () => {
    mount('size=1m')
    execFileSync('mount', ['-o', 'remount,ro', disk])
    const { code, errors, output } = await runShellToItsEnd({ dataDir: disk })
    expect(code).toBe(1)
    expect(output).toBe('')
    expect(errors.trim().split('\n')).toHaveLength(1)
    expect(errors).toContain(disk)
    expect(errors).toMatch(/expected to be writable.*--data/)
  })

  test('a folder that becomes read-only refuses what cannot be kept, and shows what was', async () => {
    mount('size=4m')
    const host = await startHost({ dataDir: disk, environment: { HEARTH_SCRIPT: script } })
    const client = await openClient(host.link)
    await client.greeted(1)
    const saved = new Map<string, string>()
    await askWhole(client, saved, 'Kept')
    client.close()
    await host.stop()
    const database = databaseIn(disk)
    chmodSync(database, 0o400)
    execFileSync('mount', ['--bind', database, database])
    execFileSync('mount', ['-o', 'remount,bind,ro', database])
    const again = await startHost({ dataDir: disk, environment: { HEARTH_SCRIPT: script } })
    const late = await openClient(again.link)
    await late.greeted(1)
    try {
      await expect(late.call('app.snapshot', {})).rejects.toMatchObject({
        failure: { code: 'storage-read-only', message: expect.stringContaining(disk), remedy: expect.any(String) },
      })
      execFileSync('umount', [database])
      chmodSync(database, 0o600)
      expect((await late.call('app.snapshot', {})).conversations).toHaveLength(1) // mended, without a new start
    } finally {
      late.close()
      await again.stop()
    }
  })
})

test('a place where no folder can be made ends the start with one sentence', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hearth-place-'))
  const file = path.join(folder, 'a-file')
  writeFileSync(file, '')
  const { code, errors } = await runShellToItsEnd({ dataDir: path.join(file, 'data') })
  expect(code).toBe(1)
  expect(errors.trim().split('\n')).toHaveLength(1)
  expect(errors).toContain(path.join(file, 'data'))
  rmSync(folder, { recursive: true })
})

function setVersion(dataDir: string, version: number): number {
  let before = 0
  changeDatabase(dataDir, (db) => {
    before = Number(db.pragma('user_version', { simple: true }))
    db.pragma(`user_version = ${version}`)
  })
  return before
}

/** Holds the engine's lock as another engine would. */
async function holdLock(dataDir: string): Promise<{ release(): void }> {
  const { default: Database } = await import('better-sqlite3')
  mkdirSync(dataDir, { recursive: true })
  const db = new Database(path.join(dataDir, 'engine.lock'), { timeout: 5000 })
  db.exec('BEGIN EXCLUSIVE')
  return { release: () => void db.close() }
}

/** Null when it worked, else why it cannot on this machine. */
function tryToMount(folder: string, options: string): string | null {
  if (process.platform !== 'linux') return 'a small disk in memory is mounted with tmpfs, which only Linux has'
  if (process.getuid?.() !== 0) return 'mounting a small disk needs root'
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' })
    return null
  } catch (error) {
    return `mounting a small disk is not allowed here (${String(error).split('\n')[0]})`
  }
}

function free(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Says something in a new chat, waits for the end of its reply and notes both texts. */
async function askWhole(client: Client, saved: Map<string, string>, text: string): Promise<void> {
  const turn = { conversation: newConversationId(), message: newMessageId(), reply: newMessageId(), text }
  await client.call('turn.start', turn)
  saved.set(turn.message, text)
  const end = await client.until((event) => isEndOf(turn.reply, event))
  if (end.type === 'turn-failed') throw Object.assign(new Error(end.failure.message), { failure: end.failure })
  saved.set(turn.reply, client.textOf(turn.reply))
}

/** Says more and more until it is refused; answers the refusal. */
async function untilRefused(client: Client, saved: Map<string, string>): Promise<unknown> {
  for (let round = 0; round < 200; round++) {
    try {
      await askWhole(client, saved, `Message ${round}. ${'More words. '.repeat(20)}`)
    } catch (error) {
      return error
    }
  }
  throw new Error('a full disk was expected to refuse a message, and took 200')
}
