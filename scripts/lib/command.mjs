// scripts/lib/command.mjs: runs a program and keeps what it prints.
import { spawn } from 'node:child_process'
import { root } from './paths.mjs'

/**
 * Never throws: a program that cannot be started has code 127 and says why in its output.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, limitMs?: number, onLine?: (line: string) => void, input?: string }} [options]
 * @returns {Promise<{ code: number, output: string, tookMs: number }>} `output`: stdout and stderr as they came.
 */
export function runCommand(program, args, { env = process.env, limitMs, onLine, input } = {}) {
  return new Promise((resolve) => {
    const startedAt = performance.now()
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    if (input !== undefined) child.stdin.on('error', () => {}).end(input)
    let output = ''
    let rest = ''
    const limit = limitMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limitMs)
    const take = (chunk) => {
      output += chunk
      if (onLine === undefined) return
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    const end = (code) => {
      clearTimeout(limit)
      resolve({ code, output, tookMs: performance.now() - startedAt })
    }
    child.on('error', (error) => {
      output += `${program} could not be started: ${error.message}\n`
      end(127)
    })
    child.on('close', (code, signal) => {
      if (signal !== null) output += `${program} was ended by ${signal}\n`
      end(code ?? 1)
    })
  })
}

/** The last lines of an output: enough to see what went wrong. */
export const tail = (output, lines = 60) => output.trimEnd().split('\n').slice(-lines).join('\n')
