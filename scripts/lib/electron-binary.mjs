// scripts/lib/electron-binary.mjs: is Electron's program on this machine? Asked without `require('electron')`, which
// would start a download by itself.
import fs from 'node:fs'
import path from 'node:path'
import { runCommand } from './command.mjs'
import { at } from './paths.mjs'

const programName = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
}

/** Its path, or null. ELECTRON_OVERRIDE_DIST_PATH names a folder that holds it, as Electron's own package reads it. */
export function findElectron(folder = at('node_modules', 'electron'), environment = process.env) {
  const pathFile = path.join(folder, 'path.txt')
  const named = fs.existsSync(pathFile) ? fs.readFileSync(pathFile, 'utf8') : null
  const override = environment.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return existing(path.join(override, named ?? programName[process.platform] ?? 'electron'))
  return named === null ? null : existing(path.join(folder, 'dist', named))
}

const existing = (file) => (fs.existsSync(file) ? file : null)

/** Only where it is of use: on Linux nobody has been promised a window of our own. */
export const wantsElectron = (platform = process.platform, environment = process.env) =>
  platform === 'darwin' || platform === 'win32' || environment.HEARTH_ELECTRON === '1'

/** About 120 MB, once. Offline it fails at once. Answers like `findElectron`. */
export async function fetchElectron(node) {
  await runCommand(node, [at('node_modules', 'electron', 'install.js')], { limitMs: 300_000 })
  return findElectron()
}
