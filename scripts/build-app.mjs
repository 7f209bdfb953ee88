// scripts/build-app.mjs: `npm run build:app`. Builds the engine and the bundles, then packs the app as
// electron-builder.yml says. Further arguments go to electron-builder: `npm run build:app -- --mac dir`.
import { spawnSync } from 'node:child_process'
import { buildNative } from './build-native.mjs'
import { buildBundle, bundleIsCurrent } from './lib/bundles.mjs'
import { findNode24 } from './lib/node24.mjs'
import { at, root } from './lib/paths.mjs'
import { isProblem } from './lib/problem.mjs'
import { withProgress } from './lib/progress.mjs'

try {
  const node = findNode24()
  await buildNative()
  for (const name of ['renderer', 'main', 'preload']) {
    if (!bundleIsCurrent(name)) await withProgress(`Building ${name}`, () => buildBundle(name, node))
  }
  const builder = at('node_modules', 'electron-builder', 'cli.js')
  const { status } = spawnSync(node, [builder, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
  process.exitCode = status ?? 1
} catch (error) {
  process.stderr.write(`${isProblem(error) ? error.message : error.stack}\n`)
  process.exitCode = 1
}
