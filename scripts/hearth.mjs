// scripts/hearth.mjs: `npm run -s hearth -- VERB …`. Finds the project's Node 24, sees to it that the engine is built
// (progress on stderr only) and runs engine/cli/main.ts. Runs on Node 18.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { addonPath, BuildProblem, buildNative } from './build-native.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const args = process.argv.slice(2)

/** A Node that runs TypeScript by itself: the one from npm, or this one when it is new enough. */
function findNode() {
  const own = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (fs.existsSync(own)) return own
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : undefined
}

/** The same shape of failure as engine/cli prints: one sentence on stderr, JSON on stdout when asked for. */
function fail(message, remedy) {
  process.stderr.write(`hearth: ${message} ${remedy}\n`)
  if (args.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: { code: 'internal', message, remedy } })}\n`)
  process.exit(1)
}

const node = findNode()
if (node === undefined)
  fail(`Node 24 was expected, found ${process.version}.`, 'Run `npm start`, which installs it for this project.')

// `doctor` reports a missing engine itself; help needs none, and neither does a caller who brings an addon.
const needsEngine = !process.env.HEARTH_ADDON && args.length > 0 && !args.includes('--help') && !args.includes('-h')
if (needsEngine) {
  try {
    await buildNative()
  } catch (error) {
    if (!(error instanceof BuildProblem)) throw error
    if (args[0] === 'doctor') process.stderr.write(`hearth: ${error.message}\n`)
    else fail(error.message, 'Then run this command again.')
  }
}

const child = spawn(node, [path.join(root, 'engine', 'cli', 'main.ts'), ...args], {
  stdio: 'inherit',
  env: { ...process.env, HEARTH_ADDON: process.env.HEARTH_ADDON ?? addonPath },
})
// Ctrl-C reaches the child by itself; what it means (stop the reply, leave) is the child's to decide.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', (error) =>
  fail(`Node could not be started (${error.message}).`, 'Run `npm start` to install it again.'),
)
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
