// engine/cli/open-model.ts: where the command line finds the addon and the model, and how it opens them.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { HearthError } from '../contract/failure.ts'
import {
  guessSources,
  loadAddon,
  type NativeAddon,
  type NativeGuessSource,
  type NativeModel,
  type NativeSession,
  type Numerics,
  numericsNames,
} from '../inference/addon.ts'
import { fromNative } from '../inference/native-failure.ts'
import { findDrafters } from '../models/find-drafters.ts'
import { type Arguments, type Flags, UsageError } from './arguments.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export const starterModelPath = path.join(root, 'assets', 'models', 'kindling.gguf')

export const modelFlags: Flags = {
  model: { value: 'FILE', help: 'a GGUF file (default: Kindling, the starter model)' },
  threads: { value: 'N', help: 'threads to compute with (default: one per physical core)' },
  numerics: {
    value: 'HOW',
    help: `${numericsNames.join(', ')}: activations in 32 bits, or in 8 for speed (default: auto, by the file's size)`,
  },
}

/** Who may guess ahead. */
export const guessFlags: Flags = {
  'guess-with': {
    value: 'LIST',
    help: `who may guess ahead: some of ${guessSources.join(',')}, or none (default: all; no token depends on it)`,
  },
  drafter: { value: 'FILE', help: "the model's drafter, a GGUF file, or none (default: one that lies beside it)" },
}

/** Undefined where nothing was said. Throws `UsageError`. */
export function readGuessWith(args: Arguments): NativeGuessSource[] | undefined {
  const list = args.text('guess-with')
  if (list === undefined) return undefined
  return list
    .split(',')
    .filter((name) => name !== '' && name !== 'none')
    .map((name) => {
      const known = guessSources.find((source) => source === name)
      if (known !== undefined) return known
      throw new UsageError(`--guess-with expected some of ${guessSources.join(',')}, or none, found "${name}".`)
    })
}

/** The drafter that was named, or else what lies beside the model. */
export function drafterOptions(args: Arguments, model: string): { drafter?: string; drafters?: readonly string[] } {
  const drafter = args.text('drafter')
  if (drafter === undefined) return { drafters: findDrafters(model) }
  return drafter === 'none' ? {} : { drafter }
}

export const modelPath = (args: Arguments) => args.text('model') ?? starterModelPath
export const threadCount = (args: Arguments) => args.integer('threads', { least: 1, most: 1024 })

export const readNumerics = (args: Arguments): Numerics | undefined => args.choice('numerics', numericsNames)

/** Throws `HearthError` when the addon is not built or cannot be loaded here. */
export function openAddon(): NativeAddon {
  const file = process.env.HEARTH_ADDON ?? path.join(root, 'build', 'hearth.node')
  if (!existsSync(file))
    throw new HearthError(
      'engine-failed',
      `The native engine was expected at ${file}, found nothing.`,
      'Run `npm run build:native`.',
    )
  try {
    return loadAddon(file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HearthError(
      'engine-failed',
      `The native engine could not be loaded: ${reason}.`,
      'Run `npm run build:native`.',
    )
  }
}

/** Hands the loaded model to `work` and closes it afterwards. `usual`: numerics unless a flag says otherwise. Throws `HearthError`. */
export async function withModel<T>(
  args: Arguments,
  work: (model: NativeModel) => T | Promise<T>,
  usual: Numerics = 'auto',
): Promise<T> {
  const threads = threadCount(args)
  const file = modelPath(args)
  const addon = openAddon()
  try {
    const model = await addon.loadModel(file, {
      ...(threads !== undefined && { threads }),
      numerics: readNumerics(args) ?? usual,
      ...drafterOptions(args, file),
    })
    try {
      return await work(model)
    } finally {
      model.close()
    }
  } catch (error) {
    throw isOwn(error) ? error : fromNative(error)
  }
}

export async function withSession<T>(
  model: NativeModel,
  options: { context?: number; kv?: 'f16' | 'f32' },
  work: (session: NativeSession) => Promise<T>,
): Promise<T> {
  const session = model.createSession(options)
  try {
    return await work(session)
  } finally {
    session.close()
  }
}

/** Errors of this program keep what they are; only the addon's carry a code that `fromNative` knows. */
const isOwn = (error: unknown) =>
  error instanceof HearthError || (error instanceof Error && error.name === 'UsageError')
