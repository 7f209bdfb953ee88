// engine/memory/assemble.ts: the parts of memory put together over one data folder.
import { existsSync } from 'node:fs'
import type { AppEvent } from '../contract/events.ts'
import { HearthError, toFailure } from '../contract/failure.ts'
import { type ConversationId, uuidv7 } from '../contract/ids.ts'
import type { ForgetId, MemoryActId, MemoryId } from '../contract/memory.ts'
import type { Random } from '../learning/thompson.ts'
import { createForgetting } from '../storage/forgetting.ts'
import { openMindStores } from '../storage/mind-stores.ts'
import type { Storage } from '../storage/open-storage.ts'
import { createBeliefs } from './beliefs.ts'
import { createDoor } from './door.ts'
import { type Embedder, readEmbedder } from './embedder.ts'
import { createExtraction } from './extraction.ts'
import { createForget, type Forgettable } from './forget.ts'
import { createListen } from './listen.ts'
import { createMemoryPage } from './memory-page.ts'
import { createMind } from './mind.ts'
import { createRecall } from './recall.ts'

export type MemoryDeps = {
  readonly storage: Storage
  /** The table of word vectors; null or missing: search goes by words alone. */
  readonly embedderPath: string | null
  /** Stores elsewhere that may hold something of what is forgotten. */
  readonly forgettables: readonly Forgettable[]
  readonly emit: (event: AppEvent) => void
  readonly log: (event: string, fields: Record<string, unknown>) => void
  readonly now: () => number
  readonly random: Random
  readonly build: string
  readonly undoMs?: number
}

export type Memory = ReturnType<typeof assembleMemory>

export function assembleMemory(deps: MemoryDeps) {
  const { storage, embedderPath, forgettables, emit, log, now, random, build, undoMs = 60_000 } = deps
  const stores = openMindStores(storage)
  const embedder = readTable(embedderPath, log)
  const recall = createRecall({ search: stores.search, embedder, now })
  const embed = (id: MemoryId, statement: string) => {
    if (embedder !== null) stores.search.setVector(id, embedder.embed(statement), embedder.name)
  }
  const beliefs = createBeliefs({ stores, onWords: embed, newId: () => uuidv7(now()) as MemoryId, now })
  const leaving = new Set<NodeJS.Timeout>()
  const running = new Map<ForgetId, Promise<void>>()
  const forget = createForget({
    forgetting: createForgetting(storage.database, storage.folder),
    others: () => forgettables,
    now,
  })

  const startForget = (run: ForgetId, ids: readonly MemoryId[]) => {
    if (running.has(run)) return
    if (forget.receipts().some(({ id, complete }) => id === run && complete)) return
    for (const id of ids) stores.memories.update(id, { status: 'leaving', leavingAt: now(), updatedAt: now() })
    const work = forget
      .run(run, ids, (line) => emit({ type: 'forget-step', run, line }))
      .then((receipt) => {
        log('forgotten', { memories: receipt.memories, complete: receipt.complete })
        emit({ type: 'forget-done', run, receipt })
        emit({ type: 'memory-changed', memories: [...ids] })
      })
      .catch((error: unknown) => {
        log('forget-failed', { failure: toFailure(error).code })
        emit({ type: 'forget-failed', run, failure: toFailure(error) })
      })
      .finally(() => running.delete(run))
    running.set(run, work)
  }
  /** Forgets for good what a chat asked to be forgotten and nobody took back. */
  const sweep = (until: number) => {
    const ids = stores.memories.leaving(until)
    if (ids.length > 0) startForget(uuidv7(now()) as ForgetId, ids)
  }
  const listen = createListen({
    stores,
    beliefs,
    emit: (event) => {
      if (event.type === 'memory-heard' && event.did === 'forgetting') {
        const timer = setTimeout(() => {
          leaving.delete(timer)
          sweep(now())
        }, undoMs + 50)
        timer.unref()
        leaving.add(timer)
      }
      emit(event)
    },
    newActId: () => uuidv7(now()) as MemoryActId,
    now,
    undoMs,
  })

  if (embedder !== null)
    for (const { id, statement } of stores.search.withoutVector(embedder.name)) embed(id, statement)
  sweep(Number.MAX_SAFE_INTEGER) // what a process that ended could not forget any more

  const lastQuestion = (conversation: ConversationId) => {
    const head = storage.conversations.find(conversation)?.head ?? null
    return storage.messages.branch(head).findLast(({ role }) => role === 'user') ?? null
  }
  const asks = () => storage.settings.read().memory !== 'on'

  return {
    stores,
    beliefs,
    recall,
    listen,
    mind: createMind({ stores, settings: storage.settings, recall, listen, emit, log, now, random, build }),
    extraction: createExtraction({
      stores,
      beliefs,
      embedder,
      setting: () => storage.settings.read().memory,
      emit,
      now,
    }),
    door: createDoor({ beliefs, memories: stores.memories, lastQuestion, asks, emit }),
    page: createMemoryPage({ stores, beliefs, recall, embedder, emit, now }),
    forget: {
      plan: (ids: readonly MemoryId[]) => {
        const plan = forget.plan(ids)
        if (plan.memories.length === 0) throw new HearthError('not-found', 'These memories do not exist any more.')
        return plan
      },
      start: startForget,
      receipts: forget.receipts,
      /** Resolves when nothing is being forgotten. */
      settled: async () => void (await Promise.all(running.values())),
    },
    close: async () => {
      for (const timer of leaving) clearTimeout(timer)
      await Promise.all(running.values())
    },
  }
}

function readTable(path: string | null, log: MemoryDeps['log']): Embedder | null {
  if (path === null || !existsSync(path)) return null
  try {
    return readEmbedder(path)
  } catch (error) {
    log('embedder-unusable', { failure: toFailure(error).code })
    return null
  }
}
