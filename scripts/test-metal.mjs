// scripts/test-metal.mjs: the Metal backend without a Mac. `npm run test:metal`, or as the quick part of `npm test`.
//
//   quick   the kernels held to our subset and to clang's address spaces; every kernel beside its CPU twin, the host
//           code over a fake runtime, whole models, all on the emulated GPU
//   all     and each kernel once more with the address, undefined-behaviour and thread sanitizers; the addon built for
//           Apple silicon, and what is in its file
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { runCommand, tail } from './lib/command.mjs'
import { doctestCounts, nothing, single, sum } from './lib/counts.mjs'
import { readMachO } from './lib/mach-o.mjs'
import { findProgram, prepareMachine } from './lib/machine.mjs'
import { at } from './lib/paths.mjs'
import { isProblem, Problem } from './lib/problem.mjs'
import { findZig, ZigIsOutOfReach, zigRunsHere } from './lib/zig.mjs'

const jobs = String(Math.max(1, os.cpus().length))
const tests = at('native', 'tests', 'metal_on_cpu')
const kernelFolders = [at('native', 'backends', 'metal', 'kernels'), path.join(tests, 'faulty')]

/**
 * @param {(detail: string) => void} say
 * @param {{ all?: boolean }} [choice]
 * @returns {Promise<import('./lib/counts.mjs').Counts>} Throws `Problem` when nothing could be built at all.
 */
export async function testMetal(say, { all = false } = {}) {
  if (process.platform !== 'linux')
    return { ...nothing(), skips: [{ name: 'metal', reason: 'the emulated GPU is for Linux; a Mac has a real one' }] }
  const clang = await findProgram('clang++-19', 'clang++')
  if (clang === null)
    throw new Problem('clang++ was expected for the emulated GPU, but none was found. Install clang-19.')
  const counts = [await addressSpaces(clang, say)]
  counts.push(await emulated(clang, 'plain', '', ['kernels', 'host', 'models'], say))
  if (all) {
    counts.push(await emulated(clang, 'address', 'address,undefined', ['kernels', 'host'], say))
    counts.push(await emulated(clang, 'thread', 'thread', ['kernels'], say))
    counts.push(await builtForAppleSilicon(say))
  }
  return sum(counts)
}

/** Parses each kernel with clang's own address spaces: a pointer of the wrong one is the error it is on a Mac. */
async function addressSpaces(clang, say) {
  const counts = []
  for (const folder of kernelFolders) {
    for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.metal'))) {
      say(`address spaces of ${file}`)
      const args = ['-std=c++20', '-fsyntax-only', '-x', 'c++', '-DHEARTH_CHECK_ADDRESS_SPACES', '-Wall', '-Wextra']
      const warnings = ['-Werror', '-Wno-unknown-attributes', '-Wno-unused-function', '-Wno-unused-const-variable']
      const places = ['-I', at('native', 'tests'), '-I', kernelFolders[0], '-isystem', path.join(tests, 'shim')]
      counts.push(
        single(
          `address spaces: ${file}`,
          await runCommand(clang, [...args, ...warnings, ...places, path.join(folder, file)]),
        ),
      )
    }
  }
  return sum(counts)
}

/** Builds and runs the programs of tests/metal_on_cpu. */
async function emulated(clang, name, sanitizer, areas, say) {
  const folder = at('build', `metal-${name}`)
  const ninja = (await findProgram('ninja')) === null ? [] : ['-G', 'Ninja']
  const options = [
    `-DCMAKE_CXX_COMPILER=${clang}`,
    `-DCMAKE_C_COMPILER=${clang.replace('clang++', 'clang')}`,
    '-DHEARTH_BINDING=OFF',
    '-DHEARTH_METAL_EMULATOR=ON',
    `-DHEARTH_SANITIZE=${sanitizer}`,
    '-DCMAKE_BUILD_TYPE=Quick', // compiled in half the time, and what it runs is waiting for memory of its own
    '-DCMAKE_CXX_FLAGS_QUICK=-O1 -g1',
    `-DHEARTH_NODE=${process.execPath}`,
  ]
  await mustBuild(['-S', at('native'), '-B', folder, ...ninja, ...options], say)
  const programs = areas.map((area) => `test-metal-${area}`)
  await mustBuild(['--build', folder, '--parallel', jobs, '--target', ...programs], say)
  const counts = []
  for (const program of programs) {
    say(`${program} (${name})`)
    const environment = {
      ...process.env,
      UBSAN_OPTIONS: 'print_stacktrace=1',
      ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=0',
      TSAN_OPTIONS: 'halt_on_error=1',
    }
    const result = await runCommand(path.join(folder, 'tests', 'metal_on_cpu', program), ['--no-colors'], {
      env: environment,
    })
    counts.push(doctestCounts(`${program} (${name})`, result))
  }
  return sum(counts)
}

