// scripts/start.mjs: `npm start`. From a bare clone to the open app: install, build, run. Each step is skipped when
// nothing has changed, so that a second start is at the link at once. Runs on Node 18.
// Flags: --web (never Electron), --no-open, --port N, --data DIR.
import { spawn } from 'node:child_process'
import { buildBundle, bundleIsCurrent } from './lib/bundles.mjs'
import { fetchElectron, findElectron, wantsElectron } from './lib/electron-binary.mjs'
import { electronArguments, startFlags, webShellArguments } from './lib/flags.mjs'
import { findNode24 } from './lib/node24.mjs'
import { installPackages, packagesAreInstalled } from './lib/packages.mjs'
import { at, root } from './lib/paths.mjs'
import { isProblem } from './lib/problem.mjs'
import { withProgress } from './lib/progress.mjs'

const say = (line) => process.stderr.write(`${line}\n`)

async function main() {
  const flags = startFlags(process.argv.slice(2))
  if (!packagesAreInstalled()) {
    await withProgress('[1/4] Installing packages (about a minute, once)', installPackages)
  }
  const node = findNode24()

  // It needs the packages, so it is not loaded before they are there.
  const { buildNative } = await import('./build-native.mjs')
  const current = bundleIsCurrent('renderer')
  if (!current) say('[2/4] The engine')
  await buildNative({ quiet: false })
  if (!current) await withProgress('[3/4] Building the page', () => buildBundle('renderer', node))

  const electron = flags.web ? null : await electronFor(node, current)
  if (electron === null) return run(node, [at('electron', 'web', 'main.ts'), ...webShellArguments(flags)])
  for (const name of ['main', 'preload']) {
    if (!bundleIsCurrent(name)) await withProgress(`Building ${name}`, () => buildBundle(name, node))
  }
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env
  run(electron, electronArguments(root, flags), environment)
}

/** Electron's program, fetched where that is worth a try; null where the browser is the window. */
async function electronFor(node, quiet) {
  const found = findElectron()
  if (found !== null) return found
  if (!wantsElectron()) {
    if (!quiet) say('[4/4] Electron is not on this machine and is not fetched on Linux: Hearth opens in the browser.')
    return null
  }
  const fetched = await withProgress('[4/4] Fetching Electron (about 120 MB, once)', () => fetchElectron(node))
  if (fetched === null)
    say('Electron could not be fetched, so Hearth opens in the browser. The next start tries again.')
  return fetched
}

/** Becomes the app: its output is ours, and so is its end. */
function run(program, args, env = process.env) {
  const child = spawn(program, args, { cwd: process.cwd(), env, stdio: 'inherit' })
  // We only wait for the child. It may get Ctrl-C twice, from the terminal and from us, and ends once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm's shell does not pass signals on: whoever ends npm alone would leave the app running with nobody to end it.
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500)
  child.on('error', (error) => {
    say(`${program} was expected to start, but: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code) => process.exit(code ?? 1))
}

main().catch((error) => {
  say(isProblem(error) ? error.message : error.stack)
  process.exit(1)
})
