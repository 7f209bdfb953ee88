// scripts/lib/steps.mjs: the steps of `npm test`, in their order. Each answers with counts or throws; neither hides the
// steps after it.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { buildBundle, bundleIsCurrent } from './bundles.mjs'
import { runCommand, tail } from './command.mjs'
import { nothing, playwrightCounts, single, sum, vitestCounts } from './counts.mjs'
import { findElectron } from './electron-binary.mjs'
import { findProgram } from './machine.mjs'
import { at } from './paths.mjs'

/**
 * @typedef {{ node: string, say: (detail: string) => void }} StepContext `node`: a Node 24.
 * @typedef {(context: StepContext) => Promise<import('./counts.mjs').Counts>} Step
 */

const script = (...names) => at('node_modules', ...names)

/** @type {Step} */
async function types({ node }) {
  return single('types: tsc -b', await runCommand(node, [script('typescript', 'bin', 'tsc'), '-b']))
}

/** @type {Step} */
async function lint({ node }) {
  const biome = [script('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off', '--max-diagnostics=100', '.']
  return sum([single('lint: biome ci', await runCommand(node, biome)), await clangFormat()])
}

async function clangFormat() {
  const name = 'format: clang-format --dry-run'
  const program = await findProgram('clang-format-19', 'clang-format')
  if (program === null) return { ...nothing(), skips: [{ name, reason: 'clang-format is not on this machine' }] }
  const files = fs
    .readdirSync(at('native'), { recursive: true })
    .filter((file) => /\.(h|cc|mm|metal)$/.test(file) && !file.startsWith(path.join('tests', 'golden', 'models')))
    .map((file) => at('native', file))
  return single(name, await runCommand(program, ['--dry-run', '--Werror', ...files]))
}

/** @type {Step} */
async function build({ node, say }) {
  const attempt = async (name, task) => {
    say(name)
    const failed = await task().then(
      () => null,
      (error) => error,
    )
    return single(name, failed === null ? { code: 0, output: '' } : { code: 1, output: failed.message })
  }
  const counts = []
  const { buildNative } = await import('../build-native.mjs')
  counts.push(await attempt('build: native', () => buildNative({ quiet: true })))
  for (const name of ['renderer', 'main', 'preload']) {
    counts.push(
      await attempt(`build: ${name}`, async () => {
        if (!bundleIsCurrent(name)) await buildBundle(name, node)
      }),
    )
  }
  return sum(counts)
}

/** Runs a program that leaves a JSON report, and reads it. */
async function reported(title, run, read) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-report-'))
  const file = path.join(folder, 'report.json')
  const { code, output } = await run(file)
  const report = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null
  fs.rmSync(folder, { recursive: true, force: true })
  const counts = report === null ? nothing() : read(report)
  if (counts.failures.length === 0 && (code !== 0 || report === null || counts.passed === 0)) {
    counts.failures.push(`${title} ended with code ${code} and ${counts.passed} passed tests\n${tail(output)}`)
  }
  return counts
}

/** @type {Step} */
function unit({ node, say }) {
  const vitest = script('vitest', 'vitest.mjs')
  const run = (file) =>
    runCommand(
      node,
      [vitest, 'run', '--reporter=verbose', '--reporter=json', `--outputFile.json=${file}`, '--no-color'],
      {
        onLine: say,
      },
    )
  return reported('unit: vitest', run, vitestCounts)
}

/** @type {Step} */
async function native({ say }) {
  const { testNative } = await import('../test-native.mjs')
  return testNative(say)
}

/** @type {Step} */
async function metal({ say }) {
  const { testMetal } = await import('../test-metal.mjs')
  return testMetal(say)
}

/** @type {Step} */
async function e2e({ node, say }) {
  const playwright = script('@playwright', 'test', 'cli.js')
  const run = (file) =>
    runCommand(node, [playwright, 'test', '--reporter=line,json'], {
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file, FORCE_COLOR: '0' },
      onLine: say,
    })
  const counts = await reported('e2e: playwright', run, playwrightCounts)
  if (findElectron() === null) {
    counts.skips.push({
      name: 'e2e > electron',
      reason: "Electron's program is not on this machine; `web` ran the same flows",
    })
  }
  return counts
}

/** @type {Record<string, Step>} */
export const steps = { types, lint, build, unit, native, metal, e2e }

/** The steps to run for these names; what needs a build gets it. Null when a name is unknown. */
export function chooseSteps(names) {
  const known = Object.keys(steps)
  if (names.some((name) => !known.includes(name))) return null
  if (names.length === 0) return known
  return known.filter(
    (step) => names.includes(step) || (step === 'build' && (names.includes('unit') || names.includes('e2e'))),
  )
}
