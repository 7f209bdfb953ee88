// scripts/test-native.mjs: the tests of native/, with address and undefined-behaviour sanitizers, then a minute of each
// fuzz target. `npm run test:native`, or one step of `npm test`. HEARTH_FUZZ_SECONDS changes the minute; 0 leaves it out.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { runCommand, tail } from './lib/command.mjs'
import { doctestCounts, nothing, single, sum } from './lib/counts.mjs'
import { findProgram, prepareMachine } from './lib/machine.mjs'
import { at, root } from './lib/paths.mjs'
import { isProblem, Problem } from './lib/problem.mjs'

const jobs = String(Math.max(1, os.cpus().length))
// A leak at exit is a fault like any other. An allocation that is too large fails as it does in a plain build, because
// code that meets such a failure is tested too.
const sanitizerEnvironment = {
  ...process.env,
  UBSAN_OPTIONS: 'print_stacktrace=1',
  ASAN_OPTIONS: 'detect_leaks=1:allocator_may_return_null=1',
}

/**
 * @param {(detail: string) => void} say
 * @returns {Promise<import('./lib/counts.mjs').Counts>} Throws `Problem` when nothing could be built at all.
 */
export async function testNative(say) {
  const clang = await findProgram('clang++-19', 'clang++')
  if (clang === null)
    throw new Problem('clang++ was expected for the sanitizer build, but none was found. Install clang-19.')
  const tests = at('build', 'native-test')
  const common = ['-DHEARTH_BINDING=OFF', '-DHEARTH_SANITIZE=address,undefined', '-DCMAKE_BUILD_TYPE=RelWithDebInfo']
  await build(clang, tests, [...common, '-DHEARTH_TESTS=ON', '-DHEARTH_FUZZ=OFF'], 'all', say)
  const counts = []
  for (const program of programsIn(path.join(tests, 'tests'), 'test-')) {
    say(program)
    const result = await runCommand(path.join(tests, 'tests', program), ['--no-colors'], { env: sanitizerEnvironment })
    counts.push(doctestCounts(program, result))
  }
  if (counts.length === 0) throw new Problem(`Test programs were expected in ${tests}/tests, but none was built.`)
  counts.push(await fuzz(clang, common, say))
  return sum(counts)
}

/** Configures and builds. Throws `Problem` with what the compiler said. */
async function build(clang, folder, options, target, say) {
  const ninja = (await findProgram('ninja')) === null ? [] : ['-G', 'Ninja']
  const c = clang.replace('clang++', 'clang')
  const compilers = [`-DCMAKE_CXX_COMPILER=${clang}`, `-DCMAKE_C_COMPILER=${c}`]
  const configure = ['-S', at('native'), '-B', folder, ...ninja, ...compilers, ...options]
  const make = ['--build', folder, '--parallel', jobs, ...(target === 'all' ? [] : ['--target', ...target])]
  for (const args of [configure, make]) {
    const { code, output } = await runCommand('cmake', args, { onLine: say })
    if (code !== 0) throw new Problem(`${tail(output)}\nnative/ was expected to build with ${clang}, but did not.`)
  }
}

const programsIn = (folder, prefix) =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder)
        .filter((name) => name.startsWith(prefix) && !name.includes('.'))
        .sort()
    : []

/** All targets at the same time, each for the same while, from the inputs that once taught us something. */
async function fuzz(clang, common, say) {
  const seconds = Number(process.env.HEARTH_FUZZ_SECONDS ?? 60)
  const targets = fs
    .readdirSync(at('native', 'fuzz'))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => name.slice(0, -'.cc'.length).replaceAll('_', '-'))
  const skipAll = (reason) => ({ ...nothing(), skips: targets.map((name) => ({ name, reason })) })
  if (seconds === 0) return skipAll('HEARTH_FUZZ_SECONDS is 0')
  const probe = ['-fsanitize=fuzzer', '-x', 'c++', '-', '-o', '/dev/null']
  const main =
    '#include <cstdint>\n#include <cstddef>\nextern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t) { return 0; }'
  if ((await runCommand(clang, probe, { input: main })).code !== 0) return skipAll(`${clang} has no libFuzzer here`)

  // A tree of its own: here the libraries are built so that the fuzzer sees which branches an input takes.
  const folder = at('build', 'native-fuzz')
  const options = [...common, '-DHEARTH_TESTS=OFF', '-DHEARTH_FUZZ=ON', '-DCMAKE_CXX_FLAGS=-fsanitize=fuzzer-no-link']
  await build(clang, folder, options, targets, say)
  say(`${targets.join(', ')} for ${seconds} s`)
  return sum(await Promise.all(targets.map((name) => fuzzOne(folder, name, seconds))))
}

async function fuzzOne(folder, name, seconds) {
  const corpus = name.replace(/-fuzz$/, '')
  const seeds = at('native', 'fuzz', 'corpus', corpus)
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`))
  const found = at('build', 'fuzz-found', name)
  fs.mkdirSync(found, { recursive: true })
  if (fs.existsSync(seeds)) fs.cpSync(seeds, scratch, { recursive: true })
  const args = [
    `-max_total_time=${seconds}`,
    '-timeout=20',
    '-rss_limit_mb=3000',
    '-print_final_stats=1',
    `-artifact_prefix=${found}${path.sep}`,
    scratch,
  ]
  const { code, output } = await runCommand(path.join(folder, 'fuzz', name), args, { env: sanitizerEnvironment })
  fs.rmSync(scratch, { recursive: true, force: true })
  const help = `${tail(output, 80)}\nThe input is in ${path.relative(root, found)}; once fixed it belongs into native/fuzz/corpus/${corpus}.`
  return single(name, { code, output: code === 0 ? '' : help })
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const say = (line) => process.stderr.write(`${line}\n`)
  try {
    await prepareMachine(['native'], say)
    const { passed, failures, skips } = await testNative(say)
    for (const failure of failures) say(`\n✗ ${failure}`)
    for (const { name, reason } of skips) say(`skipped ${name}: ${reason}`)
    say(`${passed} passed, ${failures.length} failed, ${skips.length} skipped`)
    process.exitCode = failures.length === 0 ? 0 : 1
  } catch (error) {
    say(isProblem(error) ? error.message : error.stack)
    process.exitCode = 1
  }
}
