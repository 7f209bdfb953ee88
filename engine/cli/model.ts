// engine/cli/model.ts: `hearth model FILE`: what a model file is, whether it fits on this machine, and whose it is.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import os from 'node:os'
import type { NativeDescription, NativeModel } from '../inference/addon.ts'
import { fromNative } from '../inference/native-failure.ts'
import { findDrafters } from '../models/find-drafters.ts'
import { type Arguments, UsageError } from './arguments.ts'
import { fetchableNames, fetchModel, modelsFolder } from './fetch-model.ts'
import { modelFlags, openAddon, withModel, withSession } from './open-model.ts'
import { print, printJson } from './output.ts'
import type { Verb } from './verb.ts'

export const model: Verb = {
  name: 'model',
  summary: 'a model file: its shape, what it needs here, its licence and hash; or `fetch NAME`',
  usage: `FILE [flags]
       npm run -s hearth -- model fetch NAME [--to FOLDER]

Predicts the memory that the file will need at a context; --measure loads it, reads 511 tokens, writes, and compares.
Known to fetch: ${fetchableNames.join(', ')} (by pip, outside of this repository).`,
  positionals: 'any',
  flags: {
    ...modelFlags,
    context: { value: 'N', help: 'tokens of context (default: what sessions take, at most 32768)' },
    drafter: { value: 'FILE', help: 'the drafter that will be loaded beside it, or none (default: one beside it)' },
    measure: { help: 'load the model and measure what was predicted' },
    to: { value: 'FOLDER', help: `where fetch puts the file (default: ${modelsFolder()})` },
  },
  run: async (args) => {
    const [first, second, ...rest] = args.positionals
    if (first === 'fetch') {
      if (second === undefined || rest.length > 0)
        throw new UsageError(`fetch expected one name (${fetchableNames.join(', ')}), found ${rest.length + 1}.`)
      const found = await fetchModel(second, args.text('to') ?? modelsFolder())
      if (args.has('json')) printJson(found)
      else print(`${found.file}\nsha256 ${found.sha256}\nlicence: ${found.licence}\n`)
      return 0
    }
    if (second !== undefined) throw new UsageError(`Expected one file, found "${second}", too.`)
    const file = first ?? args.text('model')
    if (file === undefined) throw new UsageError('Expected the path of a GGUF file, found nothing.')
    const context = args.integer('context', { least: 1, most: 2 ** 28 })
    const wanted = args.text('drafter')
    const candidates = wanted === undefined ? findDrafters(file) : wanted === 'none' ? [] : [wanted]
    // Before anything else: what another look at the file leaves in the heap would be taken for the model's. Only a
    // drafter that was not named has to be looked for.
    const drafter = wanted === undefined ? candidates.find((each) => fits(file, each)) : candidates[0]
    const bytes = args.has('measure') ? await measure(file, context, drafter, args) : undefined
    const facts = describe(file, context, drafter)
    const sha256 = await hashOf(file)
    const measured =
      bytes === undefined ? undefined : { bytes, predictedBytes: atStart(facts), ratio: bytes / atStart(facts) }
    const machine = { totalBytes: os.totalmem(), freeBytes: os.freemem() }
    const needed = atStart(facts) - facts.fit.keysValuesAtStart + facts.fit.keysValues
    const result = {
      file,
      ...facts,
      sha256,
      drafter: drafter ?? null,
      drafterBytes: drafterBytes(facts),
      neededBytes: needed,
      machine,
      fits: needed < machine.totalBytes,
      measured,
    }
    if (args.has('json')) printJson(result)
    else print(page(result))
    return 0
  },
}

