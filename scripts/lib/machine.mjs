// scripts/lib/machine.mjs: what the tests need beside the npm packages, and how a machine gets it. On Debian as root it
// is installed; anywhere else the sentence names what to install.
import { existsSync } from 'node:fs'
import { runCommand, tail } from './command.mjs'
import { Problem } from './problem.mjs'

/** Debian packages by the step that needs them. */
export const debianPackages = {
  build: ['g++', 'cmake', 'ninja-build'],
  lint: ['clang-format-19'],
  native: ['clang-19', 'libclang-rt-19-dev', 'doctest-dev', 'g++', 'cmake', 'ninja-build'],
  metal: ['clang-19', 'libclang-rt-19-dev', 'doctest-dev', 'cmake', 'ninja-build'],
  e2e: ['chromium', 'fonts-dejavu-core'],
}
const homebrewPackages = {
  build: ['cmake', 'ninja'],
  lint: ['clang-format'],
  native: ['doctest', 'llvm'],
  metal: [],
  e2e: [],
}

/** @param {readonly string[]} steps @param {(line: string) => void} say Throws `Problem`. */
export async function prepareMachine(steps, say) {
  const wanted = (table) => [...new Set(steps.flatMap((step) => table[step] ?? []))]
  if (process.platform === 'darwin') {
    if (steps.length > 0)
      say(`Needed on a Mac: brew install ${wanted(homebrewPackages).join(' ')}; and a Chromium for e2e`)
    return
  }
  if (!existsSync('/usr/bin/dpkg-query')) {
    say(`Not a Debian machine: these must be there already: ${wanted(debianPackages).join(' ')}`)
    return
  }
  const missing = await missingPackages(wanted(debianPackages))
  if (missing.length === 0) return
  const install = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() !== 0) {
    throw new Problem(
      `These Debian packages were expected, but are missing: ${missing.join(' ')}. Run: sudo ${install}`,
    )
  }
  say(`Installing ${missing.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const command of ['apt-get update', install]) {
    const [program, ...args] = command.split(' ')
    const { code, output } = await runCommand(program, args, { env })
    if (code !== 0)
      throw new Problem(`${tail(output, 15)}\n"${command}" was expected to succeed, but ended with ${code}.`)
  }
}

async function missingPackages(names) {
  const missing = []
  for (const name of names) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is dpkg-query's own
    const { code, output } = await runCommand('dpkg-query', ['-W', '-f', '${db:Status-Status}', name])
    if (code !== 0 || output !== 'installed') missing.push(name)
  }
  return missing
}

/** The first of these programs that there is, or null. */
export async function findProgram(...names) {
  for (const name of names) {
    if ((await runCommand(name, ['--version'])).code === 0) return name
  }
  return null
}
