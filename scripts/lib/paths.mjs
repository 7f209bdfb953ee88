// scripts/lib/paths.mjs: where things are. Node built-ins only, and Node 18 is enough, in every file of scripts/.
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')
export const nodeModules = path.join(root, 'node_modules')

/** A path below the root. */
export const at = (...names) => path.join(root, ...names)
