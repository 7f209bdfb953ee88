// renderer/testing/fake-host.ts: the engine's side of the contract in memory, for tests and the development page.
// It keeps the rules that the face relies on (ids make a turn idempotent, events are numbered, a reply streams) and
// knows nothing of models: its replies are handed in. Never part of the app.
import type { CommandInput, CommandName, CommandOutput } from '../../engine/contract/commands.ts'
import { commands } from '../../engine/contract/commands.ts'
import type { Digest, Overflow } from '../../engine/contract/context.ts'
import type {
  Conversation,
  ConversationSummary,
  Message,
  SearchHit,
  TurnStats,
} from '../../engine/contract/conversation.ts'
import type { AppEvent } from '../../engine/contract/events.ts'
import { type Failure, HearthError, toFailure } from '../../engine/contract/failure.ts'
import type { ConversationId, MessageId } from '../../engine/contract/ids.ts'
import type { ModelStatus } from '../../engine/contract/model.ts'
import type { Settings } from '../../engine/contract/settings.ts'
import type { TokenMarks } from '../../engine/contract/thread.ts'
import { type Port, protocolVersion, type ToHost, type ToWindow } from '../../engine/contract/wire.ts'
import type { Connect } from '../store/port.ts'

export interface FakeHostOptions {
  readonly model?: ModelStatus
  readonly settings?: Partial<Settings>
  readonly messages?: readonly Message[]
  readonly titles?: Readonly<Record<string, string>>
  /** The pieces of the reply to `text`. */
  readonly reply?: (text: string) => readonly string[]
  /** Commands of a feature, answered by its own fake; they come before the ones here. */
  readonly handlers?: FakeHandlers
  readonly digests?: Readonly<Record<string, Digest>>
  readonly marks?: (message: Message) => TokenMarks | null
  readonly thumbs?: Readonly<Record<string, 'up' | 'down'>>
  /** Runs `task` later. Tests run it by hand. */
  readonly later?: (task: () => void) => void
}

export type FakeHandlers = { [N in CommandName]?: (input: CommandInput<N>) => CommandOutput<N> }

export interface FakeHost {
  readonly connect: Connect
  /** Every call that arrived, oldest first. */
  readonly calls: { readonly command: string; readonly input: unknown }[]
  readonly acks: number[]
  /** Turns in the "database", by the id of their question. */
  readonly messages: Map<MessageId, Message>
  emit(...events: AppEvent[]): void
  setModel(status: ModelStatus): void
  /** The next call of `command` fails with this. */
  failNext(command: CommandName, failure: Failure): void
  /** The next call of `command` is carried out, and its answer never arrives. */
  dropAnswer(command: CommandName): void
  /** The next call of `command` never arrives; it is in `calls` all the same. */
  dropCall(command: CommandName): void
  /** The shell's message that the engine ended; `back` is the new engine's hello. */
  loseEngine(failure: Failure, retryMs: number | null): void
  back(): void
  /** Cuts the connection; with `refuse` no new one opens until `accept`. */
  cut(refuse?: boolean): void
  accept(): void
}

const stats: TurnStats = {
  promptTokens: 412,
  reusedTokens: 371,
  newTokens: 168,
  firstTokenMs: 84,
  totalMs: 1460,
  tokensPerSecond: 122,
}

