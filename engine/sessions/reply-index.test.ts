// engine/sessions/reply-index.test.ts: the index of earlier replies follows the database, and what is deleted is in no
// file. Over a real database and files, and a history that is a list.
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ConversationId, type MessageId, newConversationId, newMessageId } from '../contract/ids.ts'
import type { Inference } from '../inference/inference.ts'
import type { ReplyHistory } from '../inference/reply-history.ts'
import { openHistoryFiles } from '../storage/history-files.ts'
import { openStorage } from '../storage/open-storage.ts'
import { createReplies } from '../storage/replies.ts'
import { tempFolder } from '../storage/test-support.ts'
import { createReplyIndex } from './reply-index.ts'

/** A history that keeps texts as they are, so that a test can look for them in files. */
function listHistory(key = 'a'.repeat(64)): ReplyHistory {
  let texts = new Map<string, string>()
  const listeners: ((messages: readonly string[]) => void)[] = []
  return {
    key,
    has: (message) => texts.has(message),
    add: (message, text) => void texts.set(message, text),
    forget: (messages) => {
      const gone = messages.filter((message) => texts.delete(message)).length
      for (const listener of listeners) listener(messages)
      return gone
    },
    retain: (messages) => {
      const before = texts.size
      texts = new Map([...texts].filter(([message]) => messages.includes(message)))
      return before - texts.size
    },
    clear: () => texts.clear(),
    size: () => ({ messages: texts.size, tokens: 0 }),
    save: () => Buffer.from(JSON.stringify([key, ...texts])),
    restore: (bytes) => {
      const [saved, ...entries] = JSON.parse(Buffer.from(bytes).toString()) as [string, ...[string, string][]]
      if (saved !== key) throw new Error('of another model')
      texts = new Map(entries)
    },
    onForget: (listener) => void listeners.push(listener),
  }
}

const modelWith = (history: ReplyHistory) => ({ history }) as unknown as Inference

function setUp(folder = tempFolder()) {
  const storage = openStorage(folder)
  onTestFinished(() => storage.close())
  const logged: string[] = []
  let on = true
  const open = () => {
    const index = createReplyIndex({
      files: openHistoryFiles(folder),
      replies: createReplies(storage.database),
      isOn: () => on,
      log: (event) => void logged.push(event),
    })
    onTestFinished(() => index.close())
    return index
  }
  const say = (text: string, conversation = newConversationId()) => {
    if (storage.conversations.find(conversation) === null) storage.conversations.create(conversation, 'Chat', 1)
    const reply = newMessageId()
    const parent = storage.conversations.find(conversation)?.head ?? null
    storage.messages.begin({
      conversation,
      question: { id: newMessageId(), text: 'Q' },
      parent,
      reply,
      model: 'M',
      at: 1,
    })
    storage.messages.flush(reply, text)
    storage.database.prepare("UPDATE messages SET status = 'done' WHERE id = ?").run(reply)
    return { conversation, reply }
  }
  const done = ({ conversation, reply }: { conversation: ConversationId; reply: MessageId }) =>
    ({ type: 'turn-done', conversation, reply, stopped: false, stats: {} as never }) as const
  const files = () =>
    readdirSync(join(folder, 'history'))
      .filter((name) => name.endsWith('.replies'))
      .map((name) => readFileSync(join(folder, 'history', name), 'utf8'))
  const setOn = (next: boolean) => {
    on = next
  }
  return { folder, storage, open, say, done, files, logged, setOn }
}

test('finished replies go in, are found after a restart, and come from the database where the file is gone or damaged', async () => {
  const { folder, open, say, done, files, logged } = setUp()
  const early = say('said before the index was there')
  const index = open()
  const history = listHistory()
  index.attach(modelWith(history))
  await index.settled()
  expect(history.has(early.reply)).toBe(true)
  const late = say('said while it was there')
  index.heard(done(late))
  expect(history.has(late.reply)).toBe(true)
  index.close()
  expect(files()).toHaveLength(1)
  expect(files()[0]).toContain('said while it was there')
  const file = join(folder, 'history', readdirSync(join(folder, 'history'))[0] ?? '')
  expect(statSync(file).mode & 0o777).toBe(0o600)

  const again = open()
  const restored = listHistory()
  again.attach(modelWith(restored))
  expect([restored.has(early.reply), restored.has(late.reply)]).toEqual([true, true]) // at once, from the file

  for (const bad of ['', '{', '["of another model"]']) {
    writeFileSync(file, bad)
    const rebuilt = listHistory()
    const third = open()
    third.attach(modelWith(rebuilt))
    expect(existsSync(file)).toBe(false) // never trusted
    await third.settled()
    expect([rebuilt.has(early.reply), rebuilt.has(late.reply)]).toEqual([true, true])
  }
  expect(logged.filter((event) => event === 'history-discarded')).toHaveLength(3)
})

