// scripts/lib/node24.mjs: the Node that runs Hearth. On Linux x64 it comes with the packages; elsewhere it is the person's.
import fs from 'node:fs'
import path from 'node:path'
import { nodeModules } from './paths.mjs'
import { Problem } from './problem.mjs'

/** `own`: the Node that came with the packages, where there is one. Throws `Problem`. */
export function findNode24(own = path.join(nodeModules, '.bin', 'node'), running = process) {
  if (fs.existsSync(own)) return own
  if (Number(running.versions.node.split('.')[0]) >= 24) return running.execPath
  throw new Problem(
    `Hearth needs Node 24 or newer, but this is Node ${running.versions.node}. Install it from https://nodejs.org and run this again.`,
  )
}
