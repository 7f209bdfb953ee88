// engine/inference/testing.ts: the really built addon and the golden models, for tests.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadAddon, type NativeAddon } from './addon.ts'

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export const addonPath = process.env.HEARTH_ADDON ?? fromRoot('build/hearth.node')
export const kindlingPath = fromRoot('assets/models/kindling.gguf')
export const goldenModelPath = (name: string) => fromRoot(`native/tests/golden/models/${name}.gguf`)
const vectorPath = (file: string) => fromRoot(`native/tests/golden/vectors/${file}`)

/** Throws with the next step when the addon is not built. */
export function builtAddon(): NativeAddon {
  try {
    return loadAddon(addonPath)
  } catch (error) {
    throw new Error(`The addon was expected at ${addonPath}; run \`npm run build:native\` first.`, { cause: error })
  }
}

export type GoldenPrompt = {
  readonly name: string
  readonly text: string
  readonly tokens: readonly number[]
  readonly logits: { readonly exact?: string }
  readonly greedy: { readonly exact: { readonly tokens: readonly number[] } }
}

/** One recorded prompt of a golden model; see native/tests/golden/README.md. */
export function goldenPrompt(model: string, prompt: string): GoldenPrompt {
  const record = JSON.parse(readFileSync(vectorPath(`${model}.json`), 'utf8')) as { prompts: readonly GoldenPrompt[] }
  const found = record.prompts.find(({ name }) => name === prompt)
  if (found === undefined) throw new Error(`${model}.json has no prompt ${prompt}.`)
  return found
}

export type TokenizerCase = {
  readonly bytes_hex: string
  readonly add_bos: boolean
  readonly parse_special: boolean
  readonly tokens: readonly number[]
}

export function goldenTokenizerCases(): readonly TokenizerCase[] {
  return (JSON.parse(readFileSync(vectorPath('tokenizer.json'), 'utf8')) as { cases: readonly TokenizerCase[] }).cases
}

/** Little-endian floats of a record, [positions][vocabulary]. */
export const goldenFloats = (file: string) => floatsOf(readFileSync(vectorPath(file)))

export function floatsOf(bytes: Buffer): Float32Array {
  const copy = new Uint8Array(bytes) // aligned, unlike a slice of Node's pool
  return new Float32Array(copy.buffer)
}

export function largestDifference(found: Float32Array, wanted: Float32Array): number {
  if (found.length !== wanted.length) throw new Error(`${wanted.length} values were expected, found ${found.length}.`)
  return found.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (wanted[index] ?? Number.NaN))), 0)
}
