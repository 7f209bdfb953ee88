// engine/tools/must-be-folder.ts: a folder that the person names, as it really is; not one that would grant everything.
import { realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { HearthError } from '../contract/failure.ts'
import { isWithin } from './granted-files.ts'

/** Throws `HearthError` `bad-request`. `own`: Hearth's data folder, which no tool may see. */
export function mustBeFolder(path: string, own: string): string {
  const wanted = path.startsWith('~/') || path === '~' ? join(homedir(), path.slice(1)) : path
  if (!isAbsolute(wanted)) throw problem('The whole path of a folder was expected, beginning with / or ~/.')
  const real = realOf(wanted)
  if (real === null || !statSync(real).isDirectory())
    throw problem(`A folder was expected at ${path}, and there is none.`)
  if (real === '/' || real === realOf(homedir()))
    throw problem('This folder holds everything you have. Choose one inside it.')
  if (isWithin(own, real) || isWithin(real, own))
    throw problem('This folder holds what Hearth keeps itself. Choose another one.')
  return real
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

const problem = (message: string) => new HearthError('bad-request', message, 'Choose another folder.')
