// scripts/bench-app.mjs: `npm run bench:learning` and `npm run bench:face`: builds what they measure, then measures. What
// follows `--` goes to the benchmark: `npm run bench:face -- --keep`.
import { spawnSync } from 'node:child_process'
import { addonPath, buildNative } from './build-native.mjs'
import { buildBundle, bundleIsCurrent } from './lib/bundles.mjs'
import { findNode24 } from './lib/node24.mjs'
import { at, root } from './lib/paths.mjs'
import { isProblem, Problem } from './lib/problem.mjs'
import { withProgress } from './lib/progress.mjs'

const programs = {
  learning: at('engine', 'bench', 'learning.ts'),
  face: at('e2e', 'bench', 'face.ts'),
}

try {
  const [name, ...rest] = process.argv.slice(2)
  const program = programs[name]
  if (program === undefined)
    throw new Problem(`One of ${Object.keys(programs).join(', ')} was expected, and "${name ?? ''}" is none.`)
  const node = findNode24()
  await buildNative()
  if (name === 'face' && !bundleIsCurrent('renderer'))
    await withProgress('Building renderer', () => buildBundle('renderer', node))
  const env = { ...process.env, HEARTH_ADDON: process.env.HEARTH_ADDON ?? addonPath }
  process.exitCode = spawnSync(node, [program, ...rest], { cwd: root, stdio: 'inherit', env }).status ?? 1
} catch (error) {
  process.stderr.write(`${isProblem(error) ? error.message : error.stack}\n`)
  process.exitCode = 1
}
