// engine/cli/output.ts: stdout carries answers, stderr carries everything else.
import { type Failure, toFailure } from '../contract/failure.ts'
import { UsageError } from './arguments.ts'

export const print = (text: string) => void process.stdout.write(text)
export const printJson = (value: unknown) => print(`${JSON.stringify(value)}\n`)
export const printError = (text: string) => void process.stderr.write(text)

/** Shows a failure to a person, and with `json` to a program, too. Answers with the exit code. */
export function report(error: unknown, { json }: { readonly json: boolean }): number {
  const isUsage = error instanceof UsageError
  const failure: Failure = isUsage
    ? { code: 'bad-request', message: error.message, remedy: 'See `npm run -s hearth -- VERB --help`.' }
    : toFailure(error)
  printError(`hearth: ${failure.message}${failure.remedy === undefined ? '' : `\n${failure.remedy}`}\n`)
  if (json) printJson({ error: failure })
  return isUsage ? 2 : 1
}
