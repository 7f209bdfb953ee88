// engine/tools/granted-files.ts: files inside folders that the person granted, and nothing else of the disk.
//
// A path is judged three times: as text (no look-alikes of `/` and `.`, no invisible characters), as a place (inside a
// granted folder after `..`), and as it really is (links resolved, still inside). Links are never followed out, and never
// written through.
import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, rename, unlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { FolderGrant } from '../contract/tools.ts'
import { sha256 } from './plan.ts'
import { ExpiredError, ToolError } from './tool.ts'

export type GrantedFiles = {
  /** The real path of what `path` names, which need not exist. Throws `ToolError`. */
  locate(path: string, access: 'read' | 'write'): Promise<string>
  /** Throws `ToolError` when there is none, when it is not a regular file, or has more than `limit` bytes. */
  read(path: string, limit: number): Promise<Buffer>
  /** Null when there is none. */
  readIfAny(path: string, limit: number): Promise<Buffer | null>
  list(path: string): Promise<readonly Entry[]>
  /** Regular files below all granted folders, in order, at most `limit`; no hidden ones, no links. */
  walk(limit: number, signal: AbortSignal): AsyncGenerator<string, void, void>
  /** Puts all of `bytes` there at once, or nothing. `before`: the hash of what must be there now; null: nothing. */
  put(path: string, bytes: Uint8Array, before: string | null): Promise<void>
  remove(path: string, before: string): Promise<void>
  move(from: string, to: string, before: string): Promise<void>
  /** For people: `~/Documents/a.txt`. */
  shown(path: string): string
}

export type Entry = { readonly name: string; readonly kind: 'file' | 'folder' | 'other'; readonly bytes: number }

/** Names that hold keys and passwords. They are not read even in a granted folder. */
const secrets =
  /^(?:\.ssh|\.gnupg|\.aws|\.kube|\.docker|\.netrc|\.npmrc|\.pypirc|\.env(?:\..*)?|id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:pem|key|p12|pfx|kdbx|keychain|keychain-db))$/i

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const suspicious = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u