export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const later = options.later ?? ((task) => setTimeout(task, 30))
  let model: ModelStatus = options.model ?? { state: 'none' }
  let settings: Settings = {
    theme: 'system',
    welcomed: true,
    lastConversation: null,
    modelPath: null,
    restAfterMinutes: 10,
    memory: 'ask',
    thinking: 'auto',
    overflow: 'ask',
    ...options.settings,
  }
  const messages = new Map<MessageId, Message>((options.messages ?? []).map((message) => [message.id, message]))
  const titles = new Map<string, string>(Object.entries(options.titles ?? {}))
  const leaves = new Map<ConversationId, MessageId>() // the newest message of each active branch
  for (const message of messages.values()) leaves.set(message.conversation, message.id)
  const deleted = new Set<ConversationId>()
  const pinned = new Set<ConversationId>()
  const temporary = new Set<ConversationId>()
  const overflows = new Map<ConversationId, Overflow>()
  const digests = new Map<ConversationId, Digest>(Object.entries(options.digests ?? {}) as [ConversationId, Digest][])
  /** Deleted messages, with what followed them, by the message that was deleted. */
  const hidden = new Map<MessageId, readonly Message[]>()
  const failures = new Map<string, Failure>()
  const dropped = new Set<string>()
  const lostCalls = new Set<string>()
  const calls: { readonly command: string; readonly input: unknown }[] = []
  const acks: number[] = []
  let batch = 0
  let toWindow: ((message: ToWindow) => void) | null = null
  let cut = () => {}
  let refusing = false

  const hello: ToWindow = { type: 'hello', protocol: protocolVersion, version: '0.1.0' }
  const emit = (...events: AppEvent[]) => toWindow?.({ type: 'events', batch: batch++, events })

  const siblings = (message: Message) =>
    [...messages.values()]
      .filter((m) => m.conversation === message.conversation && m.parent === message.parent && m.role === message.role)
      .map(({ id }) => id)

  function branch(id: ConversationId): Message[] {
    const line: Message[] = []
    for (let at = leaves.get(id) ?? null; at; at = messages.get(at)?.parent ?? null) {
      const message = messages.get(at)
      if (message) line.unshift({ ...message, siblings: siblings(message) })
    }
    return line
  }

  function summary(id: ConversationId): ConversationSummary {
    const all = [...messages.values()].filter((message) => message.conversation === id)
    if (all.length === 0 && ![...hidden.values()].flat().some((message) => message.conversation === id))
      throw new HearthError('not-found', `There is no chat ${id}.`)
    return {
      id,
      title: titles.get(id) ?? (all[0]?.text ?? '').slice(0, 60),
      createdAt: Math.min(Date.now(), ...all.map(({ createdAt }) => createdAt)),
      updatedAt: Math.max(0, ...all.map(({ createdAt }) => createdAt)),
      messageCount: all.length,
      streaming: all.find(({ status }) => status === 'streaming')?.id ?? null,
      pinned: pinned.has(id),
      temporary: temporary.has(id),
      overflow: overflows.get(id) ?? null,
    }
  }

  function put(message: Message, change: Partial<Message>) {
    const next = { ...(messages.get(message.id) ?? message), ...change }
    messages.set(message.id, next)
    return next
  }

  function stream(reply: Message, pieces: readonly string[]) {
    const turn = { conversation: reply.conversation, reply: reply.id }
    const step = (at: number) => {
      if (messages.get(reply.id)?.status !== 'streaming') return
      const text = pieces[at]
      if (text === undefined) {
        put(reply, { status: 'done', stats })
        emit({ type: 'turn-done', ...turn, stopped: false, stats })
        emit({ type: 'conversation-changed', summary: summary(reply.conversation) })
        return
      }
      put(reply, { text: (messages.get(reply.id)?.text ?? '') + text })
      emit({ type: 'turn-delta', ...turn, text })
      later(() => step(at + 1))
    }
    later(() => step(0))
  }

  function begin(question: Message, id: MessageId, fresh: boolean) {
    const name = model.state === 'ready' ? model.info.name : 'none'
    const reply: Message = {
      id,
      conversation: question.conversation,
      parent: question.id,
      role: 'assistant',
      text: '',
      thought: '',
      status: 'streaming',
      createdAt: Date.now(),
      model: name,
      stats: null,
      failure: null,
      attachments: [],
      context: null,
      siblings: [],
    }
    messages.set(id, reply)
    leaves.set(question.conversation, id)
    const shown = put(reply, { siblings: siblings(reply) })
    const turn = { conversation: question.conversation, reply: id }
    emit({ type: 'turn-start', ...turn, question: fresh ? question : null, message: shown })
    emit({ type: 'conversation-changed', summary: summary(question.conversation) })
    stream(reply, (options.reply ?? ((text) => [`You said: `, text]))(question.text))
  }

  function find(id: MessageId): Message {
    const message = messages.get(id)
    if (!message) throw new HearthError('not-found', `There is no message ${id}.`)
    return message
  }

  const open = (id: ConversationId): Conversation => ({
    summary: summary(id),
    messages: branch(id),
    digest: digests.get(id) ?? null,
  })

  function below(id: MessageId): Message[] {
    const children = [...messages.values()].filter(({ parent }) => parent === id)
    return [find(id), ...children.flatMap((child) => below(child.id))]
  }

  const handlers: FakeHandlers = {
    'app.snapshot': () => ({
      version: '0.1.0',
      settings,
      model,
      conversations: [...new Set([...messages.values()].map(({ conversation }) => conversation))]
        .filter((id) => !deleted.has(id))
        .map(summary)
        .sort((a, b) => b.updatedAt - a.updatedAt),
    }),
    'settings.update': (input) => {
      settings = Object.assign({}, settings, commands['settings.update'].input.parse(input))
      return settings
    },
    'tool.steps': () => ({ steps: [] }),
    'conversation.open': ({ id }) => open(id as ConversationId),
    'conversation.rename': ({ id, title }) => {
      titles.set(id, title)
      return summary(id as ConversationId)
    },
    'conversation.delete': ({ id }) => {
      deleted.add(id as ConversationId)
      return {}
    },
    'conversation.restore': ({ id }) => {
      deleted.delete(id as ConversationId)
      return summary(id as ConversationId)
    },
    'conversation.select': ({ message }) => {
      let at = find(message as MessageId)
      for (;;) {
        const child = [...messages.values()].findLast(({ parent }) => parent === at.id)
        if (!child) break
        at = child
      }
      leaves.set(at.conversation, at.id)
      return open(at.conversation)
    },
    'search.messages': ({ query }) => ({ hits: [...messages.values()].flatMap((message) => hit(message, query)) }),
    'turn.start': (input) => {
      const {
        conversation,
        message,
        reply,
        text,
        instead,
        attachments = [],
        ...more
      } = commands['turn.start'].input.parse(input)
      if (messages.has(message)) return {} // the same start twice is one turn
      if (model.state !== 'ready')
        throw new HearthError('no-model', 'Hearth has no model yet.', 'Choose one in Settings.')
      if (more.temporary) temporary.add(conversation)
      const parent = instead === undefined ? (leaves.get(conversation) ?? null) : find(instead).parent
      const question: Message = {
        id: message,
        conversation,
        parent,
        role: 'user',
        text,
        thought: '',
        status: 'done',
        createdAt: Date.now(),
        model: null,
        stats: null,
        failure: null,
        attachments: attachments.map(({ text: words, ...file }) => ({ ...file, characters: words.length })),
        context: null,
        siblings: [message],
      }
      messages.set(message, question)
      begin(put(question, { siblings: siblings(question) }), reply, true)
      return {}
    },
    'turn.retry': (input) => {
      const { instead, reply } = commands['turn.retry'].input.parse(input)
      begin(find(find(instead).parent as MessageId), reply, false)
      return {}
    },
    'turn.stop': (input) => {
      const { reply } = commands['turn.stop'].input.parse(input)
      const message = find(reply)
      if (message.status !== 'streaming') return {}
      put(message, { status: 'stopped', stats: { ...stats, newTokens: 41 } })
      const turn = { conversation: message.conversation, reply }
      emit({ type: 'turn-done', ...turn, stopped: true, stats: { ...stats, newTokens: 41 } })
      return {}
    },
    'turn.continue': ({ reply }) => {
      const message = put(find(reply as MessageId), { status: 'streaming', failure: null })
      emit({ type: 'turn-start', conversation: message.conversation, reply: message.id, question: null, message })
      stream(message, (options.reply ?? (() => [' And on.']))(message.text))
      return {}
    },
    'message.delete': ({ id }) => {
      const message = find(id as MessageId)
      const gone = below(message.id)
      hidden.set(message.id, gone)
      for (const one of gone) messages.delete(one.id)
      const beside = siblings(message).at(-1)
      if (beside ?? message.parent) leaves.set(message.conversation, (beside ?? message.parent) as MessageId)
      else leaves.delete(message.conversation)
      return open(message.conversation)
    },
    'message.restore': ({ id }) => {
      const back = hidden.get(id as MessageId) ?? []
      hidden.delete(id as MessageId)
      for (const one of back) messages.set(one.id, one)
      const last = back.at(-1)
      if (!last) throw new HearthError('not-found', 'This message is gone and cannot come back.')
      leaves.set(last.conversation, last.id)
      return open(last.conversation)
    },
    'message.marks': ({ id }) => ({ marks: options.marks?.(find(id as MessageId)) ?? null }),
    'conversation.pin': ({ id, pinned: on }) => {
      if (on) pinned.add(id as ConversationId)
      else pinned.delete(id as ConversationId)
      return summary(id as ConversationId)
    },
    'conversation.keep': ({ id }) => {
      temporary.delete(id as ConversationId)
      return summary(id as ConversationId)
    },
    'conversation.overflow': ({ id, overflow }) => {
      if (overflow === null) overflows.delete(id as ConversationId)
      else overflows.set(id as ConversationId, overflow)
      return summary(id as ConversationId)
    },
    'digest.write': ({ conversation }) => {
      const id = conversation as ConversationId
      const upto = branch(id)[1]?.id
      if (upto === undefined) throw new HearthError('bad-request', 'This chat is too short to be summarised.')
      const digest: Digest = { upto, text: 'What was said before, in short.', by: 'model', writing: false }
      digests.set(id, digest)
      emit({ type: 'digest-changed', conversation: id, digest, failure: null })
      return {}
    },
    'digest.edit': ({ conversation, upto, text }) => {
      const digest: Digest = { upto: upto as MessageId, text, by: 'person', writing: false }
      digests.set(conversation as ConversationId, digest)
      emit({ type: 'digest-changed', conversation: conversation as ConversationId, digest, failure: null })
      return digest
    },
    'digest.remove': ({ conversation }) => {
      digests.delete(conversation as ConversationId)
      emit({ type: 'digest-changed', conversation: conversation as ConversationId, digest: null, failure: null })
      return {}
    },
    'archive.export': ({ format }) => ({ name: `Chats.${format}`, type: 'text/plain', text: 'exported' }),
    'archive.import': () => ({ added: [], known: 0 }),
    'feedback.thumbs': () => ({ replies: options.thumbs ?? {} }),
    'feedback.thumb': () => ({}),
    'feedback.copied': () => ({}),
    'model.use': () => ({}),
    ...options.handlers,
  }

  function hit(message: Message, query: string): SearchHit[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    const low = message.text.toLowerCase()
    if (deleted.has(message.conversation) || words.length === 0 || !words.every((word) => low.includes(word))) return []
    const from = Math.max(0, low.indexOf(words[0] ?? '') - 40)
    const excerpt = message.text.slice(from, from + 120)
    const marks = words.flatMap((word): [number, number][] => {
      const at = excerpt.toLowerCase().indexOf(word)
      return at < 0 ? [] : [[at, at + word.length]]
    })
    const { conversation, role, createdAt } = message
    const { title } = summary(conversation)
    return [{ conversation, title, message: message.id, role, createdAt, file: null, excerpt, marks }]
  }

  function handle(message: ToHost, answer: (message: ToWindow) => void) {
    if (message.type === 'ack') {
      acks.push(message.batch)
      return
    }
    const { id, input } = message
    const command = message.command as CommandName
    calls.push({ command, input })
    if (lostCalls.delete(command)) return
    try {
      const failure = failures.get(command)
      if (failure) {
        failures.delete(command)
        throw new HearthError(failure.code, failure.message, failure.remedy)
      }
      const handler = handlers[command] as ((input: unknown) => unknown) | undefined
      if (handler === undefined) throw new HearthError('bad-request', `The fake host has no "${command}".`)
      const output = handler(input)
      if (dropped.delete(command)) return
      answer({ type: 'result', id, output })
    } catch (error) {
      answer({ type: 'failed', id, failure: toFailure(error) })
    }
  }

  return {
    calls,
    acks,
    messages,
    emit,
    connect: async () => {
      if (refusing) throw new Error('refused')
      let listener: (message: unknown) => void = () => {}
      let onClose = () => {}
      const deliver = (message: ToWindow) => queueMicrotask(() => listener(structuredClone(message)))
      toWindow = deliver
      cut = () => {
        toWindow = null
        listener = () => {}
        onClose()
      }
      const port: Port = {
        post: (message) => handle(message as ToHost, deliver),
        onMessage: (next) => {
          listener = next
          deliver(hello)
        },
        onClose: (next) => {
          onClose = next
        },
        close: () => cut(),
      }
      return port
    },
    setModel: (status) => {
      model = status
      emit({ type: 'model-changed', status })
    },
    failNext: (command, failure) => void failures.set(command, failure),
    dropAnswer: (command) => void dropped.add(command),
    dropCall: (command) => void lostCalls.add(command),
    loseEngine: (failure, retryMs) => toWindow?.({ type: 'engine-lost', failure, retryMs }),
    back: () => toWindow?.(hello),
    cut: (refuse = false) => {
      refusing = refuse
      cut()
    },
    accept: () => {
      refusing = false
    },
  }
}
