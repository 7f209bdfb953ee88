// engine/models/models.ts: which model file is used, and its way from a path to a loaded model.
//
// A load takes its place in the same queue as replies: it begins when the reply in flight has ended, the old model is
// closed first (two large ones rarely fit), and replies that were asked for meanwhile wait for the new one.
import { realpathSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { type Failure, HearthError, toFailure } from '../contract/failure.ts'
import type { ModelStatus } from '../contract/model.ts'
import type { Inference } from '../inference/inference.ts'
import type { Queue } from './queue.ts'

export type ModelsDeps = {
  /** Loads a file that exists; `starter` goes into its info. Rejects with `HearthError`. */
  readonly load: (path: string, starter: boolean) => Promise<Inference>
  /** The model that ships inside; null where none does. */
  readonly starterPath: string | null
  readonly queue: Queue
  readonly emit: (status: ModelStatus) => void
  /** Called before a model is closed, while no reply runs: sessions over it end now. */
  readonly onClose: () => void
}

export type Models = {
  status(): ModelStatus
  /** Begins to load `path`, or with null the starter model. The answer comes as a status. */
  use(path: string | null): void
  /** The loaded model. Throws `HearthError` `no-model` with the reason, also while one is loading. */
  current(): Inference
  /** Throws `HearthError` `no-model` unless a model is loaded or about to be. Answers its name. */
  expected(): string
  /** Tells the windows when the memory in use has changed. */
  measure(): void
  /**
   * Ends the model and frees its memory, after what runs over it, once `prepare` has ended: unless `wanted` says no by
   * then, or it is the starter model, which is small and always stays.
   */
  rest(prepare: () => Promise<void>, wanted: () => boolean): Promise<void>
  /** Begins to load a model that rests. Replies that are asked for afterwards wait for it. */
  wake(): void
  close(): void
}

export function createModels({ load, starterPath, queue, emit, onClose }: ModelsDeps): Models {
  let status: ModelStatus = { state: 'none' }
  let loaded: Inference | null = null
  let wanted = 0 // number of the latest request; older ones give up

  const set = (next: ModelStatus) => {
    status = next
    emit(next)
  }
  const closeLoaded = () => {
    if (loaded === null) return
    onClose()
    loaded.close()
    loaded = null
  }

  const loadNow = async (path: string, request: number): Promise<void> => {
    if (request !== wanted) return
    closeLoaded()
    const starter = isSameFile(path, starterPath)
    try {
      mustExist(path)
      const inference = await load(path, starter)
      if (request !== wanted) return inference.close()
      loaded = inference
      set({ state: 'ready', info: inference.info, memoryBytes: inference.memoryBytes() })
    } catch (error) {
      if (request !== wanted) return
      const fallback = !starter && starterPath !== null && exists(starterPath) ? nameOf(starterPath) : null
      set({ state: 'failed', name: nameOf(path), failure: toFailure(error), fallback })
    }
  }

  const loadChosen = (chosen: string, waking: boolean) => {
    const request = ++wanted
    set({ state: 'loading', name: nameOf(chosen), ...(waking ? { waking } : {}) })
    void queue.run(null, () => loadNow(chosen, request))
  }

  const unavailable = (): HearthError => {
    if (status.state === 'failed') return noModel(status.failure)
    if (status.state === 'loading')
      return new HearthError('no-model', `${status.name} is still loading.`, 'Try again in a moment.')
    return new HearthError('no-model', 'A reply needs a model, and none is loaded.', 'Choose a model file.')
  }

  return {
    status: () => status,
    use: (path) => {
      const chosen = path ?? starterPath
      if (chosen === null) {
        wanted++
        void queue.run(null, async () => closeLoaded())
        return set({ state: 'none' })
      }
      loadChosen(chosen, false)
    },
    current: () => {
      if (loaded === null || status.state !== 'ready') throw unavailable()
      return loaded
    },
    expected: () => {
      if (status.state === 'ready' || status.state === 'resting') return status.info.name
      if (status.state === 'loading') return status.name
      throw unavailable()
    },
    measure: () => {
      if (loaded === null || status.state !== 'ready') return
      const memoryBytes = loaded.memoryBytes()
      if (memoryBytes !== status.memoryBytes) set({ ...status, memoryBytes })
    },
    rest: async (prepare, stillWanted) => {
      await queue.run(null, async () => {
        if (status.state !== 'ready' || status.info.starter || !stillWanted()) return
        await prepare()
        if (status.state !== 'ready') return // another model was chosen meanwhile
        const { info } = status
        closeLoaded()
        set({ state: 'resting', info })
      })
    },
    wake: () => {
      if (status.state === 'resting') loadChosen(status.info.path, true)
    },
    close: () => {
      wanted++
      closeLoaded()
    },
  }
}

const noModel = ({ message, remedy }: Failure) => new HearthError('no-model', message, remedy)

/** `kindling.gguf` is shown as `Kindling` until the file has told its own name. */
const nameOf = (path: string) => {
  const stem = basename(path).replace(/\.gguf$/i, '')
  return stem.charAt(0).toUpperCase() + stem.slice(1)
}

function mustExist(path: string): void {
  if (exists(path)) return
  throw new HearthError(
    'model-missing',
    `A model file was expected at ${path}, and there is none.`,
    'Put the file back, or choose another model.',
  )
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function isSameFile(path: string, other: string | null): boolean {
  if (other === null) return false
  if (path === other) return true
  try {
    return realpathSync(path) === realpathSync(other)
  } catch {
    return false // one of them is not there
  }
}