async function mustBuild(args, say) {
  const { code, output } = await runCommand('cmake', args, { onLine: say })
  if (code !== 0) throw new Problem(`${tail(output)}\nnative/ was expected to build for the emulated GPU, but did not.`)
}

const addonName = 'build: the addon for Apple silicon'

/** The whole addon as a Mac would load it, from here. */
async function builtForAppleSilicon(say) {
  if (!zigRunsHere())
    return { ...nothing(), skips: [{ name: addonName, reason: 'the cross compiler runs on x64 Linux only' }] }
  const zig = await findZig(say).catch((error) => {
    if (error instanceof ZigIsOutOfReach) return null
    throw error
  })
  if (zig === null)
    return {
      ...nothing(),
      skips: [
        { name: addonName, reason: 'the cross compiler could not be fetched; run npm run test:metal when online' },
      ],
    }
  const folder = at('build', 'darwin-arm64')
  const ninja = (await findProgram('ninja')) === null ? [] : ['-G', 'Ninja']
  const toolchain = at('native', 'cross', 'darwin-arm64.cmake')
  await mustBuild(
    ['-S', at('native'), '-B', folder, ...ninja, `-DCMAKE_TOOLCHAIN_FILE=${toolchain}`, `-DHEARTH_ZIG=${zig}`],
    say,
  )
  await mustBuild(['--build', folder, '--parallel', jobs, '--target', 'hearth_node'], say)
  const problems = problemsOf(readMachO(fs.readFileSync(path.join(folder, 'binding', 'hearth.node'))))
  return single(addonName, { code: problems.length === 0 ? 0 : 1, output: problems.join('\n') })
}

/** What would keep a Mac from loading it, or make it want more than it needs; nothing when all is well. */
export function problemsOf({ fileType, minimumSystem, libraries, exported, imported, isSigned }) {
  const problems = []
  const allowed = /^\/usr\/lib\/(libSystem\.B|libc\+\+\.1|libobjc\.A)\.dylib$/
  if (fileType !== 'bundle' && fileType !== 'dylib') problems.push(`a bundle or dylib was expected, found ${fileType}`)
  if (minimumSystem !== '13.0') problems.push(`macOS 13.0 was expected as the oldest, found "${minimumSystem}"`)
  for (const library of libraries.filter((name) => !allowed.test(name)))
    problems.push(`it wants ${library}; only the system's own C and C++ libraries were expected`)
  if (!exported.includes('_napi_register_module_v1')) problems.push('it does not export napi_register_module_v1')
  for (const name of ['_objc_msgSend', '_MTLCreateSystemDefaultDevice'].filter((name) => imported.includes(name)))
    problems.push(`it needs ${name} to load; it was expected to look for it itself, so that it starts on any Mac`)
  if (!imported.includes('_napi_create_function')) problems.push('it asks nothing of Node, so it is not the addon')
  if (!isSigned) problems.push('it has no signature; macOS ends programs for Apple silicon that have none')
  return problems
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const say = (line) => process.stderr.write(`${line}\n`)
  try {
    await prepareMachine(['metal'], say)
    const { passed, failures, skips } = await testMetal(say, { all: !process.argv.includes('--quick') })
    for (const failure of failures) say(`\n✗ ${failure}`)
    for (const { name, reason } of skips) say(`skipped ${name}: ${reason}`)
    say(`${passed} passed, ${failures.length} failed, ${skips.length} skipped`)
    process.exitCode = failures.length === 0 ? 0 : 1
  } catch (error) {
    say(isProblem(error) ? error.message : error.stack)
    process.exitCode = 1
  }
}
