// engine/tools/tools.ts: all of it put together: which tools there are, what may be called in a turn, and what the person
// does about it on the Tools page and in a chat.
import { join } from 'node:path'
import { HearthError, toFailure } from '../contract/failure.ts'
import { type ConversationId, type MessageId, uuidv7 } from '../contract/ids.ts'
import type { AllowedBy, Origin, Policy, Rule, StepId, ToolRef, ToolStep, ToolsState } from '../contract/tools.ts'
import { createBroker } from '../egress/broker.ts'
import { fetchPage } from '../egress/page.ts'
import type { Pauses } from '../mcp/connection.ts'
import { readConfig } from '../mcp/read-config.ts'
import { createServers, toInfo } from '../mcp/servers.ts'
import type { Told } from '../storage/tool-steps.ts'
import type { ToolStores } from '../storage/tool-stores.ts'
import { createAlarm } from './alarm.ts'
import { type Belt, createBelt } from './belt.ts'
import { createGrantedFiles } from './granted-files.ts'
import { builtInTools, groups } from './groups.ts'
import type { EgressCommandHandlers, ToolsCommandHandlers, ToolsEvent } from './handlers.ts'
import type { MemoryDoor, World } from './hands.ts'
import { mustBeFolder } from './must-be-folder.ts'
import { rehearse } from './rehearsal.ts'
import { createRules } from './rules.ts'
import { runStep, type StepDeps } from './run-step.ts'
import { findSandbox, type Sandbox } from './sandbox.ts'
import { createStepBook } from './step-book.ts'
import { type Tool, ToolError } from './tool.ts'
import { undoStep } from './undo.ts'
import { openUndoJournal, undoDays } from './undo-journal.ts'
import { createWaiting } from './waiting.ts'

export type ToolsDeps = {
  readonly stores: ToolStores
  /** The data folder: what is kept for undoing is in it, and no tool sees it. */
  readonly folder: string
  /** False for a chat that is not written down: its steps are not either. */
  readonly isStored: (conversation: ConversationId) => boolean
  readonly memory: MemoryDoor | null
  readonly emit: (event: ToolsEvent) => void
  readonly log: (event: string, fields: Record<string, unknown>) => void
  readonly now: () => number
  readonly version: string
  /** In tests. */
  readonly sandbox?: Sandbox | null
  readonly resolve?: (host: string) => Promise<readonly { address: string; family: number }[]>
  readonly pauses?: Pauses
  readonly more?: readonly Tool[]
}

export type BeltRequest = {
  readonly conversation: ConversationId
  readonly reply: MessageId
  /** Replies above it on its branch: what they read is in the prompt. */
  readonly before: readonly MessageId[]
  /** Other texts in the prompt that the person did not write, such as attached files. */
  readonly read: readonly Origin[]
  /** The model is small: it is offered little. */
  readonly basic: boolean
}

export type Called = { readonly name: string; readonly arguments: unknown; readonly told: Told }

export type Tools = {
  /** What one reply may call. */
  belt(request: BeltRequest): Belt
  /** What was called for these replies and what the model was told, in order: part of later prompts. */
  calledIn(replies: readonly MessageId[]): ReadonlyMap<MessageId, readonly Called[]>
  readonly commands: ToolsCommandHandlers & EgressCommandHandlers
  /** Resolves when no server runs any more. */
  close(): Promise<void>
}