test('what is deleted is in no file when the delete returns, neither this model’s nor another’s', async () => {
  const { storage, open, say, done, files } = setUp()
  const kept = say('may stay')
  const secret = say('nobody may read this again')
  const [one, two] = [listHistory('1'.repeat(64)), listHistory('2'.repeat(64))]
  const index = open()
  for (const history of [one, two]) {
    index.attach(modelWith(history))
    await index.settled()
  }
  index.heard(done(secret))
  index.close() // writes
  expect(files().filter((text) => text.includes('nobody'))).toHaveLength(2)

  storage.conversations.hide(secret.conversation, 5)
  index.heard({ type: 'conversation-removed', conversation: secret.conversation })
  expect(two.has(secret.reply)).toBe(false)
  expect(two.has(kept.reply)).toBe(true)
  expect(files().join('')).not.toContain('nobody')
  expect(files().join('')).toContain('may stay')

  // While no model is loaded, too; and what a file held of it is not taken in again.
  index.attach(null)
  storage.conversations.hide(kept.conversation, 6)
  index.heard({ type: 'conversation-removed', conversation: kept.conversation })
  expect(files()).toEqual([])
})

test('a reply that is hidden while the file still holds it is dropped when the file is read', async () => {
  const { storage, open, say } = setUp()
  const gone = say('deleted by another process')
  const first = open()
  first.attach(modelWith(listHistory()))
  await first.settled()
  first.close()
  storage.conversations.hide(gone.conversation, 5)
  const history = listHistory()
  open().attach(modelWith(history))
  expect(history.has(gone.reply)).toBe(false)
})

test('what is to be forgotten stays forgotten, although its message stays', async () => {
  const { open, say, files } = setUp()
  const { reply } = say('about a person who asked to be forgotten')
  const index = open()
  const history = listHistory()
  index.attach(modelWith(history))
  await index.settled()
  history.forget([reply]) // as the memory asks the model
  expect(files().join('')).not.toContain('forgotten')
  const other = listHistory('b'.repeat(64))
  index.attach(modelWith(other))
  await index.settled()
  expect(other.has(reply)).toBe(false)
  index.attach(modelWith(history))
  await index.settled()
  expect(history.has(reply)).toBe(false)
  // And after a restart, with an index made anew from the database.
  index.close()
  const fresh = listHistory('c'.repeat(64))
  const later = open()
  later.attach(modelWith(fresh))
  await later.settled()
  expect(fresh.has(reply)).toBe(false)
})

test('a reply that is in no database, as of a temporary chat, is never taken in', async () => {
  const { open, done, files } = setUp()
  const index = open()
  const history = listHistory()
  index.attach(modelWith(history))
  await index.settled()
  index.heard(done({ conversation: newConversationId(), reply: newMessageId() }))
  expect(history.size().messages).toBe(0)
  index.close()
  expect(files()).toEqual([])
})

test('switched off it forgets all and removes every file; switched on it reads the database again', async () => {
  const { open, say, files, setOn } = setUp()
  const { reply } = say('old words')
  const index = open()
  const history = listHistory()
  index.attach(modelWith(history))
  await index.settled()
  index.close()
  expect(files()).toHaveLength(1)
  setOn(false)
  index.switched()
  expect([history.has(reply), files()]).toEqual([false, []])
  index.heard({ type: 'turn-done', reply } as never)
  expect(history.has(reply)).toBe(false)
  setOn(true)
  index.switched()
  await index.settled()
  expect(history.has(reply)).toBe(true)
})

test('a folder that cannot be written costs speed only', async () => {
  const { folder, open, say, logged } = setUp()
  const { reply } = say('words')
  const index = open()
  const history = listHistory()
  chmodSync(join(folder, 'history'), 0o500)
  onTestFinished(() => chmodSync(join(folder, 'history'), 0o700))
  index.attach(modelWith(history))
  await index.settled()
  index.close()
  expect(history.has(reply)).toBe(true)
  if (process.getuid?.() !== 0) expect(logged).toContain('history-not-saved') // root may write anywhere
})
