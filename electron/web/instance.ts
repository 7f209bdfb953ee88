// electron/web/instance.ts: one shell per data folder. A lock that the operating system frees when its holder dies
// decides who runs; a private file beside it tells a second start where the first one listens.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { newToken, proofOf } from './launch-token.ts'

const instanceFile = z.object({ pid: z.number().int(), port: z.number().int(), token: z.string() })
export type Instance = z.infer<typeof instanceFile>

export interface InstanceLock {
  /** Tells later starts where this one listens. */
  publish(instance: Instance): void
  /** Withdraws that and frees the lock. */
  release(): void
}

export type Claim =
  | { readonly kind: 'first'; readonly lock: InstanceLock }
  /** Another shell holds the folder and has proved that it knows its token. */
  | { readonly kind: 'running'; readonly instance: Instance }
  /** Another process holds the folder, but nothing answers. */
  | { readonly kind: 'stuck'; readonly pid: number | null }

const fileIn = (dataDir: string) => path.join(dataDir, 'instance.json')

/**
 * Makes the folder if need be. `attempts`: how often a held lock is looked at, a tenth of a second apart, while its
 * holder is still starting or just ending. Throws what the file system says when the folder cannot be written.
 */
export async function claimInstance(dataDir: string, attempts = 100): Promise<Claim> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await sleep(100)
    const lock = tryLock(dataDir)
    if (lock !== null) return { kind: 'first', lock }
    const instance = readInstance(dataDir)
    if (instance !== null && (await answers(instance))) return { kind: 'running', instance }
  }
  return { kind: 'stuck', pid: readInstance(dataDir)?.pid ?? null }
}

/**
 * SQLite's exclusive lock is a file lock of the operating system: it goes with its process, also after kill -9, so
 * that no stale lock is ever left behind. The database stays empty.
 */
function tryLock(dataDir: string): InstanceLock | null {
  const database = new Database(path.join(dataDir, 'instance.lock'), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY') return null
    throw error
  }
  return {
    publish(instance) {
      const temporary = `${fileIn(dataDir)}.new`
      rmSync(temporary, { force: true }) // so that `mode` counts: it is for new files only
      writeFileSync(temporary, JSON.stringify(instance), { mode: 0o600, flag: 'wx' })
      renameSync(temporary, fileIn(dataDir))
    },
    release() {
      rmSync(fileIn(dataDir), { force: true })
      database.close()
    },
  }
}

function readInstance(dataDir: string): Instance | null {
  try {
    return instanceFile.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')))
  } catch {
    return null
  }
}

/** Asks the port for a proof. Whoever else may listen there by now learns nothing and cannot answer. */
async function answers({ port, token }: Instance): Promise<boolean> {
  const challenge = newToken()
  try {
    const url = `http://127.0.0.1:${port}/instance?challenge=${challenge}`
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'error' })
    const body: unknown = await response.json()
    return z.object({ proof: z.string() }).parse(body).proof === proofOf(token, challenge)
  } catch {
    return false
  }
}
