// engine/cli/doctor.ts: `hearth doctor`: what a bug report needs, and for each failure the next step.
import os from 'node:os'
import Database from 'better-sqlite3'
import { HearthError, toFailure } from '../contract/failure.ts'
import { gpuReport } from '../contract/gpu.ts'
import { machineHasMetal, noMetal } from '../host/gpu-check.ts'
import type { NativeAddon, NativeModel } from '../inference/addon.ts'
import { fromNative } from '../inference/native-failure.ts'
import { speed } from './generate.ts'
import { modelFlags, modelPath, openAddon, threadCount, withSession } from './open-model.ts'
import { print, printJson } from './output.ts'
import type { Verb } from './verb.ts'

type Check = { readonly name: string; readonly ok: boolean; readonly detail: string; readonly next?: string }

/** What a check found out, and what the checks after it may use. */
type Finding<T> = { readonly check: Check; readonly value?: T }

export const doctor: Verb = {
  name: 'doctor',
  summary: 'is everything in order? machine, versions, model, a short answer with its speed',
  usage: `[flags]

Prints one line a check, and for each failure the next step. With --json: {"ok":…,"checks":[…]}. Exit code 1 when a check failed.`,
  flags: modelFlags,
  run: async (args) => {
    const checks: Check[] = []
    const note = <T>({ check, value }: Finding<T>): T | undefined => {
      checks.push(check)
      if (!args.has('json')) print(lineOf(check))
      return value
    }
    note(await look('machine', machine))
    note(await look('node', node))
    note(await look('storage', storage))
    const addon = note(await look('engine', engine))
    if (addon !== undefined) note(await look('gpu', () => gpu(addon)))
    const threads = threadCount(args)
    const load = () => loadModel(addon, modelPath(args), threads === undefined ? {} : { threads })
    const model = addon === undefined ? undefined : note(await look('model', load))
    if (model !== undefined) {
      note(await look('answer', () => answer(model)))
      model.close()
    }
    const ok = checks.every((check) => check.ok)
    if (args.has('json')) printJson({ ok, checks })
    else print(ok ? 'Everything is in order.\n' : 'Something is not in order; see the next steps above.\n')
    return ok ? 0 : 1
  },
}

/** Runs one check; what it throws is its failure. */
async function look<T>(
  name: string,
  check: () => { detail: string; value?: T } | Promise<{ detail: string; value?: T }>,
) {
  try {
    const { detail, value } = await check()
    const finding: Finding<T> =
      value === undefined ? { check: { name, ok: true, detail } } : { check: { name, ok: true, detail }, value }
    return finding
  } catch (error) {
    const { message, remedy } = toFailure(error)
    const next = remedy ?? 'Report this with the lines above.'
    return { check: { name, ok: false, detail: message, next } } satisfies Finding<T>
  }
}

function lineOf({ name, ok, detail, next }: Check): string {
  const [first = '', ...more] = detail.trimEnd().split('\n')
  const indent = ' '.repeat(13)
  const lines = [
    first,
    ...more.map((line) => `${indent}${line}`),
    ...(next === undefined ? [] : [`${indent}Next: ${next}`]),
  ]
  return `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(8)}${lines.join('\n')}\n`
}

function machine() {
  const processor = os.cpus()[0]?.model.trim() ?? 'unknown processor'
  const memory = `${gigabytes(os.totalmem())} memory, ${gigabytes(os.freemem())} free`
  return {
    detail: `${os.type()} ${os.release()} ${os.arch()}; ${processor}, ${os.availableParallelism()} threads; ${memory}`,
  }
}

function node() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 24) throw new Error(`Node 24 or newer was expected, found ${process.version}.`)
  return { detail: process.version }
}

function storage() {
  const database = new Database(':memory:')
  try {
    database.exec('CREATE VIRTUAL TABLE words USING fts5(word)')
    const version = database.prepare('SELECT sqlite_version()').pluck().get()
    return { detail: `SQLite ${String(version)} with full-text search` }
  } finally {
    database.close()
  }
}

function engine() {
  const addon = openAddon()
  const { backend, simd, threads } = addon.machine
  return {
    detail: `Hearth ${addon.version}; ${backend}, ${simd}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    value: addon,
  }
}

/**
 * The verdict of the self-check, a line a step. Red is a failure: the GPU is there and may not be used. Nothing is
 * noted on disk, so what the app knows of this machine stays as it is.
 */
export async function gpu(addon: Pick<NativeAddon, 'checkGpu'>, hasMetal = machineHasMetal) {
  if (!hasMetal) return { detail: noMetal }
  const report = gpuReport.parse(JSON.parse(await addon.checkGpu('')))
  const steps = report.steps.map(({ name, verdict, detail }) => `${verdict.padEnd(5)} ${name}: ${detail}`)
  const detail = [`${report.verdict}: ${report.device === '' ? 'no device' : report.device}`, ...steps].join('\n')
  if (report.verdict !== 'red') return { detail }
  throw new HearthError(
    'engine-failed',
    detail,
    'The CPU answers until Hearth or macOS is updated; please report the lines above.',
  )
}

async function loadModel(addon: NativeAddon | undefined, path: string, options: { threads?: number }) {
  if (addon === undefined) throw new Error('The engine is not there.')
  const startedAt = performance.now()
  const model = await addon.loadModel(path, options).catch((error: unknown) => Promise.reject(fromNative(error)))
  const { name, fileBytes, parameters, backend, spec } = model.facts
  const size = `${(fileBytes / 1e6).toFixed(1)} MB`
  const summary = `${name}: ${size}, ${(parameters / 1e6).toFixed(1)} M parameters, on ${backend}, loaded in ${Math.round(performance.now() - startedAt)} ms`
  return { detail: `${summary}\n${path}\n${spec}`, value: model }
}

/** Ten greedy tokens, also past an end token, so that every model gives ten. */
async function answer(model: NativeModel) {
  const prompt = model.encode('<|turn>user\nHello!<turn|>\n<|turn>model\n', { bos: true, markers: 'all' })
  let text = ''
  const generated = withSession(model, { context: 512 }, (session) =>
    session.generate(prompt, { maxTokens: 10, ignoreEnd: true }, (_tokens, piece) => {
      text += piece
    }),
  )
  const report = await generated.catch((error: unknown) => Promise.reject(fromNative(error)))
  if (report.newTokens !== 10) throw new Error(`Ten tokens were expected, found ${report.newTokens} (${report.stop}).`)
  const read = speed(report.promptTokens, report.prefillMs)
  return { detail: `${JSON.stringify(text)}; reads ${read} and writes ${speed(10, report.decodeMs)} tokens a second` }
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`
