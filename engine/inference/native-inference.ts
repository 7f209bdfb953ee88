// engine/inference/native-inference.ts: `Inference` over the native addon.
import {
  guessSources,
  type NativeAddon,
  type NativeConstraint,
  type NativeGuessSource,
  type NativeModel,
  type NativeSession,
  type Numerics,
} from './addon.ts'
import type {
  Constraint,
  EncodeOptions,
  GenerateRequest,
  GenerateResult,
  GuessSources,
  Inference,
  InferenceSession,
  Piece,
  Progress,
} from './inference.ts'
import { everySource } from './inference.ts'
import { fromNative, isNativeError } from './native-failure.ts'
import { lacksTurns, plainTemplate, withPlainTurns } from './plain-turns.ts'
import { createReplyHistory } from './reply-history.ts'
import { canThink } from './thoughts.ts'

export type NativeInferenceOptions = {
  /** The context to run with, in tokens. Absent: what the model was trained for, at most 32768. */
  readonly contextTokens?: number
  /** True for the small model that ships inside. */
  readonly starter?: boolean
  /** Absent: auto. */
  readonly backend?: 'auto' | 'cpu' | 'metal'
  /** Absent: one thread per physical core. */
  readonly threads?: number
  /** How matrices are multiplied. Absent: auto, which depends on the file's size. */
  readonly numerics?: Numerics
  /** Path of the file that guesses ahead for this model. Absent: the conversation's own text alone does. */
  readonly drafter?: string
  /** Files that may be its drafter, where `drafter` is not given: the first that fits this model is taken. */
  readonly drafters?: readonly string[]
  /** Who may guess ahead, asked at each reply. Absent: all. */
  readonly guessWith?: () => GuessSources
  /** Names the addon's very build, for snapshots. Absent: its version. */
  readonly build?: string
}

const defaultContextTokens = 32_768

/** Loads the model at `path`. Rejects with `HearthError` `model-missing`, `model-invalid` or `engine-failed`. */
export async function createNativeInference(
  addon: NativeAddon,
  path: string,
  options: NativeInferenceOptions = {},
): Promise<Inference> {
  const model = await addon
    .loadModel(path, {
      ...(options.backend !== undefined && { backend: options.backend }),
      ...(options.threads !== undefined && { threads: options.threads }),
      ...(options.numerics !== undefined && { numerics: options.numerics }),
      ...(options.drafter !== undefined && { drafter: options.drafter }),
      ...(options.drafters !== undefined && { drafters: options.drafters }),
    })
    .catch((error: unknown) => Promise.reject(fromNative(error)))
  const { facts } = model
  const contextTokens =
    options.contextTokens ?? Math.min(facts.trainedContext || defaultContextTokens, defaultContextTokens)
  const sessions = new Set<NativeSession>()
  const history = createReplyHistory(model)
  const isPlain = lacksTurns(facts)

  return {
    info: {
      name: facts.name,
      path: facts.path,
      fileBytes: facts.fileBytes,
      architecture: facts.architecture,
      parameterCount: facts.parameters,
      layers: facts.layers,
      vocabularySize: facts.vocabulary,
      trainedContextTokens: facts.trainedContext,
      contextTokens,
      starter: options.starter ?? false,
      plainText: isPlain,
      thinks: canThink(facts),
    },
    chatTemplate: isPlain ? plainTemplate : facts.chatTemplate === '' ? null : facts.chatTemplate,
    specialTokens: { bos: tokenText(model, facts.bos), eos: tokenText(model, facts.eos) },
    markers: facts.markers,
    memoryBytes: () => {
      // The weights are read from the mapped file, so its pages are memory in use as much as our own.
      let bytes = facts.fileBytes + model.memoryBytes()
      for (const session of sessions) bytes += session.memoryBytes()
      return bytes
    },
    encode: (text, options) => guarded(() => Array.from(model.encode(text, toNative(options)))),
    decode: (tokens) => guarded(() => model.decode(Int32Array.from(tokens), false)),
    createSession: () => {
      const session = guarded(() => model.createSession({ context: contextTokens }))
      sessions.add(session)
      const wrapped = wrapSession(session, options, options.build ?? addon.version, () => sessions.delete(session))
      return isPlain ? withPlainTurns(wrapped) : wrapped
    },
    history,
    forgetHistory: (messages) => void history.forget(messages),
    close: () => {
      for (const session of sessions) session.close()
      sessions.clear()
      model.close()
    },
  }
}

function wrapSession(
  session: NativeSession,
  { guessWith }: NativeInferenceOptions,
  build: string,
  forget: () => void,
): InferenceSession {
  let held = 0
  return {
    generate: async (request, onPiece, signal, onProgress) => {
      const result = await generate(session, request, namesOf(guessWith?.()), onPiece, signal, onProgress)
      held = Math.max(held, result.promptTokens + result.newTokens)
      return result
    },
    snapshot: {
      heldTokens: () => held,
      save: (path) => session.save(path, build).catch(rethrow),
      restore: async (path) => {
        held = await session.restore(path, build).catch(rethrow)
        return held
      },
    },
    close: () => {
      session.close()
      forget()
    },
  }
}

async function generate(
  session: NativeSession,
  { tokens, maxTokens, sampling, constraint }: GenerateRequest,
  guessWith: NativeGuessSource[],
  onPiece: (piece: Piece) => void,
  signal: AbortSignal,
  onProgress: Progress | undefined,
): Promise<GenerateResult> {
  if (signal.aborted) return cancelledBeforeAnything
  const stop = () => session.cancel()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const report = await session.generate(
      Int32Array.from(tokens),
      {
        ...sampling,
        maxTokens,
        guessWith,
        ...(constraint === undefined ? {} : { constraint: toNativeConstraint(constraint) }),
      },
      (newTokens, text, sources) => onPiece({ tokens: Array.from(newTokens), text, sources }),
      onProgress,
    )
    const { stop: end, promptTokens, reusedTokens, newTokens, prefillMs, decodeMs, passes, drafted, accepted } = report
    const speculation = { passes, drafted, accepted }
    const memory = {
      keysValuesBytes: report.keysValuesBytes,
      residentBytes: process.memoryUsage.rss(),
      peakBytes: process.resourceUsage().maxRSS * 1024,
    }
    return { stop: end, promptTokens, reusedTokens, newTokens, prefillMs, decodeMs, speculation, memory }
  } catch (error) {
    // Stopped while the prompt was still being read: nothing was written yet.
    if (isNativeError(error) && error.code === 'cancelled') return cancelledBeforeAnything
    throw fromNative(error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function namesOf(sources: GuessSources = everySource): NativeGuessSource[] {
  return guessSources.filter((name) => sources[name])
}

const cancelledBeforeAnything: GenerateResult = {
  stop: 'cancelled',
  promptTokens: 0,
  reusedTokens: 0,
  newTokens: 0,
  prefillMs: 0,
  decodeMs: 0,
}

/** A token's text, markers shown; empty for an id that the vocabulary lacks. */
function tokenText(model: NativeModel, token: number): string {
  return token < 0 ? '' : guarded(() => model.decode(Int32Array.of(token), true))
}

function toNativeConstraint(constraint: Constraint): NativeConstraint {
  return 'jsonSchema' in constraint ? { jsonSchema: JSON.stringify(constraint.jsonSchema) ?? '' } : constraint
}

function toNative({ bos, markers, guard }: EncodeOptions) {
  return guard === undefined ? { bos, markers } : { bos, markers, guard }
}

function rethrow(error: unknown): never {
  throw fromNative(error)
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw fromNative(error)
  }
}
