// engine/tools/run-step.ts: one call of a tool from its name to its result. The order is here and nowhere else: is there
// such a tool, are the arguments right, what would it do, may it, did the person allow that, do it, clean what came back.
import { toFailure } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type {
  AllowedBy,
  Decision,
  Origin,
  Plan,
  Policy,
  Rule,
  StepId,
  StepStatus,
  ToolStep,
} from '../contract/tools.ts'
import type { Told } from '../storage/tool-steps.ts'
import { cleanText, cleanValue, cutText, shownLimit, toldLimit } from './clean-text.ts'
import { createHands, type World } from './hands.ts'
import { decide } from './permission.ts'
import { canonical, toPlan } from './plan.ts'
import {
  type Arguments,
  type Draft,
  ExpiredError,
  MismatchError,
  type Tool,
  ToolError,
  type ToolResult,
} from './tool.ts'
import { undoDays } from './undo-journal.ts'
import type { Waiting } from './waiting.ts'

export type StepRequest = {
  readonly id: StepId
  readonly conversation: ConversationId
  readonly reply: MessageId
  readonly index: number
  readonly at: number
  /** As the model wrote it. */
  readonly name: string
  /** What it wrote between the brackets; null where that is no call, and then `problem` says why. */
  readonly arguments: unknown
  readonly problem: string | null
  /** Texts that were read before this call. */
  readonly read: readonly Origin[]
}

/** `wrong`: the call itself was no good, and the model may try once more. */
export type StepEnd = { readonly step: ToolStep; readonly told: Told; readonly wrong: boolean }

export type StepDeps = {
  readonly world: World
  /** The tool of that name, or why there is none. */
  readonly find: (name: string) => Tool | { readonly missing: string }
  readonly policyOf: (tool: Tool) => Policy
  readonly rulesOf: (tool: Tool) => readonly Rule[]
  readonly hosts: (conversation: ConversationId) => ReadonlySet<string>
  /** Writes down what was decided beyond this once. */
  readonly remember: (
    tool: Tool,
    plan: Plan,
    args: string,
    decision: Decision,
    conversation: ConversationId,
  ) => AllowedBy
  readonly used: (by: AllowedBy) => void
  readonly waiting: Waiting
  /** Keeps the step and tells the windows. */
  readonly put: (step: ToolStep, told: Told | null) => void
  readonly now: () => number
}

/** How long a plan may take. Rehearsing a command is planning, so the tool's own limit counts where it is longer. */
const planMs = 15_000

/** Never throws: what goes wrong is the step's end, and the model is told. `signal`: the person stopped it. */
export async function runStep(request: StepRequest, deps: StepDeps, signal: AbortSignal): Promise<StepEnd> {
  const { now } = deps
  const found = deps.find(request.name)
  let step: ToolStep = {
    id: request.id,
    conversation: request.conversation,
    reply: request.reply,
    index: request.index,
    at: request.at,
    tool: 'missing' in found ? { server: null, name: request.name.slice(0, 128) || 'unknown' } : found.ref,
    words:
      'missing' in found ? `called ${request.name.slice(0, 60) || 'a tool'}` : `called ${found.title.toLowerCase()}`,
    arguments: textOf(request.arguments),
    status: 'planning',
    plan: null,
    allowedBy: null,
    result: null,
    failure: null,
    startedAt: now(),
    endedAt: null,
    undo: null,
  }
  const change = (part: Partial<ToolStep>) => {
    step = { ...step, ...part }
    deps.put(step, null)
  }
  const end = (status: StepStatus, told: Told, wrong = false, part: Partial<ToolStep> = {}): StepEnd => {
    step = { ...step, ...part, status, endedAt: now() }
    deps.put(step, told)
    return { step, told, wrong }
  }
  const fail = (problem: string, wrong: boolean, status: StepStatus = 'failed') =>
    end(status, { error: problem }, wrong, { failure: { code: wrong ? 'bad-request' : 'internal', message: problem } })

  deps.put(step, null)
  if (request.problem !== null) return fail(request.problem, true)
  if ('missing' in found) return fail(found.missing, true)
  const tool = found
  const checked = tool.check(request.arguments)
  if (!checked.ok) return fail(`The arguments of ${tool.ref.name} do not fit: ${checked.problem}.`, true)
  const args = checked.arguments

  const hands = (approved: Draft['effects'] | null, by: string, limit: AbortSignal) =>
    createHands(deps.world, {
      step: request.id,
      conversation: request.conversation,
      signal: limit,
      read: request.read,
      approved,
      allowedBy: by,
    })
  try {
    const draft = await within(Math.max(planMs, tool.timeoutMs), signal, (limit) =>
      tool.plan(args, hands(null, 'nobody', limit)),
    )
    change({ words: draft.words })
    const leave = await permit(tool, args, draft, step, request, deps, signal, change)
    if (leave === 'refused') return end('refused', { error: 'The person did not allow this. Do not try it again.' })
    if (leave === 'cancelled') return end('cancelled', { error: 'This was stopped before it was done.' })
    change({ status: 'running', allowedBy: leave })
    deps.used(leave)
    const result = await within(tool.timeoutMs, signal, (limit) =>
      tool.run(args, hands(draft.effects, wordsOf(leave), limit), draft.carry),
    )
    const { told, shown } = present(result)
    const undoable = deps.world.journal.entries(request.id).length > 0
    return end('done', told, false, {
      words: result.words ?? draft.words,
      result: shown,
      undo: undoable ? { state: 'possible', until: now() + undoDays * 86_400_000 } : null,
    })
  } catch (error) {
    if (signal.aborted)
      return end(
        'cancelled',
        { error: 'This was stopped before it was done.' },
        false,
        partlyDone(deps.world, request.id, now()),
      )
    const part = partlyDone(deps.world, request.id, now())
    const status = error instanceof MismatchError ? 'mismatch' : error instanceof ExpiredError ? 'expired' : 'failed'
    const known = error instanceof ToolError
    const failure = known ? ({ code: 'internal', message: error.message } as const) : toFailure(error)
    const problem = cutText(cleanText(failure.message), 1000).text
    return end(status, { error: problem }, false, { ...part, failure: { ...failure, message: problem } })
  }
}

