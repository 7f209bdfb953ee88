// engine/host/boot.ts: what the shell tells this process at its start, as JSON in the variable HEARTH_BOOT.
import { z } from 'zod'
import { HearthError } from '../contract/failure.ts'

const boot = z.object({
  /** The folder of the database; created when it is missing. */
  dataDir: z.string().min(1),
  starterModelPath: z.string().nullable(),
  /** The built native addon, `hearth.node`. */
  addonPath: z.string(),
  /** `script`: path of a JSON file, or of a module with a default export, that is a `Script` (scripted-inference.ts). */
  inference: z.union([z.literal('native'), z.object({ script: z.string() })]),
  version: z.string(),
})
export type Boot = z.infer<typeof boot>

/** Throws `HearthError` `bad-request`. */
export function readBoot(json: string | undefined): Boot {
  const parsed = boot.safeParse(json === undefined ? undefined : parseJson(json))
  if (parsed.success) return parsed.data
  throw new HearthError(
    'bad-request',
    `The engine expected its boot message in HEARTH_BOOT and found ${json === undefined ? 'none' : 'another one'}.`,
    'Start Hearth with npm start, which starts the engine.',
    { cause: parsed.error },
  )
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
