// engine/contract/tools.ts: tools as they cross the port: what there is, what one call means to do, what it did, and
// who allowed it. A call inside a reply is a *step*; the screen is a fold over `tool-step`, which carries the whole step.
import { z } from 'zod'
import { failure } from './failure.ts'
import { conversationId, messageId } from './ids.ts'

export const stepId = z.uuidv7().brand('StepId')
export const ruleId = z.uuidv7().brand('RuleId')
export const serverId = z.uuidv7().brand('ServerId')
export type StepId = z.infer<typeof stepId>
export type RuleId = z.infer<typeof ruleId>
export type ServerId = z.infer<typeof serverId>

/** One tool of one server; `server` is null for what is built in. Two servers may have tools of one name. */
export const toolRef = z.object({ server: serverId.nullable(), name: z.string().min(1).max(128) })
export type ToolRef = z.infer<typeof toolRef>

/** Where a text came from that the person did not write. A turn that has read one may do less without asking. */
export const origin = z.object({
  kind: z.enum(['file', 'web', 'server', 'command', 'note', 'memory']),
  /** A path, a host, a server's name: as it is named to the person. */
  name: z.string(),
})
export type Origin = z.infer<typeof origin>

/** One thing that a call will do or did. Two plans are the same when these are, in order. */
export const effect = z.discriminatedUnion('kind', [
  /** Looks at a file or folder that the person granted. */
  z.object({ kind: z.literal('file-read'), path: z.string() }),
  /** `before` and `after`: SHA-256 of the content, null for none. `to` is where a move ends. */
  z.object({
    kind: z.literal('file-write'),
    path: z.string(),
    action: z.enum(['create', 'change', 'delete', 'move']),
    to: z.string().nullable(),
    before: z.string().nullable(),
    after: z.string().nullable(),
    reversible: z.boolean(),
  }),
  /** `sends`: bytes of what is said besides the address. */
  z.object({
    kind: z.literal('network'),
    host: z.string(),
    method: z.string(),
    sends: z.number().int(),
    reversible: z.boolean(),
  }),
  z.object({
    kind: z.literal('command'),
    argv: z.array(z.string()),
    folder: z.string(),
    /** What a rehearsal on a copy wrote, relative to `folder`; null where it could not be rehearsed. */
    writes: z.array(z.string()).nullable(),
    reversible: z.boolean(),
  }),
  /** A change in Hearth's own store. */
  z.object({
    kind: z.literal('own-data'),
    what: z.enum(['note', 'reminder', 'timer', 'memory']),
    action: z.enum(['add', 'remove']),
    reversible: z.boolean(),
  }),
  /** A call to a server that the person added. It says itself whether it only reads; nobody can check that. */
  z.object({ kind: z.literal('server-call'), server: serverId, claims: z.enum(['reads', 'changes', 'destroys']) }),
  z.object({ kind: z.literal('money'), amount: z.string(), to: z.string() }),
])
export type Effect = z.infer<typeof effect>

/** How the result of a plan is shown before it is run. */
export const preview = z.discriminatedUnion('kind', [
  /** A unified diff without its header; `added` and `removed` count lines. */
  z.object({
    kind: z.literal('diff'),
    path: z.string(),
    text: z.string(),
    added: z.number().int(),
    removed: z.number().int(),
  }),
  z.object({ kind: z.literal('request'), method: z.string(), url: z.string(), body: z.string() }),
  z.object({
    kind: z.literal('command'),
    line: z.string(),
    folder: z.string(),
    writes: z.array(z.string()),
    output: z.string(),
  }),
  /** A note, a reminder, anything of a few named parts. */
  z.object({ kind: z.literal('entry'), title: z.string(), parts: z.array(z.tuple([z.string(), z.string()])) }),
])
export type Preview = z.infer<typeof preview>

/** What a rule covers besides its tool: the same words again, one file, a folder and all in it, one host, or any call. */
export const pattern = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('same'), arguments: z.string() }),
  z.object({ kind: z.literal('file'), path: z.string() }),
  z.object({ kind: z.literal('folder'), path: z.string() }),
  z.object({ kind: z.literal('host'), host: z.string() }),
  z.object({ kind: z.literal('any') }),
])
export type Pattern = z.infer<typeof pattern>

