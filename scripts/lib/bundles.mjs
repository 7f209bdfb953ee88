// scripts/lib/bundles.mjs: the three bundles in dist/. Each is built when its inputs have changed and swapped in whole,
// so that a page that is open keeps working until it is loaded again.
import fs from 'node:fs'
import path from 'node:path'
import { runCommand, tail } from './command.mjs'
import { hashInputs } from './inputs.mjs'
import { at, root } from './paths.mjs'
import { Problem } from './problem.mjs'

const shared = ['package-lock.json', 'engine/contract']

/** `proof`: the file that every complete bundle has. */
export const bundles = {
  renderer: {
    config: 'vite.renderer.config.ts',
    inputs: [...shared, 'vite.renderer.config.ts', 'renderer', 'assets/fonts', 'assets/icons'],
    proof: 'index.html',
  },
  main: {
    config: 'vite.main.config.ts',
    inputs: [...shared, 'vite.main.config.ts', 'electron', 'engine'],
    proof: 'main.js',
  },
  preload: {
    config: 'vite.preload.config.ts',
    inputs: [...shared, 'vite.preload.config.ts', 'electron'],
    proof: 'preload.cjs',
  },
}

const stampFile = (name) => at('dist', `${name}.stamp`)

export function bundleIsCurrent(name) {
  const { inputs, proof } = bundles[name]
  if (!fs.existsSync(at('dist', name, proof)) || !fs.existsSync(stampFile(name))) return false
  return fs.readFileSync(stampFile(name), 'utf8') === hashInputs(root, inputs)
}

/** `node`: a Node 24. Throws `Problem` with what the bundler said. */
export async function buildBundle(name, node) {
  const { config, inputs, proof } = bundles[name]
  const stamp = hashInputs(root, inputs)
  const fresh = at('dist', `.${name}-${process.pid}`)
  const vite = at('node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '--config', config, '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn']
  const { code, output } = await runCommand(node, args)
  if (code !== 0 || !fs.existsSync(path.join(fresh, proof))) {
    fs.rmSync(fresh, { recursive: true, force: true })
    throw new Problem(`${tail(output)}\nThe bundle "${name}" was expected to build, but did not; the reason is above.`)
  }
  swapIn(fresh, at('dist', name))
  fs.writeFileSync(stampFile(name), stamp)
}

/** Two builds at once leave the bundle of one of them, never a mixture. */
function swapIn(fresh, place) {
  const old = `${place}-old-${process.pid}`
  if (fs.existsSync(place)) fs.renameSync(place, old)
  try {
    fs.renameSync(fresh, place)
  } catch {
    fs.rmSync(fresh, { recursive: true, force: true })
  }
  fs.rmSync(old, { recursive: true, force: true })
}
