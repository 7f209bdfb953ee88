// scripts/lib/inputs.mjs: what a build was made of, as one hash. Content counts, times do not: a checkout changes times.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** Tests are no input of a bundle. */
const isInput = (name) => !/\.test\.tsx?$/.test(name) && name !== 'node_modules'

/** `paths`: files and folders below `root`; one that is missing counts as missing. */
export function hashInputs(root, paths) {
  const hash = createHash('sha256')
  const add = (name) => {
    const file = path.join(root, name)
    const stat = fs.statSync(file, { throwIfNoEntry: false })
    if (stat === undefined) hash.update(`${name} missing\n`)
    else if (stat.isDirectory()) {
      for (const entry of fs.readdirSync(file).filter(isInput).sort()) add(path.join(name, entry))
    } else hash.update(`${name} ${stat.size}\n`).update(fs.readFileSync(file))
  }
  for (const name of paths) add(name)
  return hash.digest('hex')
}
