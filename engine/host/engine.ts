// engine/host/engine.ts: the parts put together, and what each command does with them.

import type { z } from 'zod'
import type { CommandInput, CommandName, CommandOutput, Commands } from '../contract/commands.ts'
import type { AppEvent } from '../contract/events.ts'
import { type FailureCode, HearthError, toFailure } from '../contract/failure.ts'
import type { ConversationId } from '../contract/ids.ts'
import { createIdle } from '../models/idle.ts'
import { createModels } from '../models/models.ts'
import { createQueue } from '../models/queue.ts'
import { createSessionCache } from '../sessions/session-cache.ts'
import { createSessions } from '../sessions/sessions.ts'
import { createSnapshots } from '../sessions/snapshots.ts'
import { openStorage, type Storage } from '../storage/open-storage.ts'
import { openSnapshotFiles } from '../storage/snapshot-files.ts'
import type { Boot } from './boot.ts'
import { createLoadModel, type LoadModel } from './load-model.ts'
import type { Log } from './log.ts'
import type { Served } from './serve.ts'
import { createTrash } from './trash.ts'

export type Engine = Served & {
  /** Ends replies as `interrupted`, writes them, closes the model and the database. */
  shutdown(): Promise<void>
}

export type EngineOptions = {
  readonly boot: Boot
  readonly log: Log
  /** In tests: another way to a model, another clock, a shorter undo. */
  readonly load?: LoadModel
  readonly now?: () => number
  readonly undoMs?: number
}

/** A command without a handler is refused: the contract may be ahead of this program. */
type Handlers = { [N in CommandName]?: (input: z.output<Commands[N]['input']>) => CommandOutput<N> }

/** How many conversations the model remembers at once. */
const rememberedConversations = 4
/** How long nobody says anything before snapshots are written: they must not take disk or memory from a reply. */
const saveAfterMs = 20_000

/**
 * Opens the data folder and begins to load the model. Never throws: an engine that has no storage answers every call
 * with the reason, and looks again when a window asks for its first screen, where the person may have mended it.
 */
export function createEngine(options: EngineOptions): Engine {
  const { boot, log } = options
  const listeners = new Set<(event: AppEvent) => void>()
  const emit = (event: AppEvent) => {
    for (const listener of listeners) listener(event)
  }
  let running: Running | HearthError = tryToStart(options, emit)

  return {
    version: boot.version,
    handle: (command, input) => {
      if (running instanceof HearthError && command === 'app.snapshot' && mendable.has(running.failure.code))
        running = tryToStart(options, emit)
      if (running instanceof HearthError) throw running
      const handler = running.handlers[command] as ((input: unknown) => unknown) | undefined
      if (handler === undefined) throw new HearthError('bad-request', `This Hearth cannot do "${command}" yet.`)
      return handler(input)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    shutdown: async () => {
      if (running instanceof HearthError) return
      await running.shutdown()
      log('closed')
    },
  }
}

/** What a person can put right while Hearth runs. A damaged or newer database needs a decision, and a new start. */
const mendable: ReadonlySet<FailureCode> = new Set(['storage-locked', 'storage-full', 'storage-read-only'])

type Running = { readonly handlers: Handlers; shutdown(): Promise<void> }

function tryToStart(options: EngineOptions, emit: (event: AppEvent) => void): Running | HearthError {
  try {
    return start(options, emit)
  } catch (error) {
    const { code, message, remedy } = toFailure(error)
    options.log('storage-unavailable', { failure: code })
    return error instanceof HearthError ? error : new HearthError(code, message, remedy, { cause: error })
  }
}

function start({ boot, log, load, now = Date.now, undoMs }: EngineOptions, emit: (event: AppEvent) => void): Running {
  const storage = openStorage(boot.dataDir)
  try {
    return assemble(storage)
  } catch (error) {
    storage.close()
    throw error
  }

  function assemble({ conversations, settings, search }: Storage): Running {
    const queue = createQueue()
    const isKept = (id: ConversationId) => {
      const stored = conversations.find(id)
      return stored !== null && stored.deletedAt === null
    }
    const files = openSnapshotFiles(boot.dataDir, isKept)
    const cache = createSessionCache(rememberedConversations, createSnapshots({ files, log }))
    const models = createModels({
      load: load ?? createLoadModel(boot),
      starterPath: boot.starterModelPath,
      queue,
      emit: (status) => {
        log('model', { state: status.state, failure: status.state === 'failed' ? status.failure.code : undefined })
        emit({ type: 'model-changed', status })
      },
      onClose: cache.clear,
    })
    const quiet = createIdle(
      () => saveAfterMs,
      () => void queue.run(null, async () => (quiet.still() ? cache.save() : undefined)),
    )
    const rest = createIdle(
      () => {
        const { restAfterMinutes } = settings.read()
        return restAfterMinutes === 0 ? null : restAfterMinutes * 60_000
      },
      () => void models.rest(cache.save, rest.still),
    )
    const tell = (event: AppEvent) => {
      if (event.type === 'turn-start' || event.type === 'turn-done' || event.type === 'turn-failed') {
        quiet.touch()
        rest.touch()
      }
      emit(event)
    }
    const sessions = createSessions({ storage, models, queue, cache, emit: tell, log, now })
    const trash = createTrash(conversations, now, log, undoMs)
    models.use(settings.read().modelPath)

    const switchModel = (path: string | null) => {
      settings.update({ modelPath: path })
      models.use(path)
    }
    const handlers: Handlers = {
      'app.snapshot': () => ({
        version: boot.version,
        settings: settings.read(),
        model: models.status(),
        conversations: sessions.list(),
      }),
      'settings.update': (patch) => {
        if (patch.restAfterMinutes !== undefined) setImmediate(rest.touch) // counted from now, by the new number
        if (patch.modelPath !== undefined && patch.modelPath !== settings.read().modelPath) switchModel(patch.modelPath)
        return settings.update(patch)
      },
      'conversation.open': ({ id }) => sessions.open(id),
      'conversation.rename': ({ id, title }) => {
        sessions.summary(id)
        conversations.rename(id, title.toWellFormed())
        return told(sessions.summary(id))
      },
      'conversation.delete': ({ id }) => {
        sessions.summary(id)
        sessions.leave(id)
        trash.put(id)
        emit({ type: 'conversation-removed', conversation: id })
        return {}
      },
      'conversation.restore': ({ id }) => {
        trash.takeBack(id)
        return told(sessions.summary(id))
      },
      'conversation.select': ({ message }) => sessions.select(message),
      'search.messages': ({ query, limit }) => ({ hits: search.find(query, limit) }),
      'turn.start': (turn) => {
        sessions.start(turn)
        return {}
      },
      'turn.retry': (turn) => {
        sessions.retry(turn)
        return {}
      },
      'turn.stop': ({ reply }) => {
        sessions.stop(reply)
        return {}
      },
      'model.use': ({ path }) => {
        switchModel(path)
        return {}
      },
    }
    const told = (summary: ReturnType<typeof sessions.summary>) => {
      emit({ type: 'conversation-changed', summary })
      return summary
    }
    return {
      handlers,
      shutdown: async () => {
        quiet.close()
        rest.close()
        await sessions.shutdown()
        trash.close()
        models.close()
        storage.close()
      },
    }
  }
}

/** For callers in this process, tests above all: a command with its types. */
export function call<N extends CommandName>(engine: Engine, command: N, input: CommandInput<N>): CommandOutput<N> {
  return engine.handle(command, input) as CommandOutput<N>
}
