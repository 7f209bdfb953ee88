// electron/web/arguments.ts: the flags of the web shell.
import { parseArgs } from 'node:util'

export type ShellArguments = {
  readonly data: string | undefined
  /** 0: any free one. */
  readonly port: number
  readonly open: boolean
  /** Seconds after which the shell ends once the last tab is gone; null: never. */
  readonly lingerSeconds: number | null
}

/** Throws an error whose message is one sentence for the person. */
export function parseShellArguments(args: readonly string[]): ShellArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      port: { type: 'string', default: '0' },
      'no-open': { type: 'boolean', default: false },
      linger: { type: 'string' },
    },
  })
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port expects a number from 0 to 65535, but found "${values.port}".`)
  }
  const linger = values.linger
  if (linger !== undefined && !/^\d+(\.\d+)?$/.test(linger)) {
    throw new Error(`--linger expects a number of seconds, but found "${linger}".`)
  }
  return {
    data: values.data,
    port,
    open: !values['no-open'],
    lingerSeconds: linger === undefined ? null : Number(linger),
  }
}
