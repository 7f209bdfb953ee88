// scripts/bench.mjs: `npm run bench`. Hearth beside llama.cpp on the same file: same threads, same token ids, one process
// each, alternating, and the ratios of their medians. Writes native/bench/results/*.csv and prints a table.
//
//   npm run bench -- [--quick] [--shape e2b] [--format q4_0] [--pairs N] [--threads N] [--peer-source] [--no-peer]
//                    [--cache DIR] [--no-save]
//
// --quick: ten layers of E2B, a minute or two. Close everything else first. Files go to ~/.cache/hearth-bench (4 GB).
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { toCsv } from './lib/bench/csv.mjs'
import { peerVersion, preparePeer } from './lib/bench/peer.mjs'
import { buildPrograms, shapedModel } from './lib/bench/programs.mjs'
import { compare, readRun, summarise, toTable } from './lib/bench/summary.mjs'
import { runCommand, tail } from './lib/command.mjs'
import { findProgram } from './lib/machine.mjs'
import { at } from './lib/paths.mjs'
import { isProblem, Problem } from './lib/problem.mjs'
import { withProgress } from './lib/progress.mjs'

const plans = {
  quick: { prefill: '128', depths: '0,512', rows: '1,2,4,8', tokens: '24', repeats: '2' },
  full: { prefill: '128,512,2048', depths: '0,512,4096', rows: '1,2,4,8', tokens: '32', repeats: '3' },
}

function flags() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        shape: { type: 'string' },
        format: { type: 'string', default: 'q4_0' },
        pairs: { type: 'string', default: '3' },
        threads: { type: 'string', default: String(os.availableParallelism?.() ?? os.cpus().length) },
        'peer-source': { type: 'boolean', default: false },
        'no-peer': { type: 'boolean', default: false },
        cache: { type: 'string', default: path.join(os.homedir(), '.cache', 'hearth-bench') },
        'no-save': { type: 'boolean', default: false },
      },
    })
    return { ...values, shape: values.shape ?? (values.quick ? 'e2b-10' : 'e2b') }
  } catch (error) {
    throw new Problem(`npm run bench could not read its flags: ${error.message}`)
  }
}

async function measure(program, file, plan, threads, environment) {
  const args = [file, '--threads', threads, ...Object.entries(plan).flatMap(([name, value]) => [`--${name}`, value])]
  const env = { ...process.env, ...environment, HEARTH_BENCH_STARTED: String(Date.now()) }
  const { code, output } = await runCommand(program, args, { env })
  if (code !== 0)
    throw new Problem(
      `${tail(output, 10)}\n${path.basename(program)} was expected to end well, but ended with ${code}.`,
    )
  const run = readRun(output)
  if (!run.sound)
    throw new Problem(
      `${path.basename(program)} computed logits that are no numbers or all the same; nothing was measured.`,
    )
  return run
}

async function main() {
  const chosen = flags()
  const compiler = await findProgram('c++', 'g++', 'clang++')
  if (compiler === null) throw new Problem('A C++ compiler was expected, but none was found. Install g++ or clang.')
  const plan = chosen.quick ? plans.quick : plans.full
  const prepared = await withProgress('Preparing', async (say) => {
    const ours = await buildPrograms(chosen.cache, compiler, say)
    const model = await shapedModel(chosen.cache, ours.shaped, chosen.shape, chosen.format, say)
    const peer = chosen['no-peer'] ? undefined : await preparePeer(chosen.cache, chosen['peer-source'], compiler, say)
    return { ours, model, peer }
  })

  const { ours, model, peer } = prepared
  const runs = { hearth: [], peer: [] }
  const loads = []
  for (let pair = 0; pair < Number(chosen.pairs); ++pair) {
    loads.push(os.loadavg()[0])
    await withProgress(`Pair ${pair + 1} of ${chosen.pairs}`, async (say) => {
      say('Hearth')
      runs.hearth.push(await measure(ours.engine, model.file, plan, chosen.threads, {}))
      if (peer === undefined) return
      say('llama.cpp')
      runs.peer.push(
        await measure(peer.program, model.file, plan, chosen.threads, { HEARTH_BENCH_LIBRARIES: peer.libraries }),
      )
    })
  }

  const rows = [...summarise(runs, model.bytesPerToken), ...compare(runs)]
  const facts = await factsOf(chosen, compiler)
  const { library = 'not run' } = runs.peer[0] ?? {}
  const version = { hearth: facts.commit, peer: peer?.version ?? `none of ${peerVersion}` }
  process.stdout.write(`\n${facts.machine}, ${chosen.threads} threads; ${chosen.shape} at ${chosen.format}; `)
  process.stdout.write(
    `llama.cpp ${version.peer} (${library}); load average ${loads.map((load) => load.toFixed(1)).join(', ')}\n\n`,
  )
  process.stdout.write(toTable(rows, `${chosen.shape} ${chosen.format}`))
  process.stdout.write(
    '\n~: the slow tenth of a series took half as long again as its middle; measure again on a quiet machine.\n',
  )
  if (chosen['no-save']) return
  const file = at(
    'native',
    'bench',
    'results',
    `${facts.date.slice(0, 10)}-${facts.commit}-${chosen.shape}-${chosen.format}.csv`,
  )
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, toCsv(rows.map((row) => ({ ...facts, version: version[row.engine] ?? version.peer, ...row }))))
  process.stdout.write(`\n${path.relative(at(), file)}\n`)
}

async function factsOf({ shape, format, threads }, compiler) {
  const first = (text) => text.split('\n')[0].trim()
  const commit = await runCommand('git', ['rev-parse', '--short', 'HEAD'])
  const compilerVersion = await runCommand(compiler, ['--version'])
  return {
    date: new Date().toISOString(),
    commit: commit.code === 0 ? first(commit.output) : 'none',
    machine: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    compiler: first(compilerVersion.output),
    threads,
    shape,
    format,
  }
}

main().catch((error) => {
  process.stderr.write(`${isProblem(error) ? error.message : error.stack}\n`)
  process.exitCode = 1
})
