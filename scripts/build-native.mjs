// scripts/build-native.mjs: builds the engine (native/) into build/hearth.node. Needs nothing but Node 18, CMake and a
// C++20 compiler. Does nothing when the inputs are those of the last build, so that every start may call it.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const source = path.join(root, 'native')
const build = path.join(root, 'build', 'native')
const stampFile = path.join(root, 'build', 'hearth.stamp')
const lockFile = path.join(root, 'build', 'native.lock')
const nodeModules = path.join(root, 'node_modules')

/** Where the built addon lies. */
export const addonPath = path.join(root, 'build', 'hearth.node')

const options = ['-DCMAKE_BUILD_TYPE=RelWithDebInfo', '-DHEARTH_BINDING=ON', '-DHEARTH_TESTS=OFF', '-DHEARTH_FUZZ=OFF']

const compilers = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++']

/** A problem that a person can solve; its message is one sentence that says how. */
export class BuildProblem extends Error {
  name = 'BuildProblem'
}

/**
 * Builds the addon unless it is up to date, and answers with its path and whether anything was built.
 * Progress goes to stderr, one line a step; `quiet` keeps only problems. Throws `BuildProblem`.
 * @param {{ quiet?: boolean }} [settings]
 * @returns {Promise<{ addon: string, built: boolean }>}
 */
export async function buildNative({ quiet = false } = {}) {
  const say = quiet ? () => {} : (line) => process.stderr.write(`${line}\n`)
  const stamp = { sources: sourcesHash(), tools: toolsFingerprint() }
  if (isBuilt(stamp)) return { addon: addonPath, built: false }

  const tools = findTools()
  fs.mkdirSync(build, { recursive: true })
  const unlock = await lock(say)
  try {
    if (isBuilt(stamp)) return { addon: addonPath, built: false } // another process has just done it
    if (!fs.existsSync(path.join(nodeModules, 'node-addon-api', 'napi.h')))
      throw new BuildProblem(
        'The native engine needs node-addon-api in node_modules; run `npm start`, which installs it.',
      )
    say('Native engine: configuring')
    await run(tools.cmake, configureArguments(tools), say)
    say('Native engine: compiling (once; about a minute)')
    const jobs = String(Math.max(1, os.cpus().length))
    await run(tools.cmake, ['--build', build, '--target', 'hearth_node', '--parallel', jobs], say, reportProgress(say))
    install(path.join(build, 'binding', 'hearth.node'))
    fs.writeFileSync(stampFile, JSON.stringify(stamp))
    say('Native engine: ready')
    return { addon: addonPath, built: true }
  } finally {
    unlock()
  }
}

/** A machine that has lost its compiler since keeps what it built as long as the sources are the same. */
function isBuilt(stamp) {
  if (!fs.existsSync(addonPath) || !fs.existsSync(stampFile)) return false
  try {
    const last = JSON.parse(fs.readFileSync(stampFile, 'utf8'))
    return last.sources === stamp.sources && (stamp.tools === null || last.tools === stamp.tools)
  } catch {
    return false
  }
}

/** The compiler, CMake and options as one text, cheap to ask for; null when one of the programs is missing. */
function toolsFingerprint() {
  const cmakeVersion = versionOf('cmake')
  const compilerVersion = compilers.map(versionOf).find(Boolean)
  return cmakeVersion && compilerVersion ? JSON.stringify([cmakeVersion, compilerVersion, options]) : null
}

/** CMake, the compiler and Ninja, with their versions. Throws one sentence when something that is needed is missing. */
function findTools() {
  const howTo =
    process.platform === 'darwin'
      ? 'run `xcode-select --install` for the compiler, and get CMake with `brew install cmake` or from https://cmake.org/download'
      : 'on Debian or Ubuntu run `sudo apt-get install g++ cmake`; on a Mac run `xcode-select --install` and `brew install cmake`'
  const cmakeVersion = versionOf('cmake')
  const compiler = compilers.find(compilesCxx20)
  if (!cmakeVersion && !compiler)
    throw new BuildProblem(`Hearth builds its engine here and found neither CMake nor a C++20 compiler: ${howTo}.`)
  if (!cmakeVersion) throw new BuildProblem(`Hearth builds its engine here and found no CMake: ${howTo}.`)
  if (!compiler)
    throw new BuildProblem(
      `Hearth builds its engine here and found no C++20 compiler (g++ 11, clang 14 or newer): ${howTo}.`,
    )
  const [, major, minor] = /(\d+)\.(\d+)/.exec(cmakeVersion) ?? [undefined, 0, 0]
  if (Number(major) < 3 || (Number(major) === 3 && Number(minor) < 22))
    throw new BuildProblem(`Hearth needs CMake 3.22 or newer and found "${cmakeVersion}": ${howTo}.`)
  return { cmake: 'cmake', compiler, ninja: versionOf('ninja') !== undefined }
}