export const plan = z.object({
  /** SHA-256 over tool, arguments and effects: what an approval is of. */
  hash: z.string(),
  /** A question that names the thing: `Change repairs-log.md?` */
  question: z.string(),
  effects: z.array(effect),
  previews: z.array(preview),
  /** Whether it was tried on a copy. */
  rehearsed: z.boolean(),
  /** What `Always…` may be of, narrowest first, with words for each. Empty: this is asked every time. */
  patterns: z.array(z.object({ pattern, words: z.string() })),
  /** Texts this turn has read that could have put the idea into the model's head; named in the question's card. */
  because: z.array(origin),
})
export type Plan = z.infer<typeof plan>

/**
 * `planning`, then maybe `waiting` (for the person), then `running`, then one of the ends. `refused`: the person or a
 * setting said no. `expired`: what the plan was made from has changed. `mismatch`: it would have done something else
 * than the plan, and was stopped. `interrupted`: the process ended.
 */
export const stepStatus = z.enum([
  'planning',
  'waiting',
  'running',
  'done',
  'failed',
  'refused',
  'expired',
  'mismatch',
  'cancelled',
  'interrupted',
])
export type StepStatus = z.infer<typeof stepStatus>

/** Why a step was allowed to run. `free`: it only reads what was granted, or only computes. */
export const allowedBy = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('free') }),
  z.object({ kind: z.literal('once') }),
  z.object({ kind: z.literal('rule'), rule: ruleId, words: z.string() }),
  z.object({ kind: z.literal('setting') }),
])
export type AllowedBy = z.infer<typeof allowedBy>

export const toolStep = z.object({
  id: stepId,
  conversation: conversationId,
  reply: messageId,
  /** Place among the steps of its reply, from 0. */
  index: z.number().int(),
  /** UTF-16 units of the reply's text that stood there when the call was made: where the step is drawn. */
  at: z.number().int(),
  tool: toolRef,
  /** What it does, in a few words for a line of text: `read lease.pdf`, `calculated 12*7`. Past tense once it is done. */
  words: z.string(),
  /** Arguments as JSON text; what the model wrote, where that is not JSON. */
  arguments: z.string(),
  status: stepStatus,
  plan: plan.nullable(),
  allowedBy: allowedBy.nullable(),
  /** What the model was told, cleaned of control characters and cut to a few thousand characters. */
  result: z
    .object({ text: z.string(), bytes: z.number().int(), cut: z.boolean(), origins: z.array(origin) })
    .nullable(),
  failure: failure.nullable(),
  /** Unix milliseconds. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** `until`: unix milliseconds after which it cannot be undone. Null where nothing can be. */
  undo: z.object({ state: z.enum(['possible', 'undone', 'failed']), until: z.number() }).nullable(),
})
export type ToolStep = z.infer<typeof toolStep>

/** What a tool may do by itself: nothing, after asking, after asking once in each chat, or always. */
export const policy = z.enum(['never', 'ask', 'chat', 'always'])
export type Policy = z.infer<typeof policy>

export const toolInfo = z.object({
  tool: toolRef,
  title: z.string(),
  description: z.string(),
  /** JSON Schema of its arguments. */
  parameters: z.unknown(),
  /** `Reads only`, `Writes, can be undone for 30 days`… */
  effects: z.string(),
  policy,
  /** The policies that may be chosen for it. One: it is fixed. */
  policies: z.array(policy),
})
export type ToolInfo = z.infer<typeof toolInfo>

export const groupId = z.enum(['sums', 'notes', 'reminders', 'memory', 'files', 'web', 'command'])
export type GroupId = z.infer<typeof groupId>

/** Built-in tools that are switched on and off together. */
export const toolGroup = z.object({
  id: groupId,
  title: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  /** Why it cannot be switched on here, or null. */
  unavailable: z.string().nullable(),
  tools: z.array(toolInfo),
})
export type ToolGroup = z.infer<typeof toolGroup>

export const rule = z.object({
  id: ruleId,
  tool: toolRef,
  pattern,
  /** `Change files in ~/Documents/Flat without asking`. */
  words: z.string(),
  /** Null: in every chat. */
  conversation: conversationId.nullable(),
  createdAt: z.number(),
  until: z.number().nullable(),
  uses: z.number().int(),
  lastUsedAt: z.number().nullable(),
  /** True while its server is not the one it was made for. */
  paused: z.boolean(),
})
export type Rule = z.infer<typeof rule>

