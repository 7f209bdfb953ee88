// scripts/lib/bench/peer.mjs: the engine we measure ourselves against: llama.cpp, as the npm package node-llama-cpp
// ships it, at a pinned version. It is installed into a cache folder outside this repository and no script of it runs.
import fs from 'node:fs'
import path from 'node:path'
import { runCommand, tail } from '../command.mjs'
import { root } from '../paths.mjs'
import { Problem } from '../problem.mjs'

export const peerVersion = '3.22.1'

async function must(program, args, what) {
  const { code, output } = await runCommand(program, args)
  if (code !== 0) throw new Problem(`${tail(output, 15)}\n${what} was expected to succeed, but ended with ${code}.`)
}

/**
 * @param {string} cache @param {boolean} fromSource build the source in the package for this machine, instead of taking its libraries
 * @returns {Promise<{ program: string, libraries: string, version: string }>} Throws `Problem`.
 */
export async function preparePeer(cache, fromSource, compiler, say) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Problem(
      `The comparison was expected to run on Linux x64, but this is ${process.platform} ${process.arch}. Use --no-peer.`,
    )
  const folder = path.join(cache, 'peer')
  const packageFolder = path.join(folder, 'node_modules', 'node-llama-cpp')
  const libraryPackage = path.join(folder, 'node_modules', '@node-llama-cpp', 'linux-x64')
  if (!fs.existsSync(libraryPackage)) {
    say('installing the peer')
    fs.mkdirSync(folder, { recursive: true })
    fs.writeFileSync(path.join(folder, 'package.json'), '{"private":true}')
    const names = [`node-llama-cpp@${peerVersion}`, `@node-llama-cpp/linux-x64@${peerVersion}`]
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=optional', '--prefix', folder]
    await must('npm', ['install', ...flags, ...names], 'npm install of the peer')
  }
  const source = path.join(cache, `source-${peerVersion}`)
  if (!fs.existsSync(source)) {
    say("unpacking the peer's headers")
    const bundle = path.join(packageFolder, 'llama', 'gitRelease.bundle')
    await must('git', ['clone', '--quiet', bundle, source], "unpacking the peer's source")
  }
  const libraries = fromSource ? await buildSource(source, say) : path.join(libraryPackage, 'bins', 'linux-x64')
  const program = path.join(cache, fromSource ? 'bench-peer-source' : 'bench-peer')
  say("compiling the peer's driver")
  const ofPeer = fs.readdirSync(libraries).filter((name) => /^lib(llama|ggml|ggml-base)(\.v[\d.]+)?\.so$/.test(name))
  await must(
    compiler,
    [
      ['-std=c++20', '-O2', '-pthread', `-I${path.join(root, 'native')}`],
      [`-I${path.join(source, 'include')}`, `-I${path.join(source, 'ggml', 'include')}`],
      [path.join(root, 'native', 'bench', 'peer.cc'), ...ofPeer.map((name) => path.join(libraries, name))],
      [`-Wl,-rpath,${libraries}`, '-o', program],
    ].flat(),
    "compiling the peer's driver",
  )
  const { tag } = JSON.parse(fs.readFileSync(path.join(packageFolder, 'llama', 'llama.cpp.info.json'), 'utf8'))
  return { program, libraries, version: `${tag} of node-llama-cpp ${peerVersion}${fromSource ? ', built here' : ''}` }
}

async function buildSource(source, say) {
  const build = path.join(source, 'build')
  say("building the peer's source (about ten minutes, once)")
  const off = [
    'LLAMA_BUILD_TESTS',
    'LLAMA_BUILD_EXAMPLES',
    'LLAMA_BUILD_TOOLS',
    'LLAMA_BUILD_SERVER',
    'LLAMA_BUILD_COMMON',
    'GGML_OPENMP',
  ]
  const on = ['GGML_NATIVE', 'GGML_BACKEND_DL', 'BUILD_SHARED_LIBS']
  const flags = [...off.map((name) => `-D${name}=OFF`), ...on.map((name) => `-D${name}=ON`)]
  await must(
    'cmake',
    ['-S', source, '-B', build, '-DCMAKE_BUILD_TYPE=Release', ...flags],
    "configuring the peer's source",
  )
  await must('cmake', ['--build', build, '--parallel', '2'], "building the peer's source")
  return path.join(build, 'bin')
}
