// engine/cli/verb.ts: what a verb of the command line is.
import type { Arguments, Flags } from './arguments.ts'

export type Verb = {
  readonly name: string
  /** One line for the list of verbs. */
  readonly summary: string
  /** What follows the verb's name on the command line, and any remarks. */
  readonly usage: string
  readonly flags: Flags
  /** Words that may stand alone, such as `-` for stdin; 'any' for file names. */
  readonly positionals?: readonly string[] | 'any'
  /** Answers with the exit code. Throws `UsageError` (exit code 2) or anything else (exit code 1). */
  run(args: Arguments): Promise<number>
}