/** `own`: folders of Hearth itself, never granted. */
export function createGrantedFiles(granted: () => readonly FolderGrant[], own: readonly string[]): GrantedFiles {
  const roots = async (access: 'read' | 'write') => {
    const usable = granted().filter((folder) => access === 'read' || folder.access === 'write')
    const found = await Promise.all(
      usable.map(async ({ path }) => ({ path, real: await realpath(path).catch(() => null) })),
    )
    return found.flatMap(({ path, real }) => (real === null ? [] : [{ path, real }]))
  }

  const locate: GrantedFiles['locate'] = async (path, access) => {
    refuseLookAlikes(path)
    const all = await roots(access)
    if (all.length === 0)
      throw new ToolError(
        access === 'write'
          ? 'No folder is granted for writing. The person can grant one under Tools.'
          : 'No folder is granted. The person can grant one under Tools.',
      )
    const places =
      isAbsolute(path) || path.startsWith('~') ? [fromHome(path)] : all.map((root) => join(root.real, path))
    let outside = false
    let missing: string | null = null
    for (const place of places) {
      const real = await realPlace(resolve(place))
      const root = all.find((candidate) => isWithin(real, candidate.real))
      if (root === undefined || own.some((folder) => isWithin(real, folder))) {
        outside = true
        continue
      }
      if (
        relative(root.real, real)
          .split(sep)
          .some((part) => secrets.test(part))
      )
        throw new ToolError(`${basename(real)} looks like a key or a password, so it is left alone.`)
      if ((await lstat(real).catch(() => null)) !== null) return real
      missing ??= real
    }
    if (missing !== null) return missing
    throw new ToolError(
      outside
        ? `${shown(path)} is outside the granted folders (${all.map((root) => shown(root.path)).join(', ')}).`
        : `${shown(path)} was not found.`,
    )
  }

  const readIfAny: GrantedFiles['readIfAny'] = async (path, limit) => {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
      (error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null
        throw refused(path, error)
      },
    )
    if (file === null) return null
    try {
      const stats = await file.stat()
      if (!stats.isFile()) throw new ToolError(`${shown(path)} is not a file.`)
      if (stats.size > limit)
        throw new ToolError(
          `${shown(path)} has ${stats.size.toLocaleString('en')} bytes; at most ${limit.toLocaleString('en')} are read.`,
        )
      return await file.readFile()
    } finally {
      await file.close()
    }
  }

  const hashOf = async (path: string) => {
    const bytes = await readIfAny(path, 100_000_000)
    return bytes === null ? null : sha256(bytes)
  }
  const mustBe = async (path: string, before: string | null) => {
    if ((await hashOf(path)) !== before) throw new ExpiredError(`${shown(path)} has changed since it was looked at.`)
  }

  const shown = (path: string) => {
    const home = homedir()
    return isWithin(path, home) && path !== home ? `~${path.slice(home.length)}` : path
  }

  return {
    locate,
    shown,
    readIfAny,
    read: async (path, limit) => {
      const bytes = await readIfAny(path, limit)
      if (bytes === null) throw new ToolError(`${shown(path)} was not found.`)
      return bytes
    },
    list: async (path) => {
      const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
        throw codeOf(error) === 'ENOTDIR' ? new ToolError(`${shown(path)} is not a folder.`) : refused(path, error)
      })
      const sorted = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1))
      return Promise.all(
        sorted.slice(0, 500).map(async (entry) => ({
          name: entry.name,
          kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
          bytes: entry.isFile() ? ((await lstat(join(path, entry.name)).catch(() => null))?.size ?? 0) : 0,
        })),
      )
    },
    walk: async function* (limit, signal) {
      let left = limit
      const folders = (await roots('read')).map(({ real }) => real)
      for (let folder = folders.shift(); folder !== undefined && left > 0; folder = folders.shift()) {
        signal.throwIfAborted()
        const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
        for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
          const path = join(folder, entry.name)
          if (entry.name.startsWith('.') || secrets.test(entry.name) || own.some((mine) => isWithin(path, mine)))
            continue
          if (entry.isDirectory() && entry.name !== 'node_modules') folders.push(path)
          if (!entry.isFile() || left-- <= 0) continue
          yield path
        }
      }
    },
    put: async (path, bytes, before) => {
      await mkdir(dirname(path), { recursive: true })
      if ((await realPlace(path)) !== path) throw new ExpiredError(`A link has appeared on the way to ${shown(path)}.`)
      await mustBe(path, before)
      const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.hearth-${process.pid}-${Date.now()}`)
      const file = await open(temporary, 'wx', 0o600).catch((error: unknown) => Promise.reject(refused(path, error)))
      try {
        await file.writeFile(bytes)
        const old = await lstat(path).catch(() => null)
        await file.chmod(old === null ? 0o644 : old.mode & 0o777)
        await file.sync()
        await file.close()
        await rename(temporary, path)
      } catch (error) {
        await file.close().catch(() => {})
        await unlink(temporary).catch(() => {})
        throw refused(path, error)
      }
    },
    remove: async (path, before) => {
      await mustBe(path, before)
      await unlink(path).catch((error: unknown) => Promise.reject(refused(path, error)))
    },
    move: async (from, to, before) => {
      await mustBe(from, before)
      await mustBe(to, null)
      await mkdir(dirname(to), { recursive: true })
      if ((await realPlace(to)) !== to) throw new ExpiredError(`A link has appeared on the way to ${shown(to)}.`)
      await rename(from, to).catch((error: unknown) => Promise.reject(refused(from, error)))
    },
  }
}

/** Where a path really leads: links of all that exists are resolved, the rest follows as it is. */
async function realPlace(path: string): Promise<string> {
  const missing: string[] = []
  for (let at = path; ; at = dirname(at)) {
    const real = await realpath(at).catch((error: unknown) => {
      // A link to nowhere exists and cannot be resolved: what would be written there is not known.
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null
      throw new ToolError(`This path cannot be followed (${codeOf(error)}).`)
    })
    if (real !== null) return join(real, ...missing)
    if ((await lstat(at).catch(() => null))?.isSymbolicLink() === true)
      throw new ToolError(`${basename(at)} is a link that leads nowhere.`)
    if (dirname(at) === at) return path
    missing.unshift(basename(at))
  }
}

/** `．．／` is not `../`, but it is meant to be taken for it; so is a name with characters that cannot be seen. */
function refuseLookAlikes(path: string): void {
  if (path === '' || path.length > 4096) throw new ToolError('A path of 1 to 4096 characters was expected.')
  if (suspicious.test(path)) throw new ToolError('This path has invisible characters in it, so it is not used.')
  for (const character of path) {
    if (character < '\u0080') continue
    if (/[/\\~]/.test(character.normalize('NFKC')) || /[\u2044\u2215\u29f8\u29f5\ufe68]/.test(character))
      throw new ToolError(`This path has \`${character}\` in it, which looks like a part of a path and is not.`)
  }
  const dotted = path
    .split(/[/\\]/)
    .find((part) => part !== '.' && part !== '..' && /^\.+$/.test(part.normalize('NFKC')))
  if (dotted !== undefined)
    throw new ToolError(`This path has a part \`${dotted}\` that only looks like dots, so it is not used.`)
}

function fromHome(path: string): string {
  if (path === '~') return homedir()
  if (path.startsWith('~/')) return join(homedir(), path.slice(2))
  if (path.startsWith('~')) throw new ToolError('The folder of another person was named.')
  return path
}

export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (!way.startsWith('..') && !isAbsolute(way)) || (way.startsWith('..') && /^\.\.[^/\\]/.test(way))
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'

const refused = (path: string, error: unknown): ToolError =>
  error instanceof ToolError
    ? error
    : new ToolError(`${basename(path)} could not be used: ${reasons[codeOf(error)] ?? codeOf(error)}.`)

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it was not found',
  EACCES: 'the system does not allow it',
  EPERM: 'the system does not allow it',
  ELOOP: 'it is a link',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk cannot be written',
}
