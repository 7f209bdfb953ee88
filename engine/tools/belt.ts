// engine/tools/belt.ts: the tools of one reply: what is declared to the model, and what happens to its calls. It holds the
// line against loops: the same call with the same arguments is not made a third time, and two wrong ones are the last.
import type { Origin } from '../contract/tools.ts'
import { oneLine } from './clean-text.ts'
import { canonical } from './plan.ts'
import type { StepEnd, StepRequest } from './run-step.ts'
import type { Tool } from './tool.ts'
import type { BeltRequest } from './tools.ts'

export type Declaration = {
  readonly name: string
  readonly description: string
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>
}

export type ModelCall = Pick<StepRequest, 'name' | 'arguments' | 'problem' | 'at'>

export type CallResult = {
  readonly name: string
  readonly told: Readonly<Record<string, unknown>>
  readonly ok: boolean
}

export type Belt = {
  /** The same from the first pass of a reply to its last. */
  readonly declarations: readonly Declaration[]
  /** Never throws. */
  call(call: ModelCall, signal: AbortSignal): Promise<CallResult>
  /** No more calls are worth making: they go round in circles, or are wrong again and again. */
  done(): boolean
  /** Whether anything was called. */
  used(): boolean
}

export type BeltDeps = {
  readonly request: BeltRequest
  readonly offered: () => readonly Tool[]
  /** Those that are switched off too: a call of one gets a better answer than "unknown". */
  readonly known: () => readonly Tool[]
  readonly read: () => readonly Origin[]
  readonly start: (
    call: ModelCall & Pick<StepRequest, 'index' | 'read'>,
    find: (name: string) => Tool | { readonly missing: string },
    signal: AbortSignal,
  ) => Promise<StepEnd>
}

export const mostCalls = 16
const mostSame = 2
const mostWrong = 2
const mostDeclared = 64

export function createBelt({ offered, known, read, start }: BeltDeps): Belt {
  const named = nameAll(offered().slice(0, mostDeclared))
  const said = new Map<string, number>()
  let calls = 0
  let wrong = 0
  let circles = false

  const find = (name: string): Tool | { readonly missing: string } => {
    const tool = named.get(name)
    // It may have been switched off, or become another one, since it was declared.
    const now = tool === undefined ? undefined : offered().find((other) => sameTool(other, tool))
    if (now !== undefined) return now
    const off = known().find(({ ref }) => ref.name === name)
    if (off !== undefined) return { missing: `${off.title} is switched off. The person can switch it on under Tools.` }
    return {
      missing: `There is no tool called ${oneLine(name, 60)}. There are: ${[...named.keys()].join(', ') || 'none'}.`,
    }
  }

  return {
    declarations: [...named].map(([name, { description, parameters }]) => ({ name, description, parameters })),
    call: async (call, signal) => {
      const key = `${call.name} ${canonical(call.arguments)}`
      const times = (said.get(key) ?? 0) + 1
      said.set(key, times)
      const index = calls++
      circles ||= times > mostSame || calls >= mostCalls
      const problem =
        call.problem ??
        (times > mostSame
          ? 'This was called twice already with the same arguments, and the answer is above.'
          : calls > mostCalls
            ? `At most ${mostCalls} calls are made for one reply.`
            : null)
      const end = await start({ ...call, problem, index, read: read() }, find, signal)
      if (end.wrong) wrong++
      const told = end.wrong && wrong >= mostWrong ? { ...end.told, hint: 'Answer now, without tools.' } : end.told
      return { name: call.name, told, ok: end.step.status === 'done' }
    },
    done: () => circles || wrong >= mostWrong,
    used: () => calls > 0,
  }
}

const sameTool = (a: Tool, b: Tool) => a.ref.server === b.ref.server && a.ref.name === b.ref.name

/** Names as the model says them. Built-in ones first, so that no server can take the name of one. */
function nameAll(tools: readonly Tool[]): Map<string, Tool> {
  const named = new Map<string, Tool>()
  for (const tool of tools) {
    let name = tool.ref.name
    for (let count = 2; named.has(name); count++) name = `${tool.ref.name}_${count}`
    named.set(name, tool)
  }
  return named
}
