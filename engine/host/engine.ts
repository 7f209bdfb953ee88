// engine/host/engine.ts: the parts put together, and what each command does with them.

import type { z } from 'zod'
import type { CommandInput, CommandName, CommandOutput, Commands } from '../contract/commands.ts'
import type { AppEvent } from '../contract/events.ts'
import { type FailureCode, HearthError, toFailure } from '../contract/failure.ts'
import type { ConversationId } from '../contract/ids.ts'
import { everySource } from '../inference/inference.ts'
import { assembleMemory } from '../memory/assemble.ts'
import { type Mind, noMind } from '../memory/mind.ts'
import { createIdle } from '../models/idle.ts'
import { createModels } from '../models/models.ts'
import { createQueue } from '../models/queue.ts'
import { createReplyIndex } from '../sessions/reply-index.ts'
import { createSessionCache } from '../sessions/session-cache.ts'
import { createSessions } from '../sessions/sessions.ts'
import { createSnapshots, withoutPrivate } from '../sessions/snapshots.ts'
import { openHistoryFiles } from '../storage/history-files.ts'
import { createInsightQueries } from '../storage/insights.ts'
import { openMemoryStorage, openStorage, type Storage } from '../storage/open-storage.ts'
import { createReplies } from '../storage/replies.ts'
import { openSnapshotFiles } from '../storage/snapshot-files.ts'
import { createTools } from '../tools/tools.ts'
import type { Boot } from './boot.ts'
import { createConversationHandlers } from './conversation-handlers.ts'
import { forgettableDrafts, forgettableSnapshots, forgettableSummaries, tableBeside } from './forgettables.ts'
import { createGpuCheck } from './gpu-check.ts'
import { buildOf, createLoadModel, type LoadModel, openAddon } from './load-model.ts'
import type { Log } from './log.ts'
import { createMindHandlers } from './mind-handlers.ts'
import { createReading } from './reading.ts'
import { createRooms, type Room } from './rooms.ts'
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
  /** In tests: the table of word vectors; null for none. Absent: the one beside the starter model. */
  readonly embedderPath?: string | null
  /** For what is chosen by chance. */
  readonly random?: () => number
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

