// scripts/mutate-kernels.mjs: are the tests of the GPU kernels any good? Changes one token of a kernel at a time and
// looks whether a test notices.
//
//   node scripts/mutate-kernels.mjs BUILD [--count N] [--seed S] [--report FILE]
//
// BUILD: a build folder of native/ with HEARTH_METAL_EMULATOR (scripts/test-metal.mjs makes build/metal-plain). The
// kernels of the repository are not touched. What does not compile is no mutant.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { scan } from '../native/tests/metal_on_cpu/scan_kernels.mjs'
import { at } from './lib/paths.mjs'

const kernels = at('native', 'backends', 'metal', 'kernels')
const scanner = at('native', 'tests', 'metal_on_cpu', 'scan_kernels.mjs')
const program = 'test-metal-kernels'
/** A mutant that loops for ever is noticed, too. The tests alone take seconds. */
const limitMs = 60_000

/** What is looked for, and what takes its place. */
const changes = [
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \* /g, ' + '],
  [/ \/ /g, ' * '],
  [/ % /g, ' / '],
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ == /g, ' != '],
  [/ != /g, ' == '],
  [/ && /g, ' || '],
  [/ & /g, ' | '],
  [/ \| /g, ' & '],
  [/ << /g, ' >> '],
  [/ >> /g, ' << '],
  [/\bmin\(/g, 'max('],
  [/\bmax\(/g, 'min('],
  [/\bsimd_max\(/g, 'simd_min('],
  [/\bsimd_min\(/g, 'simd_max('],
  [/ \+= /g, ' -= '],
  [/ = fma\(/g, ' = -fma('],
  [/\bthreadgroup_barrier\([^;]*\);/g, ';'],
  [/(?<=[ (+*-])\d+(?=[;) ,]|\.0f)/g, (digits) => String(Number(digits) + 1)],
]

/** Every place where one change fits, outside comments, directives and signatures. */
export function sites(text, file) {
  const found = []
  for (const [index, line] of text.split('\n').entries()) {
    const code = line.replace(/\/\/.*/, '')
    if (/^\s*(#|template|INSTANTIATE|FUNCTION_CONSTANT|k[A-Z]\w* = \d+,|device|constant|uint3?) ?/.test(code)) continue
    for (const [pattern, instead] of changes) {
      for (const match of code.matchAll(pattern)) {
        const put = typeof instead === 'function' ? instead(match[0]) : instead
        found.push({ file, line: index, column: match.index, was: match[0], put })
      }
    }
  }
  return found
}

/** `count` of them, drawn without putting back (mulberry32). */
export function draw(all, count, seed) {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const left = [...all]
  const drawn = []
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1))
  return drawn
}

export function mutate(text, { line, column, was, put }) {
  const lines = text.split('\n')
  lines[line] = lines[line].slice(0, column) + put + lines[line].slice(column + was.length)
  return lines.join('\n')
}

/** Commands that make one object, and the program. */
export function commandsOf(build) {
  const { stdout } = spawnSync('ninja', ['-C', build, '-t', 'commands', program], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const lines = stdout.split('\n')
  return {
    compile: (name) => lines.find((line) => line.includes(`${name}.cc.o -c`)),
    link: lines.findLast((line) => line.includes(`-o tests/metal_on_cpu/${program}`)),
  }
}

const shell = (command, cwd) => spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8', timeout: limitMs })

/** 'killed', 'survived', or 'invalid' where it does not compile. */
export function judge(build, commands, folder, site) {
  fs.rmSync(folder, { recursive: true, force: true })
  fs.cpSync(kernels, folder, { recursive: true })
  const file = path.join(folder, site.file)
  fs.writeFileSync(file, mutate(fs.readFileSync(file, 'utf8'), site))
  // A header is seen through one file that includes it.
  const source = site.file.endsWith('.metal')
    ? site.file
    : { 'formats.h': 'matvec.metal', 'rows.h': 'fused.metal', 'activation.h': 'map.metal' }[site.file]
  if (scan(fs.readFileSync(path.join(folder, source), 'utf8')).problems.length > 0) return 'invalid'
  const generated = path.join(folder, 'out')
  fs.mkdirSync(generated)
  const trampolines = `${process.execPath} ${scanner} ${generated} ${path.join(folder, source)}`
  const object = path.join(folder, 'mutant.o')
  const original = / -o (\S+) -c (\S+)/.exec(commands.compile(source))
  const compile = commands
    .compile(source)
    .replaceAll(`-I${kernels}`, `-I${folder}`)
    .replace(original[0], ` -o ${object} -c ${path.join(generated, `${source}.cc`)}`)
    .replaceAll('-Werror', '')
  if (shell(`${trampolines} && ${compile}`, build).status !== 0) return 'invalid'
  const made = path.join(folder, program)
  const link = commands.link.replace(original[1], object).replace(`-o tests/metal_on_cpu/${program}`, `-o ${made}`)
  const linked = shell(link, build)
  if (linked.status !== 0) throw new Error(`${linked.stderr}\nA mutant was expected to link.`)
  return shell(`${made} --no-colors --abort-after=1`, build).status === 0 ? 'survived' : 'killed'
}

function reportOf(results, seed) {
  const valid = results.filter(({ fate }) => fate !== 'invalid')
  const survivors = valid.filter(({ fate }) => fate === 'survived')
  const share = ((100 * (valid.length - survivors.length)) / Math.max(1, valid.length)).toFixed(0)
  const rows = survivors.map(
    ({ site, text }) =>
      `| \`${site.file}:${site.line + 1}\` | \`${site.was.trim()}\` → \`${site.put.trim()}\` | \`${text.trim().replaceAll('|', '\\|')}\` |`,
  )
  return `# Mutants of the GPU kernels

Made by \`scripts/mutate-kernels.mjs --count ${results.length} --seed ${seed}\`: one token of a kernel changed, then \`${program}\` alone. ${valid.length} compiled; the tests noticed ${valid.length - survivors.length} of them, ${share} %.

${rows.length === 0 ? 'None survived.' : ['Survivors:', '', '| where | change | line |', '|---|---|---|', ...rows].join('\n')}
`
}

function main([build, ...flags]) {
  const flag = (name, otherwise) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : otherwise)
  const seed = Number(flag('--seed', '1'))
  const files = [
    ...fs.readdirSync(kernels).filter((name) => name.endsWith('.metal')),
    'formats.h',
    'rows.h',
    'activation.h',
  ]
  const all = files.flatMap((file) => sites(fs.readFileSync(path.join(kernels, file), 'utf8'), file))
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-mutant-'))
  const commands = commandsOf(path.resolve(build))
  const results = []
  for (const site of draw(all, Number(flag('--count', '60')), seed)) {
    const text = fs.readFileSync(path.join(kernels, site.file), 'utf8').split('\n')[site.line]
    const fate = judge(path.resolve(build), commands, path.join(folder, 'kernels'), site)
    results.push({ site, text, fate })
    process.stderr.write(`${fate.padEnd(8)} ${site.file}:${site.line + 1} ${site.was} -> ${site.put}\n`)
    fs.writeFileSync(flag('--report', path.join(folder, 'report.md')), reportOf(results, seed))
  }
  fs.rmSync(path.join(folder, 'kernels'), { recursive: true, force: true })
  process.stdout.write(reportOf(results, seed))
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href)
  main(process.argv.slice(2))