export function createTools(deps: ToolsDeps): Tools {
  const { stores, folder, now, emit, log } = deps
  const { permissions } = stores
  const found =
    deps.sandbox === undefined
      ? findSandbox()
      : (deps.sandbox ?? { missing: 'There is no sandbox here, so no command is run.' })
  const sandbox = 'missing' in found ? null : found
  const journal = openUndoJournal(join(folder, 'undo'))
  journal.tidy(now() - undoDays * 86_400_000)
  stores.steps.interruptOpen(now())

  const broker = createBroker({
    store: stores.egress,
    now,
    onEntry: (entry) => emit({ type: 'egress-entry', entry }),
    onChange: (state) => emit({ type: 'egress-changed', state }),
    ...(deps.resolve === undefined ? {} : { resolve: deps.resolve }),
  })
  const servers = createServers({
    store: stores.servers,
    permissions,
    broker,
    sandbox,
    version: deps.version,
    now,
    onChange: () => changed(),
    ...(deps.pauses === undefined ? {} : { pauses: deps.pauses }),
  })
  const alarm = createAlarm(stores.reminders, now, (reminder) => {
    emit({ type: 'reminder-due', reminder })
    emit({ type: 'reminders-changed', reminders: stores.reminders.all() })
  })
  const files = createGrantedFiles(permissions.folders, [folder])
  const remindersChanged = () => {
    emit({ type: 'reminders-changed', reminders: stores.reminders.all() })
    alarm.set()
  }
  /** `fetchPage` needs to know in which chat; everything else is the same for all. */
  const worldOf = (conversation: ConversationId): World => ({
    files,
    fetchPage: (url, allowedBy, signal) => fetchPage(broker, url, conversation, allowedBy, signal),
    rehearse: (argv, folder, signal) => {
      if (sandbox === null) throw new ToolError('missing' in found ? found.missing : 'There is no sandbox here.')
      return rehearse(sandbox, argv, folder, signal)
    },
    notes: stores.notes,
    reminders: {
      all: stores.reminders.all,
      add: (reminder) => {
        stores.reminders.add(reminder)
        remindersChanged()
      },
      remove: (id) => {
        const removed = stores.reminders.remove(id)
        if (removed) remindersChanged()
        return removed
      },
    },
    memory: deps.memory,
    callServer: servers.call,
    journal,
    now,
  })

  const book = createStepBook({
    store: stores.steps,
    isStored: deps.isStored,
    emit: (step) => {
      emit({ type: 'tool-step', step })
      if (step.status !== waitingBefore.get(step.id)) {
        const waits = step.status === 'waiting' || waitingBefore.get(step.id) === 'waiting'
        waitingBefore.set(step.id, step.status)
        if (waits) changed()
      }
      if (step.endedAt !== null) waitingBefore.delete(step.id)
    },
  })
  const waitingBefore = new Map<StepId, ToolStep['status']>()
  const waiting = createWaiting()
  const rules = createRules(permissions, now)
  const running = new Map<StepId, AbortController>()

  const all = (): readonly Tool[] => [...builtInTools, ...(deps.more ?? []), ...servers.tools()]
  const toolOf = (ref: ToolRef): Tool | undefined =>
    all().find((tool) => tool.ref.server === ref.server && tool.ref.name === ref.name)
  const policyOf = (tool: Tool): Policy => {
    const chosen = permissions.policy(tool.ref)
    return chosen !== null && tool.policies.includes(chosen) ? chosen : tool.policy
  }
  const isOn = (tool: Tool): boolean => {
    const group = groups.find(({ id }) => id === tool.group)
    return group === undefined || (whyNot(group.id) === null && (permissions.group(group.id) ?? group.enabled))
  }
  const whyNot = (id: ToolsState['groups'][number]['id']): string | null => {
    if (id === 'command' && sandbox === null) return 'missing' in found ? found.missing : null
    if (id === 'memory' && deps.memory === null) return 'Memory is not part of this Hearth.'
    return null
  }
  const currentRules = (): Rule[] => rules.all(({ tool }) => toolOf(tool)?.identity ?? null)
  const state = (): ToolsState => ({
    groups: groups.map(({ enabled, ...group }) => ({
      ...group,
      enabled: whyNot(group.id) === null && (permissions.group(group.id) ?? enabled),
      unavailable: whyNot(group.id),
      tools: builtInTools.filter((tool) => tool.group === group.id).map((tool) => toInfo(tool, policyOf(tool))),
    })),
    servers: servers.list(),
    rules: currentRules(),
    folders: permissions.folders(),
    waiting: book.waiting(),
  })
  let telling = false
  /** Many changes at once are told once. */
  const changed = () => {
    if (telling || closed) return
    telling = true
    setImmediate(() => {
      telling = false
      if (!closed) emit({ type: 'tools-changed', state: state() })
    })
  }
  let closed = false

  const stepDeps = (conversation: ConversationId, find: StepDeps['find']): StepDeps => ({
    world: worldOf(conversation),
    find,
    policyOf,
    rulesOf: (tool) =>
      currentRules().filter(
        (rule) => !rule.paused && rule.tool.server === tool.ref.server && rule.tool.name === tool.ref.name,
      ),
    hosts: (where) => broker.hosts('page', where),
    remember: (tool, plan, _args, decision, where) => {
      const by = rules.keep(tool, policyOf(tool), plan, decision, where)
      changed()
      return by
    },
    used: (by: AllowedBy) => {
      if (by.kind === 'rule') permissions.countUse(by.rule, now())
    },
    waiting,
    put: (step, told) => book.put(step, told),
    now,
  })
  const start = async (request: Parameters<typeof runStep>[0], find: StepDeps['find'], signal: AbortSignal) => {
    const own = new AbortController()
    running.set(request.id, own)
    try {
      const end = await runStep(request, stepDeps(request.conversation, find), AbortSignal.any([signal, own.signal]))
      log('tool', { tool: end.step.tool.server === null ? end.step.tool.name : 'of a server', status: end.step.status })
      return end
    } finally {
      running.delete(request.id)
    }
  }

  const stepOrThrow = (id: StepId) => {
    const stored = book.find(id)
    if (stored === null) throw new HearthError('not-found', 'This step is not there any more.')
    return stored
  }
  const startUndo = (id: StepId) => {
    const { step, told } = stepOrThrow(id)
    if (step.undo?.state !== 'possible' || step.undo.until < now())
      throw new HearthError('not-found', 'There is nothing to take back.')
    const { undo } = step
    undoStep(id, worldOf(step.conversation)).then(
      () => book.put({ ...step, undo: { ...undo, state: 'undone' } }, told),
      (error: unknown) => {
        const known =
          error instanceof ToolError ? { code: 'internal' as const, message: error.message } : toFailure(error)
        book.put({ ...step, undo: { ...undo, state: 'failed' }, failure: known }, told)
      },
    )
  }

  const commands: Tools['commands'] = {
    'tools.state': state,
    'tool.steps': ({ conversation }) => ({ steps: book.ofConversation(conversation).map(({ step }) => step) }),
    'tool.runs': ({ tool, before, limit }) => {
      const steps = stores.steps.latest(tool, before, limit + 1).map(({ step }) => step)
      return { steps: steps.slice(0, limit), more: steps.length > limit }
    },
    'tool.decide': ({ step, hash, decision }) => {
      const { plan } = stepOrThrow(step).step
      if (plan !== null && waiting.hashOf(step) === hash) rules.check(plan, decision)
      if (!waiting.decide(step, hash, decision))
        throw new HearthError(
          'not-found',
          'This does not wait for you any more, or its plan has changed.',
          'Look at the chat again.',
        )
      return {}
    },
    'tool.replan': ({ step: id }) => {
      const { step } = stepOrThrow(id)
      if (step.endedAt === null || step.status === 'done')
        throw new HearthError('not-found', 'This cannot be planned anew.')
      const tool = toolOf(step.tool)
      const read = book.read(step.conversation, null)
      const args: unknown = parseJson(step.arguments)
      void start(
        { ...step, name: step.tool.name, arguments: args, problem: null, read },
        () => tool ?? { missing: 'This tool is not there any more.' },
        new AbortController().signal,
      )
      return {}
    },
    'tool.cancel': ({ step }) => {
      running.get(step)?.abort(new Error('stopped'))
      return {}
    },
    'tool.undo': ({ step }) => {
      startUndo(step)
      return {}
    },
    'tool.set-policy': ({ tool: ref, policy }) => {
      const tool = toolOf(ref)
      if (tool === undefined) throw new HearthError('not-found', 'This tool is not there any more.')
      if (!tool.policies.includes(policy)) throw new HearthError('bad-request', `${tool.title} cannot be set to that.`)
      permissions.setPolicy(ref, policy)
      return toldState()
    },
    'tool.enable-group': ({ group, enabled }) => {
      const reason = whyNot(group)
      if (enabled && reason !== null) throw new HearthError('bad-request', reason)
      permissions.setGroup(group, enabled)
      return toldState()
    },
    'rule.revoke': ({ rule }) => {
      permissions.removeRule(rule)
      return toldState()
    },
    'rule.revoke-all': () => {
      permissions.removeAllRules()
      return toldState()
    },
    'folder.grant': ({ path, access }) => {
      permissions.putFolder({ path: mustBeFolder(path, folder), access, createdAt: now() })
      return toldState()
    },
    'folder.revoke': ({ path }) => {
      permissions.removeFolder(path)
      return toldState()
    },
    'server.add': ({ id, draft }) => after(() => servers.add(id, draft)),
    'server.edit': ({ id, draft }) => after(() => servers.edit(id, draft)),
    'server.enable': ({ id, enabled }) => after(() => servers.enable(id, enabled)),
    'server.remove': ({ id }) => after(() => servers.remove(id)),
    'server.restart': ({ id }) => after(() => servers.restart(id)),
    'server.accept': ({ id }) => after(() => servers.accept(id)),
    'server.log': ({ id }) => ({ lines: [...servers.log(id)] }),
    'server.read-config': ({ text }) => readConfig(text),
    'server.fetch': ({ id, request, what }) => {
      const name = servers.list().find((server) => server.id === id)?.name ?? 'a server'
      const origins: Origin[] = [{ kind: 'server', name }]
      const work =
        what.kind === 'prompt' ? servers.prompt(id, what.name, what.arguments) : servers.resource(id, what.uri)
      work.then(
        (text) => emit({ type: 'server-content', request, text, failure: null, origins }),
        (error: unknown) => emit({ type: 'server-content', request, text: '', failure: toFailure(error), origins }),
      )
      return {}
    },
    'note.list': ({ query }) => ({ notes: stores.notes.find(query, 200) }),
    'note.remove': ({ id }) => {
      stores.notes.remove(id)
      return {}
    },
    'reminder.list': () => ({ reminders: stores.reminders.all() }),
    'reminder.remove': ({ id }) => {
      if (stores.reminders.remove(id)) remindersChanged()
      return {}
    },
    'egress.state': broker.state,
    'egress.log': ({ before, limit }) => broker.log(before, limit),
    'egress.grant': ({ host, purpose, conversation, until }) => {
      broker.grant(host, purpose, conversation, until)
      return broker.state()
    },
    'egress.revoke': ({ id }) => {
      broker.revoke(id)
      return broker.state()
    },
    'egress.revoke-all': () => {
      broker.revokeAll()
      return broker.state()
    },
  }
  const toldState = (): ToolsState => {
    changed()
    return state()
  }
  const after = (work: () => void): ToolsState => {
    work()
    return toldState()
  }

  servers.start()
  alarm.set()
  return {
    belt: (request) =>
      createBelt({
        request,
        offered: () => {
          const folders = permissions.folders().length > 0
          return all().filter(
            (tool) =>
              isOn(tool) &&
              policyOf(tool) !== 'never' &&
              (tool.group !== 'files' || folders) &&
              (!request.basic || tool.basic),
          )
        },
        known: all,
        read: () => [...request.read, ...book.read(request.conversation, [...request.before, request.reply])],
        start: (call, find, signal) =>
          start(
            { ...call, id: uuidv7(now()) as StepId, conversation: request.conversation, reply: request.reply },
            find,
            signal,
          ),
      }),
    calledIn: (replies) =>
      Map.groupBy(
        book
          .ofReplies(replies)
          .flatMap(({ step, told: said }) =>
            said === null
              ? []
              : [{ reply: step.reply, name: step.tool.name, arguments: parseJson(step.arguments), told: said }],
          ),
        ({ reply }) => reply,
      ),
    commands,
    close: async () => {
      closed = true
      for (const own of running.values()) own.abort(new Error('Hearth is closing.'))
      alarm.close()
      await servers.close()
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