/** What loading, reading 511 tokens and writing some, enough for a drafter to guess, adds to this process. */
async function measure(
  file: string,
  context: number | undefined,
  drafter: string | undefined,
  args: Arguments,
): Promise<number> {
  openAddon() // its own pages are not the model's
  const before = process.memoryUsage.rss()
  const named: Record<string, string> = { model: file, drafter: drafter ?? 'none' }
  const flags = { ...args, text: (name: string) => named[name] ?? args.text(name) }
  const use = (loaded: NativeModel) =>
    withSession(loaded, context === undefined ? {} : { context }, async (session) => {
      const length = Math.min(511, session.context - 1)
      const tokens = Int32Array.from({ length }, (_, i) => (i * 7919) % loaded.facts.vocabulary)
      await session.generate(tokens, { maxTokens: drafter === undefined ? 1 : 32, ignoreEnd: true }, () => {})
      return process.memoryUsage.rss() - before
    })
  // Fast numerics need as much in the end, but come to it little by little.
  return await withModel(flags, use, 'exact')
}

type Measured = { readonly bytes: number; readonly predictedBytes: number; readonly ratio: number }

type Result = NativeDescription & {
  readonly file: string
  readonly sha256: string
  readonly drafter: string | null
  readonly drafterBytes: number
  readonly neededBytes: number
  readonly machine: { readonly totalBytes: number; readonly freeBytes: number }
  readonly fits: boolean
  readonly measured?: Measured | undefined
}

/** Weights, vocabulary, scratch, and the keys and values of a conversation that is still short. */
const atStart = (facts: NativeDescription) =>
  facts.fit.weights + facts.fit.vocabulary + facts.fit.keysValuesAtStart + facts.fit.scratch + drafterBytes(facts)

/** It keeps no keys and values of its own. */
const drafterBytes = ({ fit }: NativeDescription) => fit.drafterWeights + fit.drafterVocabulary + fit.drafterScratch

function describe(file: string, context: number | undefined, drafter: string | undefined): NativeDescription {
  const addon = openAddon()
  try {
    return addon.describe(file, {
      ...(context === undefined ? {} : { context }),
      ...(drafter === undefined ? {} : { drafter }),
    })
  } catch (error) {
    throw fromNative(error)
  }
}

function fits(file: string, drafter: string): boolean {
  try {
    openAddon().describe(file, { drafter })
    return true
  } catch {
    return false // it was made for another model
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

function page(result: Result): string {
  const { fit, machine, measured } = result
  const rows: readonly (readonly [string, string])[] = [
    ['file', `${result.file}, ${megabytes(result.fileBytes)}, ${result.tensors} tensors`],
    ['licence', result.licence === '' ? 'the file does not say' : result.licence],
    ['sha256', result.sha256],
    [
      'weights',
      megabytes(fit.weights) + (fit.lookedUp > 0 ? `, and ${megabytes(fit.lookedUp)} that stay in the file` : ''),
    ],
    ['vocabulary', megabytes(fit.vocabulary)],
    [
      'keys, values',
      `${megabytes(fit.keysValues)} at ${fit.context} tokens, ${megabytes(fit.keysValuesAtStart)} at the start`,
    ],
    ['scratch', megabytes(fit.scratch)],
    [
      'drafter',
      result.drafterBytes === 0
        ? 'none'
        : `${megabytes(result.drafterBytes)}, of it ${megabytes(fit.drafterScratch)} scratch; it reads the model's keys and values`,
    ],
    [
      'needed',
      `${megabytes(result.neededBytes)} of ${megabytes(machine.totalBytes)} here: ${result.fits ? 'it fits' : 'it does not fit'}`,
    ],
    ...(measured === undefined
      ? []
      : ([
          [
            'measured',
            `${megabytes(measured.bytes)} after a short prompt, ${megabytes(measured.predictedBytes)} predicted (${((measured.ratio - 1) * 100).toFixed(1)} %)`,
          ],
        ] as const)),
  ]
  const table = rows.map(([name, text]) => `${name.padEnd(14)}${text}`).join('\n')
  return `${result.name}: ${(result.parameters / 1e6).toFixed(1)} M parameters\n${result.spec}${table}\n`
}