export const folderGrant = z.object({ path: z.string(), access: z.enum(['read', 'write']), createdAt: z.number() })
export type FolderGrant = z.infer<typeof folderGrant>

/** Values of variables and headers stay in the engine: names go out; on the way in, null keeps the value that is there. */
export const serverTransport = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stdio'),
    command: z.string().min(1).max(4096),
    arguments: z.array(z.string().max(32_768)).max(256),
    folder: z.string().nullable(),
    environment: z.record(z.string(), z.string().nullable()),
    /** False: it runs without a network where the system can do that. */
    network: z.boolean(),
  }),
  z.object({
    kind: z.literal('http'),
    url: z.url({ protocol: /^https?$/ }),
    headers: z.record(z.string(), z.string().nullable()),
  }),
])
export type ServerTransport = z.infer<typeof serverTransport>

/**
 * `off`, `starting`, `ready`; `waiting`: it failed and is started again at `retryAt`; `failed`: it is not tried again
 * by itself; `changed`: its tools are not those that were approved, so none of them runs until the person has looked.
 */
export const serverState = z.enum(['off', 'starting', 'ready', 'waiting', 'failed', 'changed'])

export const server = z.object({
  id: serverId,
  name: z.string(),
  transport: serverTransport,
  enabled: z.boolean(),
  state: serverState,
  failure: failure.nullable(),
  retryAt: z.number().nullable(),
  /** What it calls itself. */
  title: z.string().nullable(),
  version: z.string().nullable(),
  tools: z.array(toolInfo),
  prompts: z.array(z.object({ name: z.string(), description: z.string(), arguments: z.array(z.string()) })),
  resources: z.array(z.object({ uri: z.string(), name: z.string(), kind: z.string().nullable() })),
  /** Since when its tools have been the same. */
  approvedAt: z.number().nullable(),
  /** What is different from what was approved, a line each; empty unless `changed`. */
  changes: z.array(z.string()),
})
export type Server = z.infer<typeof server>

export const serverDraft = z.object({ name: z.string().trim().min(1).max(80), transport: serverTransport })
export type ServerDraft = z.infer<typeof serverDraft>

export const reminder = z.object({
  id: z.uuidv7(),
  kind: z.enum(['reminder', 'timer']),
  text: z.string(),
  /** As the person or the model said it. */
  when: z.string(),
  /** Unix milliseconds; null where the words name no time that is understood. */
  dueAt: z.number().nullable(),
  createdAt: z.number(),
  /** When it was shown as due; null before. */
  shownAt: z.number().nullable(),
})
export type Reminder = z.infer<typeof reminder>

export const note = z.object({ id: z.uuidv7(), text: z.string(), createdAt: z.number(), origins: z.array(origin) })
export type Note = z.infer<typeof note>

/** Everything the Tools page shows except the runs and the connections. */
export const toolsState = z.object({
  groups: z.array(toolGroup),
  servers: z.array(server),
  rules: z.array(rule),
  folders: z.array(folderGrant),
  /** Steps that wait for the person, oldest first, of all chats. */
  waiting: z.array(toolStep),
})
export type ToolsState = z.infer<typeof toolsState>

/** The answer to a step that waits. `hash` is of the plan that was on screen: another one is not run. */
export const decision = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once') }),
  /** This tool and the narrowest pattern, in this chat. */
  z.object({ kind: z.literal('chat') }),
  z.object({
    kind: z.literal('always'),
    pattern,
    conversation: conversationId.nullable(),
    /** Unix milliseconds; null: until it is revoked. */
    until: z.number().nullable(),
  }),
  z.object({ kind: z.literal('refuse') }),
])
export type Decision = z.infer<typeof decision>

const none = z.object({})
const state = toolsState

