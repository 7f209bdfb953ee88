// electron/engine-boot.ts: what a shell tells a new engine process, and where on this machine those things are.
import path from 'node:path'

/** Travels as JSON in the environment variable HEARTH_BOOT; engine/host reads it once, at its start. */
export type EngineBoot = {
  readonly dataDir: string
  readonly starterModelPath: string
  /** The built native addon. */
  readonly addonPath: string
  /** `native`, or a script of replies that stands in for the model (tests). */
  readonly inference: 'native' | { readonly script: string }
  readonly version: string
}

/** Folders a shell is started from. `root`: the repository, or the app folder inside a package. */
export type AppPaths = { readonly root: string; readonly resources: string | null }

/** `script`: path of a scripted model, or undefined for the real engine. */
export function engineBoot(paths: AppPaths, dataDir: string, version: string, script: string | undefined): EngineBoot {
  const { root, resources } = paths
  return {
    dataDir: path.resolve(dataDir),
    starterModelPath: path.join(resources ?? path.join(root, 'assets'), 'models', 'kindling.gguf'),
    addonPath: path.join(root, 'build', 'hearth.node'),
    inference: script === undefined || script === '' ? 'native' : { script: path.resolve(script) },
    version,
  }
}

/** The environment of an engine process: ours, without what only the shell needs, and the boot message. */
export function engineEnvironment(boot: EngineBoot, base: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && name !== 'NODE_OPTIONS' && name !== 'NODE_CHANNEL_FD') environment[name] = value
  }
  environment.HEARTH_BOOT = JSON.stringify(boot)
  return environment
}
