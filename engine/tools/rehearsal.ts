// engine/tools/rehearsal.ts: a command tried on a copy of its folder, where it has no network and can write nowhere else.
// What it wrote there is the plan; running the plan puts those very files into the real folder and starts nothing again.
import { cp, lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { cleanText, cutText } from './clean-text.ts'
import { sha256 } from './plan.ts'
import type { Sandbox } from './sandbox.ts'
import { ToolError } from './tool.ts'

/** One file that the command left different. Null for no file. */
export type Written = { readonly path: string; readonly before: string | null; readonly after: Buffer | null }

export type Rehearsal = {
  readonly code: number | null
  readonly output: string
  readonly written: readonly Written[]
}

/** A copy is made of at most so much; a folder with more is not rehearsed, and so not run in. */
const mostFiles = 5000
const mostBytes = 200_000_000
const mostOutput = 100_000

/** Throws `ToolError` when the folder is too large, holds links, or the command cannot be started. */
export async function rehearse(
  sandbox: Sandbox,
  argv: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<Rehearsal> {
  const before = await hashesOf(folder, signal)
  const scratch = await mkdtemp(join(tmpdir(), 'hearth-rehearsal-'))
  try {
    const copy = join(scratch, 'copy')
    await cp(folder, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
    const { code, output } = await sandbox.run(argv, copy, signal, mostOutput)
    const after = await hashesOf(copy, signal)
    const written: Written[] = []
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(path) === after.get(path)) continue
      if (after.get(path)?.startsWith('link '))
        throw new ToolError(`The command would make ${path} a link, so it is not run.`)
      const bytes = after.has(path) ? await readFile(join(copy, path)) : null
      written.push({ path, before: before.get(path) ?? null, after: bytes })
    }
    // The copy's own path means nothing to the person, or to the model.
    const text = cutText(cleanText(output.replaceAll(copy, folder)), mostOutput).text
    return { code, output: text, written: written.sort((a, b) => (a.path < b.path ? -1 : 1)) }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Relative path to hash of every file. Links are not followed: one that is changed or made is refused. */
async function hashesOf(folder: string, signal: AbortSignal): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  let bytes = 0
  const folders = [folder]
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    signal.throwIfAborted()
    for (const entry of await readdir(at, { withFileTypes: true })) {
      const path = join(at, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isSymbolicLink()) found.set(relative(folder, path), `link ${await readlink(path)}`)
      else if (entry.isFile()) {
        bytes += (await lstat(path)).size
        if (bytes > mostBytes || found.size >= mostFiles)
          throw new ToolError(`This folder is too large to try a command on a copy of it (${mostFiles} files, 200 MB).`)
        found.set(relative(folder, path), sha256(await readFile(path)))
      }
    }
  }
  return found
}
