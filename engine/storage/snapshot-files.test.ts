// engine/storage/snapshot-files.test.ts: the folder of snapshots keeps its share of the disk and nothing that is not needed.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ConversationId, newConversationId } from '../contract/ids.ts'
import { openSnapshotFiles, type SnapshotFilesOptions } from './snapshot-files.ts'
import { tempFolder } from './test-support.ts'

function setUp(options: SnapshotFilesOptions = {}, dataDir = tempFolder(), gone: readonly ConversationId[] = []) {
  let time = 1_000_000
  const files = openSnapshotFiles(dataDir, (id) => !gone.includes(id), {
    freeBytes: () => 1e12,
    now: () => (time += 1000),
    ...options,
  })
  const write = (id: ConversationId, bytes: number, wanted?: () => boolean) =>
    files.write(
      id,
      async (path) => {
        writeFileSync(path, 'x'.repeat(bytes), { mode: 0o600, flag: 'wx' })
        return bytes
      },
      wanted,
    )
  return { dataDir, folder: join(dataDir, 'cache'), files, write }
}

test('a file takes the place of the one before, for this user alone, and leaves nothing else', async () => {
  const { files, write, folder } = setUp()
  const id = newConversationId()
  expect(files.find(id)).toBeNull()
  expect(await write(id, 100)).toBe(100)
  expect(await write(id, 200)).toBe(200)
  expect(readdirSync(folder)).toEqual([`${id}.kv`])
  const path = files.find(id)
  expect(path === null ? 0 : statSync(path).size).toBe(200)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(path === null ? 0 : statSync(path).mode & 0o777).toBe(0o600)
  files.remove(id)
  files.remove(id)
  expect(readdirSync(folder)).toEqual([])
})

test('a write that fails, makes nothing or is not wanted any more keeps the old file and leaves no part', async () => {
  const { files, write, folder } = setUp()
  const id = newConversationId()
  await write(id, 100)
  const full = files.write(id, async (path) => {
    writeFileSync(path, 'half')
    throw new Error('ENOSPC')
  })
  await expect(full).rejects.toThrow('ENOSPC')
  expect(await files.write(id, async () => 0)).toBe(0)
  expect(await write(id, 50, () => false)).toBe(0)
  expect(readdirSync(folder)).toEqual([`${id}.kv`])
})

test('what was not used for longest makes room; finding a file is use', async () => {
  const { files, write } = setUp({ mostBytes: 250 })
  const [a, b, c] = [newConversationId(), newConversationId(), newConversationId()]
  await write(a, 100)
  await write(b, 100)
  files.find(a)
  await write(c, 100)
  expect([a, b, c].map((id) => files.find(id) !== null)).toEqual([true, false, true])
  expect(await write(b, 251)).toBe(0) // larger than all room there is
  expect([a, b, c].map((id) => files.find(id) !== null)).toEqual([false, false, false])
})

test('the files are never more than a tenth of what is free', async () => {
  const { files, write } = setUp({ freeBytes: () => 1000 })
  const [a, b] = [newConversationId(), newConversationId()]
  await write(a, 100)
  await write(b, 100)
  expect([a, b].map((id) => files.find(id) !== null)).toEqual([false, true])
})

test('at the start, parts of writes and files of chats that are gone are removed', async () => {
  const { dataDir, write, folder } = setUp()
  const [kept, gone] = [newConversationId(), newConversationId()]
  await write(kept, 10)
  await write(gone, 10)
  writeFileSync(join(folder, `${kept}.kv-1.part`), 'half')
  mkdirSync(join(folder, 'odd'))
  setUp({}, dataDir, [gone])
  expect(readdirSync(folder)).toEqual([`${kept}.kv`])
})

test('a folder that cannot be made is no reason to fail', async () => {
  const dataDir = tempFolder()
  writeFileSync(join(dataDir, 'cache'), 'a file in its place')
  const { files, write } = setUp({}, dataDir)
  const id = newConversationId()
  expect(files.find(id)).toBeNull()
  await expect(write(id, 10)).rejects.toThrow()
  files.remove(id)
  expect(existsSync(join(dataDir, 'cache'))).toBe(true)
})
