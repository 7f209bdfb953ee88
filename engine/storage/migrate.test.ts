import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newConversationId, newMessageId } from '../contract/ids.ts'
import { openDatabase } from './database.ts'
import { migrate, versionOf } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { openStorage } from './open-storage.ts'
import { failureOf, tempFolder } from './test-support.ts'

test('the numbers of the steps rise', () => {
  const versions = migrations.map(({ version }) => version)
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
})

test('1 → 2: what was written before the search index is found by it, and a streaming reply is not yet', () => {
  const folder = tempFolder()
  const db = openDatabase(join(folder, 'hearth.db'))
  migrate(db, migrations.slice(0, 1), 'hearth.db')
  const [conversation, question, reply] = [newConversationId(), newMessageId(), newMessageId()]
  db.exec(`
    BEGIN;
    INSERT INTO conversations (id, title, title_by, created_at, updated_at, head)
      VALUES ('${conversation}', 'Garden plans', 'auto', 1, 2, '${reply}');
    INSERT INTO messages (id, conversation, parent, role, text, status, created_at)
      VALUES ('${question}', '${conversation}', NULL, 'user', 'Where do tulips grow?', 'done', 1);
    INSERT INTO messages (id, conversation, parent, role, text, status, created_at)
      VALUES ('${reply}', '${conversation}', '${question}', 'assistant', 'In sun', 'streaming', 2);
    COMMIT;`)
  db.close()

  const storage = openStorage(folder)
  expect(versionOf(storage.database)).toBe(migrations.at(-1)?.version)
  expect(storage.search.find('tulips', 10)).toMatchObject([{ message: question }])
  expect(storage.search.find('garden', 10)).toMatchObject([{ conversation, message: reply }])
  expect(storage.search.find('sun', 10)).toMatchObject([{ message: reply }]) // indexed when it became `interrupted`
  expect(storage.messages.branch(reply).map(({ text, status }) => [text, status])).toEqual([
    ['Where do tulips grow?', 'done'],
    ['In sun', 'interrupted'],
  ])
  storage.close()
})

test('a step that fails leaves the version and the tables before it', () => {
  const db = openDatabase(join(tempFolder(), 'x.db'))
  const broken = { version: 2, sql: 'CREATE TABLE half (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1);' }
  expect(() => migrate(db, [{ version: 1, sql: 'CREATE TABLE whole (a INTEGER) STRICT' }, broken], 'x.db')).toThrow(
    /nowhere/,
  )
  expect(versionOf(db)).toBe(1)
  expect(db.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['whole'])
  db.close()
})

test('a database from the future is refused and left as it is', () => {
  const folder = tempFolder()
  openStorage(folder).close()
  const db = openDatabase(join(folder, 'hearth.db'))
  db.exec('CREATE TABLE of_the_future (a INTEGER) STRICT')
  db.pragma('user_version = 99')
  db.close()
  expect(failureOf(() => openStorage(folder))).toMatchObject({
    code: 'storage-newer',
    message: expect.stringMatching(new RegExp(`newer Hearth.*${migrations.at(-1)?.version}.*99`)),
  })
  const again = openDatabase(join(folder, 'hearth.db'))
  expect(versionOf(again)).toBe(99)
  again.close()
})
