// scripts/lib/packages.mjs: node_modules is what package-lock.json says. Installed anew only when that has changed.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { runCommand, tail } from './command.mjs'
import { at } from './paths.mjs'
import { Problem } from './problem.mjs'

const stampFile = () => at('node_modules', '.hearth-stamp')

/** The lock file and the machine it was installed for. */
export function lockStamp(lockFile = at('package-lock.json')) {
  const hash = createHash('sha256').update(fs.readFileSync(lockFile)).digest('hex')
  return `${hash} ${process.platform} ${process.arch}`
}

export function packagesAreInstalled() {
  try {
    return fs.readFileSync(stampFile(), 'utf8') === lockStamp()
  } catch {
    return false
  }
}

/** Throws `Problem`. Scripts of packages are not run: none of ours needs one, and one of them wants a compiler. */
export async function installPackages() {
  // Under npm its own path is known; by hand it is on the PATH.
  const npm = process.env.npm_execpath
  const args = ['ci', '--ignore-scripts', '--no-fund', '--no-audit']
  const { code, output } =
    npm !== undefined && /\.c?js$/.test(npm)
      ? await runCommand(process.execPath, [npm, ...args])
      : await runCommand(process.platform === 'win32' ? 'npm.cmd' : 'npm', args)
  if (code !== 0) {
    throw new Problem(
      `${tail(output, 20)}\nThe packages were expected to install, but npm ended with ${code}; its last words are above. Check the network and run this again.`,
    )
  }
  fs.writeFileSync(stampFile(), lockStamp())
}