/** Who allowed it; or that nobody did. */
async function permit(
  tool: Tool,
  args: Arguments,
  draft: Draft,
  step: ToolStep,
  request: StepRequest,
  deps: StepDeps,
  signal: AbortSignal,
  change: (part: Partial<ToolStep>) => void,
): Promise<AllowedBy | 'refused' | 'cancelled'> {
  const said = canonical(args)
  const policy = deps.policyOf(tool)
  const answer = decide({
    conversation: request.conversation,
    policy,
    effects: draft.effects,
    rules: deps.rulesOf(tool),
    arguments: said,
    hosts: tool.ref.server === null && tool.group === 'web' ? deps.hosts(request.conversation) : new Set(),
    read: request.read,
    now: deps.now(),
  })
  if (answer.kind === 'never') return 'refused'
  const plan = toPlan(tool.ref, tool.identity, args, draft, answer.kind === 'ask' ? answer.because : [])
  if (answer.kind === 'run') {
    change({ plan })
    return answer.by
  }
  change({ plan, status: 'waiting' })
  const decision = await deps.waiting.ask(step.id, plan.hash, signal)
  if (decision === null) return 'cancelled'
  if (decision.kind === 'refuse') return 'refused'
  return deps.remember(tool, plan, said, decision, request.conversation)
}

/** Runs `work` with a limit of its own, and does not wait for work that ignores it. */
async function within<T>(limitMs: number, signal: AbortSignal, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const tooLong = new ToolError(`It took longer than ${limitMs / 1000} seconds, so it was stopped.`)
  const controller = new AbortController()
  const stop = () => controller.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(() => controller.abort(tooLong), limitMs)
  const ended = new Promise<never>((_, reject) =>
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true }),
  )
  try {
    return await Promise.race([work(controller.signal), ended])
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    ended.catch(() => {}) // raced and lost
  }
}

/** A result as the model reads it and as the screen shows it: clean, bounded, marked with where it came from. */
function present({ value, origins }: ToolResult): { told: Told; shown: ToolStep['result'] } {
  const clean = cleanValue(value) as Record<string, unknown> // an object stays one
  const whole = JSON.stringify(clean)
  let left = toldLimit
  let cut = false
  const shorten = (inner: unknown): unknown => {
    if (typeof inner === 'string') {
      const kept = cutText(inner, Math.max(left, 0))
      left -= inner.length
      cut ||= kept.cut
      return kept.text
    }
    if (Array.isArray(inner)) return inner.map(shorten)
    if (inner !== null && typeof inner === 'object')
      return Object.fromEntries(Object.entries(inner).map(([key, part]) => [key, shorten(part)]))
    return inner
  }
  const told = shorten(clean) as Record<string, unknown>
  const strings = Object.values(clean).filter((part) => typeof part === 'string')
  const text =
    typeof clean.text === 'string'
      ? clean.text
      : strings.length === 1 && Object.keys(clean).length === 1
        ? String(strings[0])
        : whole
  const shown = cutText(text, shownLimit)
  return {
    told,
    shown: { text: shown.text, bytes: Buffer.byteLength(whole), cut: cut || shown.cut, origins: [...origins] },
  }
}

/** A step that was stopped in the middle may have changed something: it can be taken back all the same. */
function partlyDone(world: World, step: StepId, now: number): Partial<ToolStep> {
  return world.journal.entries(step).length === 0
    ? {}
    : { undo: { state: 'possible', until: now + undoDays * 86_400_000 } }
}

function wordsOf(by: AllowedBy): string {
  switch (by.kind) {
    case 'once':
      return 'You, once'
    case 'rule':
      return `You, by a rule: ${by.words}`
    case 'setting':
      return 'You, in Tools'
    case 'free':
      return 'nobody'
  }
}

function textOf(args: unknown): string {
  const text = typeof args === 'string' ? args : (JSON.stringify(args) ?? '')
  return cutText(text.toWellFormed(), 1_000_000).text
}