export const toolsCommands = {
  'tools.state': { input: none, output: state },

  /** All steps of a conversation, in order, those in flight too. */
  'tool.steps': { input: z.object({ conversation: conversationId }), output: z.object({ steps: z.array(toolStep) }) },
  /** Steps of all chats, newest first. `before`: the `id` of the last one seen. */
  'tool.runs': {
    input: z.object({
      tool: toolRef.nullable().default(null),
      before: stepId.nullable().default(null),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    output: z.object({ steps: z.array(toolStep), more: z.boolean() }),
  },
  /** Fails with `not-found` when the step waits no more, or waits with another plan. */
  'tool.decide': { input: z.object({ step: stepId, hash: z.string(), decision }), output: none },
  /** Makes the plan of a step that ended `expired`, `mismatch` or `failed` anew, outside its turn, and waits again. */
  'tool.replan': { input: z.object({ step: stepId }), output: none },
  /** Ends one step as `cancelled`; the reply goes on and the model is told. Harmless when it has ended. */
  'tool.cancel': { input: z.object({ step: stepId }), output: none },
  /** Takes back what a step did. Fails with `not-found` where nothing can be; the outcome comes as `tool-step`. */
  'tool.undo': { input: z.object({ step: stepId }), output: none },

  'tool.set-policy': { input: z.object({ tool: toolRef, policy }), output: state },
  'tool.enable-group': { input: z.object({ group: groupId, enabled: z.boolean() }), output: state },
  'rule.revoke': { input: z.object({ rule: ruleId }), output: state },
  'rule.revoke-all': { input: none, output: state },
  /** Fails with `bad-request` for a folder that is missing, or holds Hearth's own data. */
  'folder.grant': {
    input: z.object({ path: z.string().min(1).max(4096), access: folderGrant.shape.access }),
    output: state,
  },
  'folder.revoke': { input: z.object({ path: z.string() }), output: state },

  /** Added servers are switched off until `server.enable`. */
  'server.add': { input: z.object({ id: serverId, draft: serverDraft }), output: state },
  'server.edit': { input: z.object({ id: serverId, draft: serverDraft }), output: state },
  'server.enable': { input: z.object({ id: serverId, enabled: z.boolean() }), output: state },
  'server.remove': { input: z.object({ id: serverId }), output: state },
  'server.restart': { input: z.object({ id: serverId }), output: state },
  /** Accepts what a server has become. Its rules stay gone; they were made for another one. */
  'server.accept': { input: z.object({ id: serverId }), output: state },
  /** The last lines that it wrote, and what happened to it, oldest first. */
  'server.log': {
    input: z.object({ id: serverId }),
    output: z.object({ lines: z.array(z.object({ at: z.number(), text: z.string() })) }),
  },
  /** Reads the text of an `mcp.json` (Claude, LM Studio) and answers what is in it; nothing is added. */
  'server.read-config': {
    input: z.object({ text: z.string().max(1_000_000) }),
    output: z.object({ drafts: z.array(serverDraft), problems: z.array(z.string()) }),
  },
  /** Gets a prompt or a resource of a server; the text comes as `server-content` under the same `request`. */
  'server.fetch': {
    input: z.object({
      id: serverId,
      request: z.uuidv7(),
      what: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('prompt'), name: z.string(), arguments: z.record(z.string(), z.string()) }),
        z.object({ kind: z.literal('resource'), uri: z.string() }),
      ]),
    }),
    output: none,
  },

  'note.list': {
    input: z.object({ query: z.string().max(500).default('') }),
    output: z.object({ notes: z.array(note) }),
  },
  'note.remove': { input: z.object({ id: z.uuidv7() }), output: none },
  'reminder.list': { input: none, output: z.object({ reminders: z.array(reminder) }) },
  /** It has been seen, or is not wanted any more. */
  'reminder.remove': { input: z.object({ id: z.uuidv7() }), output: none },
} as const

export const toolsEvents = [
  /** A step began or changed. Later events of one step replace earlier ones. */
  z.object({ type: z.literal('tool-step'), step: toolStep }),
  /** Anything of the Tools page changed, runs and connections apart. */
  z.object({ type: z.literal('tools-changed'), state: toolsState }),
  /** The time of a reminder or timer has come: to be shown as a notification. */
  z.object({ type: z.literal('reminder-due'), reminder }),
  z.object({ type: z.literal('reminders-changed'), reminders: z.array(reminder) }),
  z.object({
    type: z.literal('server-content'),
    request: z.uuidv7(),
    text: z.string(),
    failure: failure.nullable(),
    origins: z.array(origin),
  }),
] as const
