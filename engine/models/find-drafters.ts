// engine/models/find-drafters.ts: files beside a model that may be its drafter. Names only say where to look: whether a
// file was made for this model, the engine finds out.
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What those who publish drafters call them. */
const drafterName = /drafter|assistant|(^|[^a-z])mtp([^a-z]|$)/i
const mostCandidates = 8

/**
 * Paths of files beside `modelPath` that are named like drafters, those with the most similar names first; at most eight.
 * `named`: a drafter that is known by name, such as from a catalogue, which goes first. Never throws.
 */
export function findDrafters(modelPath: string, named?: string): string[] {
  const folder = dirname(modelPath)
  const own = basename(modelPath).toLowerCase()
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    names = []
  }
  const found = names
    .filter((name) => /\.gguf$/i.test(name) && drafterName.test(name) && name.toLowerCase() !== own)
    .map((name) => ({ name, shared: sharedStart(name.toLowerCase(), own) }))
    .sort((left, right) => right.shared - left.shared || (left.name < right.name ? -1 : 1))
    .map(({ name }) => join(folder, name))
  return [...(named === undefined ? [] : [named]), ...found.filter((path) => path !== named)].slice(0, mostCandidates)
}

function sharedStart(left: string, right: string): number {
  let length = 0
  while (length < left.length && left[length] === right[length]) length++
  return length
}
