// scripts/lib/flags.mjs: the flags of `npm start`, checked before anything is installed or built.
import { parseArgs } from 'node:util'
import { Problem } from './problem.mjs'

/**
 * @param {readonly string[]} args
 * @returns {{ web: boolean, noOpen: boolean, port: string | undefined, data: string | undefined }} Throws `Problem`.
 */
export function startFlags(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        web: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        port: { type: 'string' },
        data: { type: 'string' },
      },
    })
    return { web: values.web, noOpen: values['no-open'], port: values.port, data: values.data }
  } catch (error) {
    throw new Problem(`npm start knows --web, --no-open, --port N and --data DIR (after "--"), but: ${error.message}`)
  }
}

/** Ten minutes after the last tab is gone the shell ends by itself, unless a program (`--no-open`) started it. */
export function webShellArguments({ noOpen, port, data }) {
  return [
    ...(data === undefined ? [] : ['--data', data]),
    ...(port === undefined ? [] : ['--port', port]),
    ...(noOpen ? ['--no-open'] : ['--linger', '600']),
  ]
}

export const electronArguments = (root, { data }) => [root, ...(data === undefined ? [] : [`--data=${data}`])]
