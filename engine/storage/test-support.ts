// engine/storage/test-support.ts: folders and conversations for tests.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ConversationId, type MessageId, newConversationId, newMessageId } from '../contract/ids.ts'
import { openStorage, type Storage } from './open-storage.ts'

/** An empty folder that is gone after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Storage in `folder`, closed after the test. */
export function openTemp(folder = tempFolder()): Storage {
  const storage = openStorage(folder, { lockWaitMs: 0 })
  onTestFinished(() => storage.close())
  return storage
}

export type Said = { readonly question: MessageId; readonly reply: MessageId }

/** A whole turn: a question, and a reply that is done. */
export function say(storage: Storage, conversation: ConversationId, text: string, answer: string, at = 1): Said {
  const said = ask(storage, conversation, text, at)
  storage.messages.end(said.reply, { status: 'done', text: answer, model: 'Test', stats: null, failure: null })
  return said
}

/** A question whose reply is being written. */
export function ask(storage: Storage, conversation: ConversationId, text: string, at = 1): Said {
  const [question, reply] = [newMessageId(), newMessageId()]
  if (storage.conversations.find(conversation) === null) storage.conversations.create(conversation, text, at)
  const parent = storage.conversations.find(conversation)?.head ?? null
  storage.messages.begin({ conversation, question: { id: question, text }, parent, reply, model: 'Test', at })
  return { question, reply }
}

export function newTalk(storage: Storage, text = 'Hi', answer = 'Hello', at = 1): ConversationId & string {
  const conversation = newConversationId()
  say(storage, conversation, text, answer, at)
  return conversation
}

/** All bytes of all files in `folder`, as Latin-1 text. */
export function bytesOf(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n')
}

/** The code of the failure that `work` throws; null when it does not throw. */
export function failureOf(work: () => unknown): { code: string; message: string; remedy?: string } | null {
  try {
    work()
    return null
  } catch (error) {
    if (error instanceof Error && 'failure' in error) return error.failure as { code: string; message: string }
    throw error
  }
}
