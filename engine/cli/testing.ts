// engine/cli/testing.ts: for tests: the program as a person starts it, over the addon that was built.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { addonPath } from '../inference/testing.ts'

export const main = path.join(import.meta.dirname, 'main.ts')

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

/** Runs `hearth` and waits for its end. Input is bytes for stdin. */
export function hearth(
  args: readonly string[],
  { input = '', env = {} }: { input?: string | Uint8Array; env?: NodeJS.ProcessEnv } = {},
) {
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, HEARTH_ADDON: addonPath, ...env } })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      err += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
    child.stdin.on('error', () => {}) // it may end without reading
    child.stdin.end(input)
  })
}
