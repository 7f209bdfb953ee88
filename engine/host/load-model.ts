// engine/host/load-model.ts: a model file becomes an `Inference`: through the native engine, or a script in its place.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { HearthError } from '../contract/failure.ts'
import { loadAddon } from '../inference/addon.ts'
import { everySource, type GuessSources, type Inference } from '../inference/inference.ts'
import { createNativeInference } from '../inference/native-inference.ts'
import { createScriptedInference, type Script } from '../inference/scripted-inference.ts'
import { findDrafters } from '../models/find-drafters.ts'
import type { Boot } from './boot.ts'

export type LoadModel = (path: string, starter: boolean) => Promise<Inference>

/**
 * The addon is loaded with the first model, so that a broken one is a sentence on the screen and not a dead process.
 * `guessWith` is asked at each reply, `backend` at each load.
 */
export function createLoadModel(
  { inference, addonPath }: Pick<Boot, 'inference' | 'addonPath'>,
  guessWith: () => GuessSources = () => everySource,
  backend: () => 'metal' | 'cpu' = () => 'cpu',
): LoadModel {
  if (inference === 'native')
    return async (path, starter) => {
      const addon = openAddon(addonPath)
      const drafters = findDrafters(path)
      const options = { starter, drafters, guessWith, build: buildOf(addonPath) }
      if (backend() === 'cpu') return createNativeInference(addon, path, { ...options, backend: 'cpu' })
      // What does not fit the GPU, or what it refuses, the CPU can still do.
      return createNativeInference(addon, path, { ...options, backend: 'metal' }).catch(() =>
        createNativeInference(addon, path, { ...options, backend: 'cpu' }),
      )
    }
  return async (path, starter) =>
    createScriptedInference(await readScript(inference.script), { info: { path, starter } })
}

/** Which bits the addon computes is decided by its very bytes. */
export const buildOf = (addonPath: string) => createHash('sha256').update(readFileSync(addonPath)).digest('hex')

/** Throws `HearthError` `engine-failed`. */
export function openAddon(path: string) {
  try {
    return loadAddon(path)
  } catch (error) {
    throw new HearthError(
      'engine-failed',
      `The native engine was expected at ${path} and could not be loaded.`,
      'Run npm start again, which builds it.',
      { cause: error },
    )
  }
}

async function readScript(path: string): Promise<Script> {
  if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8')) as Script
  const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default: Script }
  return module.default
}
