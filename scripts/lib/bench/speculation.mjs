// scripts/lib/bench/speculation.mjs: what guessing ahead gains on the conversation set: each prompt answered plainly and
// with guesses, turn about, in one process; several processes, and the median of their ratios. The answers must be equal.
//
//   node scripts/lib/bench/speculation.mjs [--model FILE] [--drafter FILE] [--pairs N] [--threads N] [--max N]
//                                          [--program FILE] [--no-save]
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { runCommand } from '../command.mjs'
import { at } from '../paths.mjs'
import { Problem } from '../problem.mjs'
import { median } from './statistics.mjs'

const sources = ['none', 'lookup', 'lookup,model']
const head =
  'date,commit,machine,threads,model,sources,pairs,prompts,tokens_per_pass,whole,whole_low,whole_high,answers'

/** The prompts that the starter model is graded by, as the program reads them. */
export function conversationSet() {
  const lines = fs
    .readFileSync(at('assets', 'kindling', 'data', 'hand.jsonl'), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => `${JSON.parse(line).prompt}\n__prompt__\n`).join('')
}

/** Numbers of one run of `speculation-bench`. Throws `Problem` where it printed none, or answers differed. */
export function readSpeculation(output) {
  const found = output.match(
    /prompts (\d+) +tokens (\d+) +tokens per pass ([\d.]+) +speed-up: whole ([\d.]+), median of answers ([\d.]+)/,
  )
  if (found === null)
    throw new Problem(`${output.trim()}\nspeculation-bench was expected to print its numbers, and did not.`)
  const [prompts, tokens, tokensPerPass, whole, answers] = found.slice(1).map(Number)
  return { prompts, tokens, tokensPerPass, whole, answers }
}

/**
 * One row a set of sources. `model` must be one of which the vocabulary knows the prompts' markers.
 * @param {{ program: string, model: string, drafter?: string, pairs: number, threads: string, max: string }} options
 */
export async function measureSpeculation({ program, model, drafter, pairs, threads, max }) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-speculation-')), 'prompts.txt')
  fs.writeFileSync(file, conversationSet())
  const chosen = drafter === undefined ? sources.slice(0, 2) : sources
  const runs = new Map(chosen.map((name) => [name, []]))
  for (let pair = 0; pair < pairs; pair++)
    for (const name of chosen) {
      const files = [model, file, ...(drafter === undefined ? [] : [drafter])]
      const args = [...files, '--max', max, '--threads', threads, '--sources', name]
      const { code, output } = await runCommand(program, args)
      if (code !== 0) throw new Problem(`${output.trim()}\n${path.basename(program)} ended with ${code}.`)
      runs.get(name).push(readSpeculation(output))
    }
  fs.rmSync(path.dirname(file), { recursive: true })
  return [...runs].map(([name, each]) => {
    const whole = each.map((run) => run.whole)
    return {
      sources: name,
      pairs,
      prompts: each[0].prompts,
      tokensPerPass: median(each.map((run) => run.tokensPerPass)),
      whole: median(whole),
      low: Math.min(...whole),
      high: Math.max(...whole),
      answers: median(each.map((run) => run.answers)),
    }
  })
}

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string', default: at('assets', 'models', 'kindling.gguf') },
      drafter: { type: 'string' },
      pairs: { type: 'string', default: '5' },
      threads: { type: 'string', default: '1' },
      max: { type: 'string', default: '128' },
      program: {
        type: 'string',
        default: path.join(os.homedir(), '.cache', 'hearth-bench', 'build', 'tools', 'speculation-bench'),
      },
      'no-save': { type: 'boolean', default: false },
    },
  })
  const rows = await measureSpeculation({ ...values, pairs: Number(values.pairs) })
  const { output } = await runCommand('git', ['rev-parse', '--short', 'HEAD'])
  const date = new Date().toISOString()
  const machine = os.cpus()[0]?.model ?? 'unknown'
  const name = path.basename(values.model, '.gguf')
  const csv = rows.map((row) =>
    [
      ...[date, output.trim(), JSON.stringify(machine), values.threads, name, JSON.stringify(row.sources), row.pairs],
      ...[row.prompts, row.tokensPerPass, row.whole, row.low, row.high, row.answers],
    ].join(','),
  )
  for (const row of rows)
    process.stdout.write(
      `${row.sources.padEnd(14)} ${row.tokensPerPass} tokens a pass; plain time over guessed time ${row.whole} (${row.low} to ${row.high}), of the middle answer ${row.answers}\n`,
    )
  if (values['no-save']) return
  const file = at('native', 'bench', 'results', `${date.slice(0, 10)}-${output.trim()}-speculation-${name}.csv`)
  fs.writeFileSync(file, `${[head, ...csv].join('\n')}\n`)
  process.stdout.write(`${path.relative(at(), file)}\n`)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2))
