// engine/tools/sandbox.ts: a program that may read the system, write to one folder, and reach no network. macOS has
// sandbox-exec, Linux bubblewrap; where there is neither, nothing is run.
// Sources: sandbox-exec(1) and the profile language as in /System/Library/Sandbox/Profiles; bwrap(1).
import { spawn } from 'node:child_process'
import { accessSync, constants, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { allowProcess } from '../egress/seal.ts'
import { ToolError } from './tool.ts'

export type Sandbox = {
  /** Runs to the end, or until `signal`; output of both streams as it came, at most `mostBytes`. */
  run(
    argv: readonly string[],
    folder: string,
    signal: AbortSignal,
    mostBytes: number,
  ): Promise<{ readonly code: number | null; readonly output: string }>
  /** `argv` in its cage. `network`: it may reach out; `write`: a folder that it may change, or none. */
  wrap(
    argv: readonly string[],
    options: { readonly write: string | null; readonly network: boolean },
  ): readonly string[]
}

/** Null, with the reason, where the system has no sandbox. */
export function findSandbox(
  platform: string = process.platform,
  path = process.env.PATH ?? '',
): Sandbox | { readonly missing: string } {
  if (platform === 'darwin') {
    const program = isProgram('/usr/bin/sandbox-exec')
    return program ? sandboxWith(seatbelt) : { missing: 'This Mac has no sandbox-exec, so no command is run.' }
  }
  if (platform === 'linux') {
    const program = path
      .split(delimiter)
      .map((folder) => join(folder, 'bwrap'))
      .find(isProgram)
    if (program !== undefined) return sandboxWith(bubblewrap(program))
    return { missing: 'A command is run in a sandbox only. Install bubblewrap (bwrap) to allow it.' }
  }
  return { missing: 'This system has no sandbox that Hearth knows, so no command is run.' }
}

type Wrap = Sandbox['wrap']

/** What no caged program may read: keys, mail, browsers, and what other programs keep. */
const privateFolders = ['.ssh', '.gnupg', '.aws', '.config', '.kube', '.docker', '.mozilla', 'Library']

export const seatbelt: Wrap = (argv, { write, network }) => {
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  const hidden = privateFolders.map((name) => `(subpath ${quoted(join(homedir(), name))})`).join(' ')
  const profile = [
    '(version 1)',
    '(deny default)',
    '(allow process-fork process-exec signal sysctl-read mach-lookup)',
    `(allow file-read*)`,
    `(deny file-read* ${hidden})`,
    ...(write === null ? [] : [`(allow file-read* file-write* (subpath ${quoted(write)}))`]),
    '(allow file-write* (literal "/dev/null") (literal "/dev/tty"))',
    ...(network ? ['(allow network*)'] : ['(deny network*)']),
  ].join('\n')
  return ['/usr/bin/sandbox-exec', '-p', profile, ...argv]
}

export const bubblewrap =
  (program: string): Wrap =>
  (argv, { write, network }) => [
    program,
    '--die-with-parent',
    '--new-session',
    '--unshare-all',
    ...(network ? ['--share-net'] : []),
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--tmpfs',
    '/tmp',
    '--tmpfs',
    '/run',
    ...privateFolders.flatMap((name) => (isThere(join(homedir(), name)) ? ['--tmpfs', join(homedir(), name)] : [])),
    ...(write === null ? [] : ['--bind', write, write, '--chdir', write]),
    '--',
    ...argv,
  ]

function sandboxWith(wrap: Wrap): Sandbox {
  return {
    wrap,
    run: (argv, folder, signal, mostBytes) => {
      const real = realpathSync(folder)
      const [program = '', ...rest] = wrap(argv, { write: real, network: false })
      return new Promise((resolve, reject) => {
        const environment = {
          PATH: '/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin:/opt/homebrew/bin',
          HOME: real,
          LANG: 'C.UTF-8',
          TMPDIR: real,
        }
        const child = allowProcess(() =>
          spawn(program, rest, { cwd: real, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
        )
        const chunks: Buffer[] = []
        let bytes = 0
        // The whole group: a command may have started others.
        const end = () => {
          if (child.pid === undefined) return
          try {
            process.kill(-child.pid, 'SIGKILL')
          } catch {
            child.kill('SIGKILL')
          }
        }
        const take = (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes <= mostBytes) chunks.push(chunk)
          else end()
        }
        child.stdout.on('data', take)
        child.stderr.on('data', take)
        signal.addEventListener('abort', end, { once: true })
        child.on('error', (error) => {
          signal.removeEventListener('abort', end)
          reject(new ToolError(`The command could not be started: ${error.message}.`))
        })
        child.on('close', (code) => {
          signal.removeEventListener('abort', end)
          if (signal.aborted) return reject(signal.reason)
          const output = Buffer.concat(chunks).toString('utf8')
          resolve({ code, output: bytes > mostBytes ? `${output}\n[stopped: too much output]` : output })
        })
      })
    },
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isThere(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}
