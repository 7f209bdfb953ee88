// engine/cli/arguments.ts: the flags of a verb: declared once, read strictly, explained by --help.
// A wrong use is a `UsageError` that names what was expected, what was found, and the nearest flag that exists.
import { parseArgs } from 'node:util'

/** The program was called in a way that makes no sense; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export type Flag = {
  /** What the value stands for in --help, such as `FILE`; absent for a switch. */
  readonly value?: string
  readonly help: string
}
export type Flags = Readonly<Record<string, Flag>>

/** Every verb has these. */
const commonFlags: Flags = {
  json: { help: 'print errors as {"error":{"code","message","remedy"}} on stdout, too' },
  help: { help: 'show this text' },
}

export type Arguments = {
  readonly positionals: readonly string[]
  has(name: string): boolean
  text(name: string): string | undefined
  /** Every value of a flag that may be given more than once, in order. */
  all(name: string): readonly string[]
  integer(name: string, range: { readonly least: number; readonly most: number }): number | undefined
  number(name: string, range: { readonly least: number; readonly most: number }): number | undefined
  choice<const C extends string>(name: string, choices: readonly C[]): C | undefined
}

/** Throws `UsageError` for an unknown flag, a missing value, a value for a switch, or a word that no flag takes. */
export function parseArguments(
  argv: readonly string[],
  own: Flags,
  positionalNames: readonly string[] | 'any' = [],
): Arguments {
  const flags = { ...own, ...commonFlags }
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(flags).map(([name, flag]) => [
        name,
        { type: flag.value === undefined ? 'boolean' : 'string', ...(name === 'help' ? { short: 'h' } : {}) } as const,
      ]),
    ),
  })
  const values = new Map<string, string | true>()
  const lists = new Map<string, string[]>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (flag === undefined) throw new UsageError(unknownFlag(token.rawName, Object.keys(flags)))
    if (flag.value === undefined && token.value !== undefined)
      throw new UsageError(`--${token.name} is a switch and takes no value, found "${token.value}".`)
    if (flag.value !== undefined && token.value === undefined)
      throw new UsageError(`--${token.name} expected a value (--${token.name} ${flag.value}), found nothing.`)
    values.set(token.name, token.value ?? true)
    if (token.value !== undefined) lists.set(token.name, [...(lists.get(token.name) ?? []), token.value])
  }
  const extra = positionalNames === 'any' ? undefined : positionals.find((word) => !positionalNames.includes(word))
  if (extra !== undefined)
    throw new UsageError(`Expected flags only, found "${extra}". Values with spaces need quotes.`)
  return createArguments(values, lists, positionals)
}

function createArguments(
  values: ReadonlyMap<string, string | true>,
  lists: ReadonlyMap<string, readonly string[]>,
  positionals: readonly string[],
): Arguments {
  const text = (name: string) => {
    const value = values.get(name)
    return value === true ? undefined : value
  }
  const number = (name: string, { least, most }: { least: number; most: number }, kind = 'a number') => {
    const found = text(name)
    if (found === undefined) return undefined
    const value = /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(found) ? Number(found) : Number.NaN
    const isWanted = value >= least && value <= most && (kind === 'a number' || Number.isInteger(value))
    if (!isWanted) throw new UsageError(`--${name} expected ${kind} from ${least} to ${most}, found "${found}".`)
    return value
  }
  return {
    positionals,
    has: (name) => values.has(name),
    text,
    all: (name) => lists.get(name) ?? [],
    number,
    integer: (name, range) => number(name, range, 'a whole number'),
    choice: (name, choices) => {
      const found = text(name)
      if (found === undefined) return undefined
      const choice = choices.find((candidate) => candidate === found)
      if (choice === undefined) throw new UsageError(`--${name} expected ${choices.join(' or ')}, found "${found}".`)
      return choice
    },
  }
}

/** The lines of --help that explain `flags`. */
export function describeFlags(flags: Flags): string {
  const rows = Object.entries({ ...flags, ...commonFlags }).map(
    ([name, { value, help }]) => [`--${name}${value === undefined ? '' : ` ${value}`}`, help] as const,
  )
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`).join('\n')
}

function unknownFlag(found: string, known: readonly string[]): string {
  const nearest = nearestWord(found.replace(/^-+/, ''), known)
  return `There is no flag ${found}${nearest === undefined ? '' : `; did you mean --${nearest}`}${nearest === undefined ? '.' : '?'}`
}

/** The candidate with the fewest changed letters, if that is less than about half of the word. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.ceil(word.length / 2) - 1)
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: changes(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= limit || (word.length > 1 && candidate.startsWith(word)))
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate
}

/** Levenshtein distance, one row at a time. */
function changes(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