function versionOf(program) {
  const result = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return result.status === 0 ? result.stdout.split('\n')[0] : undefined
}

function compilesCxx20(program) {
  const input =
    '#include <concepts>\n#include <span>\ntemplate <std::integral T> T twice(T x) { return x + x; }\nint main() { return twice(0); }\n'
  return spawnSync(program, ['-std=c++20', '-fsyntax-only', '-x', 'c++', '-'], { input }).status === 0
}

/** A hash of what the addon is made of: its sources, our version, the kind of machine. */
function sourcesHash() {
  const hash = createHash('sha256')
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  hash.update(JSON.stringify([version, process.platform, process.arch]))
  for (const file of sourceFiles(source, ''))
    hash.update(`\n${file}\n`).update(fs.readFileSync(path.join(source, file)))
  return hash.digest('hex')
}

/** Paths below native/, sorted; without what the addon is not made of. */
function* sourceFiles(folder, prefix) {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const name = prefix + entry.name
    if (entry.isDirectory()) {
      if (!['tests', 'fuzz', 'bench', 'tools'].includes(name))
        yield* sourceFiles(path.join(folder, entry.name), `${name}/`)
    } else if (/\.(h|cc|mm|metal|inc|cmake)$|^CMakeLists\.txt$/.test(entry.name)) yield name
  }
}

function configureArguments(tools) {
  const generator = tools.ninja ? 'Ninja' : 'Unix Makefiles'
  const cache = path.join(build, 'CMakeCache.txt')
  const cached = fs.existsSync(cache) ? fs.readFileSync(cache, 'utf8') : ''
  // CMake refuses a folder that was configured by another generator or for another place.
  if (
    cached &&
    !(
      cached.includes(`CMAKE_GENERATOR:INTERNAL=${generator}`) &&
      cached.includes(`CMAKE_HOME_DIRECTORY:INTERNAL=${source}\n`)
    )
  )
    fs.rmSync(build, { recursive: true, force: true })
  return [
    '-S',
    source,
    '-B',
    build,
    '-G',
    generator,
    `-DCMAKE_CXX_COMPILER=${tools.compiler}`,
    `-DHEARTH_NODE_MODULES=${nodeModules}`,
    ...options,
  ]
}

/** `[12/40]` of Ninja and `[ 30%]` of Make become a line at every quarter. */
function reportProgress(say) {
  let told = 0
  return (line) => {
    const match = /^\[\s*(\d+)(?:\/(\d+)|%)/.exec(line)
    if (!match) return
    const quarter = Math.floor((4 * Number(match[1])) / Number(match[2] ?? 100))
    if (quarter <= told || quarter === 4) return
    told = quarter
    say(`Native engine: ${quarter * 25} %`)
  }
}

/** Runs a program; its output is shown only when it fails. */
function run(program, args, say, onLine = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const take = (chunk) => {
      output += chunk
      for (const line of String(chunk).split('\n')) onLine(line)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) return resolve()
      process.stderr.write(output)
      say('')
      reject(
        new BuildProblem(
          `Building the native engine failed (${program} ended with ${code}); what it printed is above.`,
        ),
      )
    })
  })
}

/** Replaces the addon in one step: a process that has the old file mapped keeps it. */
function install(built) {
  const temporary = `${addonPath}.${process.pid}`
  fs.copyFileSync(built, temporary)
  fs.renameSync(temporary, addonPath)
}

/** One build at a time. The lock holds the builder's process id; a lock whose process is gone is taken over. */
async function lock(say) {
  let waiting = false
  while (true) {
    try {
      fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
      return () => fs.rmSync(lockFile, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isStale()) {
      fs.rmSync(lockFile, { force: true })
      continue
    }
    if (!waiting) say('Native engine: waiting for another build of it')
    waiting = true
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function isStale() {
  try {
    const holder = Number(fs.readFileSync(lockFile, 'utf8'))
    // A lock is empty for the instant between its making and its writing.
    if (!holder) return Date.now() - fs.statSync(lockFile).mtimeMs > 5000
    process.kill(holder, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  try {
    const { built } = await buildNative({ quiet: process.argv.includes('--quiet') })
    if (!built && !process.argv.includes('--quiet')) process.stderr.write('Native engine: up to date\n')
  } catch (error) {
    process.stderr.write(`${error instanceof BuildProblem ? error.message : error.stack}\n`)
    process.exitCode = 1
  }
}
