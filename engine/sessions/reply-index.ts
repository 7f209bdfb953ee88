// engine/sessions/reply-index.ts: keeps the loaded model's index of earlier replies true to the database: filled from
// finished replies, emptied of what is deleted, kept on the disk between starts. The database decides; a file that is
// missing, damaged or of another model is made anew. What is in no database, such as a temporary chat, is never in here.
import { setImmediate as nextTask } from 'node:timers/promises'
import type { AppEvent } from '../contract/events.ts'
import type { MessageId } from '../contract/ids.ts'
import type { Inference } from '../inference/inference.ts'
import type { ReplyHistory } from '../inference/reply-history.ts'
import { createIdle } from '../models/idle.ts'
import type { HistoryFiles } from '../storage/history-files.ts'
import type { Replies } from '../storage/replies.ts'

export type ReplyIndex = {
  /** A model was loaded (or, with null, left). */
  attach(inference: Inference | null): void
  /** Every event of the engine, in order. */
  heard(event: AppEvent): void
  /** Forgets these messages for good, also where the database keeps them. Afterwards no file holds them. */
  forget(messages: readonly string[]): void
  /** The person has switched it on or off. Off: everything is forgotten and every file removed. */
  switched(): void
  /** For tests: resolves when all that is known has been read in. */
  settled(): Promise<void>
  close(): void
}

export type ReplyIndexDeps = {
  readonly files: HistoryFiles
  readonly replies: Replies
  readonly isOn: () => boolean
  readonly log: (event: string, fields: Record<string, unknown>) => void
  /** Quiet milliseconds before additions are written. */
  readonly saveAfterMs?: number
}

/** Of texts, about as many as the index has room for: a token is some four characters. */
const mostCharacters = 2 ** 20

export function createReplyIndex({ files, replies, isOn, log, saveAfterMs = 20_000 }: ReplyIndexDeps): ReplyIndex {
  let history: ReplyHistory | null = null
  let reading: Promise<void> = Promise.resolve()
  let unsaved = false
  /** What was to be forgotten although its message stays. */
  const unwanted = new Set<string>(files.readForgotten())
  const unwant = (messages: readonly string[]) => {
    for (const message of messages) unwanted.add(message)
    files.writeForgotten([...unwanted])
  }

  const save = () => {
    if (history === null || !unsaved) return
    unsaved = false
    if (!files.write(history.key, history.save())) log('history-not-saved', {})
  }
  const quiet = createIdle(() => saveAfterMs, save)
  const changed = () => {
    unsaved = true
    quiet.touch()
  }
  const wanted = () => replies.newest(mostCharacters).filter(({ id }) => !unwanted.has(id))

  /** What must not be in any file any more is in none when this returns. */
  const forgotten = () => {
    files.removeOthers(history?.key ?? null)
    unsaved = true
    save()
  }
  const retain = () => {
    if (history === null) return files.removeOthers(null)
    if (history.retain(wanted().map(({ id }) => id)) > 0) forgotten()
    else files.removeOthers(history.key)
  }
  /** Adds what the database has and the index lacks, oldest first, a message a task. */
  const fill = async (into: ReplyHistory) => {
    const missing = wanted().filter(({ id }) => !into.has(id))
    for (const { id } of missing.reverse()) {
      await nextTask()
      if (into !== history) return // another model, or switched off
      const reply = unwanted.has(id) ? null : replies.find(id) // it may be gone by now
      if (reply !== null) into.add(id, reply.text)
    }
    if (missing.length > 0) changed()
    log('history-ready', { ...into.size(), added: missing.length })
  }
  const start = (from: ReplyHistory) => {
    history = from
    unsaved = false
    const bytes = files.read(from.key)
    if (bytes !== null)
      try {
        from.restore(bytes)
      } catch {
        files.remove(from.key)
        log('history-discarded', {})
      }
    if (from.retain(wanted().map(({ id }) => id)) > 0) forgotten()
    reading = fill(from).catch((error: unknown) => log('history-not-read', { error: String(error) }))
  }

  let loaded: Inference | null = null
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      // Whatever goes wrong here may cost speed and nothing else.
      history?.clear()
      files.removeOthers(null)
      history = null
      log('history-broken', { error: error instanceof Error ? error.name : typeof error })
    }
  }

  return {
    attach: (inference) =>
      guarded(() => {
        if (inference === loaded) return
        save()
        loaded = inference
        history = null
        const offered = inference?.history
        if (offered === undefined) return
        offered.onForget((messages) => {
          unwant(messages)
          if (offered === history) forgotten()
        })
        if (isOn()) start(offered)
      }),
    heard: (event) =>
      guarded(() => {
        if (event.type === 'turn-done' && !event.stopped && history !== null) {
          const reply = replies.find(event.reply as MessageId)
          if (reply === null || unwanted.has(reply.id)) return
          history.add(reply.id, reply.text)
          changed()
        } else if (event.type === 'conversation-removed' || (event.type as string) === 'thread-changed') {
          retain()
        }
      }),
    forget: (messages) =>
      guarded(() => {
        unwant(messages)
        if (history === null) files.removeOthers(null)
        else history.forget(messages)
      }),
    switched: () =>
      guarded(() => {
        const offered = loaded?.history
        if (isOn()) {
          if (history === null && offered !== undefined) start(offered)
          return
        }
        history?.clear()
        history = null
        files.removeOthers(null)
      }),
    settled: () => reading,
    close: () => {
      quiet.close()
      guarded(save)
    },
  }
}