function start(
  { boot, log, load, now = Date.now, undoMs, embedderPath, random = Math.random }: EngineOptions,
  tellAll: (event: AppEvent) => void,
): Running {
  const storage = openStorage(boot.dataDir)
  try {
    return assemble(storage)
  } catch (error) {
    storage.close()
    throw error
  }

  function assemble(disk: Storage): Running {
    const { conversations, settings, search } = disk
    const memory = openMemoryStorage()
    const isTemporary = (id: ConversationId) => memory.conversations.find(id) !== null
    const guessWith = () => settings.read().guessWith ?? everySource
    const replyIndex = createReplyIndex({
      files: openHistoryFiles(boot.dataDir),
      replies: createReplies(storage.database),
      isOn: () => guessWith().history,
      log,
    })
    const emit = (event: AppEvent) => {
      replyIndex.heard(event)
      tellAll(event)
    }
    const queue = createQueue()
    const isKept = (id: ConversationId) => {
      const stored = conversations.find(id)
      return stored !== null && stored.deletedAt === null
    }
    const files = openSnapshotFiles(boot.dataDir, isKept)
    const cache = createSessionCache(
      rememberedConversations,
      withoutPrivate(createSnapshots({ files, log }), isTemporary),
    )
    const gpu = createGpuCheck({
      dataDir: boot.dataDir,
      addon: () => openAddon(boot.addonPath),
      build: () => buildOf(boot.addonPath),
      emit: (state) => emit({ type: 'gpu-changed', gpu: state }),
      log,
      now,
    })
    const models = createModels({
      load: load ?? createLoadModel(boot, guessWith, gpu.backend),
      starterPath: boot.starterModelPath,
      queue,
      emit: (status) => {
        log('model', { state: status.state, failure: status.state === 'failed' ? status.failure.code : undefined })
        replyIndex.attach(status.state === 'ready' ? models.current() : null)
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
    const reading = createReading({
      queue,
      model: () => (models.status().state === 'ready' ? models.current() : null),
      read: (inference, signal) => mind.extraction.run(inference, signal),
      log,
    })
    const tell = (event: AppEvent) => {
      if (event.type === 'turn-start' || event.type === 'turn-done' || event.type === 'turn-failed') {
        quiet.touch()
        rest.touch()
        reading.touch()
      }
      emit(event)
    }
    const loadedHistory = () => (models.status().state === 'ready' ? models.current().history : undefined)
    const pathOfTable = embedderPath ?? tableBeside(boot.starterModelPath)
    const mind = assembleMemory({
      storage: disk,
      embedderPath: pathOfTable,
      forgettables: [
        forgettableSnapshots(files, (id) => queue.run(null, async () => cache.drop(id))),
        forgettableDrafts(replyIndex, loadedHistory),
        forgettableSummaries(disk.database),
      ],
      emit,
      log,
      now,
      random,
      build: boot.version,
      ...(undoMs === undefined ? {} : { undoMs }),
    })
    const tools = createTools({
      stores: disk.tools,
      folder: boot.dataDir,
      isStored: (id) => conversations.find(id) !== null,
      memory: mind.door,
      emit,
      log,
      now,
      version: boot.version,
    })
    const roomOver = (storage: Storage, heard: Mind): Room => ({
      storage,
      sessions: createSessions({
        storage,
        models,
        queue,
        cache,
        emit: tell,
        log,
        now,
        settings: settings.read,
        tools,
        mind: heard,
      }),
      trash: createTrash(storage, now, log, undoMs),
    })
    const rooms = createRooms(roomOver(disk, mind.mind), roomOver(memory, noMind))
    // A kept result is there at once, so that the first model is already loaded for the GPU.
    if (boot.inference === 'native' && load === undefined) void gpu.start()
    models.use(settings.read().modelPath)

    const switchModel = (path: string | null) => {
      settings.update({ modelPath: path })
      models.use(path)
    }
    const handlers: Handlers = {
      ...createConversationHandlers({ rooms, emit, now }),
      ...tools.commands,
      ...createMindHandlers({
        memory: mind,
        insights: createInsightQueries(disk.database, boot.dataDir),
        findMessage: disk.messages.find,
        withModel: async (work) => {
          models.wake()
          const done = await queue.run(null, () => work(models.current()))
          if (done === null) throw new HearthError('internal', 'Hearth is closing.')
          return done
        },
        emit,
        now,
        build: boot.version,
      }),
      'app.snapshot': () => ({
        version: boot.version,
        settings: settings.read(),
        model: models.status(),
        conversations: rooms.list(),
      }),
      'settings.update': (patch) => {
        if (patch.restAfterMinutes !== undefined) setImmediate(rest.touch) // counted from now, by the new number
        if (patch.modelPath !== undefined && patch.modelPath !== settings.read().modelPath) switchModel(patch.modelPath)
        const updated = settings.update(patch)
        if (patch.guessWith !== undefined) replyIndex.switched()
        return updated
      },
      'search.messages': ({ query, limit, ...filter }) => ({ hits: search.find(query, limit, filter) }),
      'gpu.state': () => gpu.state(),
      'gpu.check': () => {
        void gpu.again()
        return gpu.state()
      },
      'model.use': ({ path }) => {
        switchModel(path)
        return {}
      },
    }
    return {
      handlers,
      shutdown: async () => {
        quiet.close()
        rest.close()
        reading.close()
        await rooms.shutdown()
        await tools.close()
        await mind.close()
        await cache.close()
        replyIndex.close()
        models.close()
        rooms.close()
      },
    }
  }
}

/** For callers in this process, tests above all: a command with its types. */
export function call<N extends CommandName>(engine: Engine, command: N, input: CommandInput<N>): CommandOutput<N> {
  return engine.handle(command, input) as CommandOutput<N>
}
