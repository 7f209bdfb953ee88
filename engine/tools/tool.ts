// engine/tools/tool.ts: what a tool is. It plans before it acts, and both with `Hands` alone: a tool has no other way to
// a file, a network or a process, so what it does is what it said.
import { z } from 'zod'
import type { Effect, GroupId, Origin, Pattern, Policy, Preview, ToolRef } from '../contract/tools.ts'
import type { Hands } from './hands.ts'

export type Arguments = Readonly<Record<string, unknown>>

/** What a call means to do, for the person. Made without changing anything. */
export type Draft = {
  /** As a step's `words`. */
  readonly words: string
  /** What the person is asked. */
  readonly question: string
  readonly effects: readonly Effect[]
  readonly previews: readonly Preview[]
  readonly rehearsed: boolean
  /** Narrowest first; empty where it must be asked each time. */
  readonly patterns: readonly { readonly pattern: Pattern; readonly words: string }[]
  /** What the plan made and the run needs again, such as the files that a rehearsal wrote. Never leaves the engine. */
  readonly carry?: unknown
}

export type ToolResult = {
  /** What the model is told: fields of plain values. */
  readonly value: Readonly<Record<string, unknown>>
  /** Where text in `value` came from that the person did not write. */
  readonly origins: readonly Origin[]
  /** A step's `words` once it is done, when the plan could not know them. */
  readonly words?: string
}

export type Checked =
  | { readonly ok: true; readonly arguments: Arguments }
  | { readonly ok: false; readonly problem: string }

export type Tool = {
  readonly ref: ToolRef
  /** Null for the tool of a server. */
  readonly group: GroupId | null
  readonly title: string
  /** For the model. */
  readonly description: string
  /** JSON Schema of the arguments, an object. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** For the person: `Reads only`. */
  readonly effects: string
  readonly policies: readonly [Policy, ...Policy[]]
  /** Until the person chooses another. */
  readonly policy: Policy
  readonly timeoutMs: number
  /** Small models are offered these alone: each declaration is part of every prompt. */
  readonly basic: boolean
  /** The name and address of whose tool it is: a rule for another one does not hold. */
  readonly identity: string
  check(raw: unknown): Checked
  plan(args: Arguments, hands: Hands): Promise<Draft>
  /** `carry` is the plan's own. */
  run(args: Arguments, hands: Hands, carry: unknown): Promise<ToolResult>
}

/** An ordinary failure: its sentence is for the model and for the person. */
export class ToolError extends Error {
  override readonly name: string = 'ToolError'
}
/** A running tool tried something that its plan did not say. */
export class MismatchError extends ToolError {
  override readonly name = 'MismatchError'
}
/** What the plan was made from is not there any more. */
export class ExpiredError extends ToolError {
  override readonly name = 'ExpiredError'
}

export type BuiltIn<S extends z.ZodType<Arguments>> = {
  readonly name: string
  readonly group: GroupId
  readonly title: string
  readonly description: string
  readonly input: S
  readonly effects: string
  readonly policies: readonly [Policy, ...Policy[]]
  readonly policy: Policy
  readonly timeoutMs?: number
  readonly basic?: boolean
  plan(args: z.output<S>, hands: Hands): Promise<Draft> | Draft
  run(args: z.output<S>, hands: Hands, carry: unknown): Promise<ToolResult> | ToolResult
}

export const builtInIdentity = 'hearth'

/** A tool of Hearth itself, with its arguments as a schema of zod. */
export function builtIn<S extends z.ZodType<Arguments>>(definition: BuiltIn<S>): Tool {
  const { name, input, timeoutMs = 10_000, basic = false, plan, run, ...rest } = definition
  return {
    ...rest,
    ref: { server: null, name },
    parameters: parametersOf(input),
    timeoutMs,
    basic,
    identity: builtInIdentity,
    check: (raw) => checkedBy(input, raw),
    // What `check` let through was parsed by `input`, so the types are those of its output.
    plan: async (args, hands) => plan(args as z.output<S>, hands),
    run: async (args, hands, carry) => run(args as z.output<S>, hands, carry),
  }
}

/** Every problem in one sentence, with the place of each: a model mends better what it is told in full. */
export function checkedBy(schema: z.ZodType<Arguments>, raw: unknown): Checked {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return { ok: true, arguments: parsed.data }
  const problems = parsed.error.issues.slice(0, 5).map(({ path, message }) => {
    const place = path.map(String).join('.')
    return place === '' ? message : `${place}: ${message}`
  })
  return { ok: false, problem: problems.join('; ') }
}

function parametersOf(input: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema: _, additionalProperties: __, ...schema } = z.toJSONSchema(input, { io: 'input' })
  return { ...schema }
}

/** A draft of something that changes nothing. */
export const harmless = (words: string, effects: readonly Effect[] = []): Draft => ({
  words,
  question: `${words}?`,
  effects,
  previews: [],
  rehearsed: false,
  patterns: [],
})
