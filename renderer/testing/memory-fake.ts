// renderer/testing/memory-fake.ts: the engine's side of memory in memory: it lists, changes, merges and forgets by the
// rules that the face relies on. It reads nothing and ranks nothing. Never part of the app.
import type { AppEvent } from '../../engine/contract/events.ts'
import { HearthError } from '../../engine/contract/failure.ts'
import { type ConversationId, type MessageId, uuidv7 } from '../../engine/contract/ids.ts'
import {
  type Confidence,
  type Evidence,
  type ForgetLine,
  type ForgetReceipt,
  type ForgetStore,
  type HeardAct,
  type Memory,
  type MemoryId,
  memoryCommands,
  type UsedMemory,
} from '../../engine/contract/memory.ts'
import type { FakeHandlers } from './fake-host.ts'

export interface FakeMemory {
  readonly memory: Memory
  readonly evidence: readonly Evidence[]
}

export interface MemoryFakeOptions {
  readonly memories?: readonly FakeMemory[]
  readonly duplicates?: readonly (readonly MemoryId[])[]
  /** The chips, by reply. */
  readonly used?: Readonly<Record<string, { readonly conversation: ConversationId; readonly memories: UsedMemory[] }>>
  /** What messages did to memory before this window was opened. */
  readonly heard?: readonly HeardAct[]
  readonly receipts?: readonly ForgetReceipt[]
  /** Why search goes by words only; null: it goes by meaning too. */
  readonly noMeaning?: string | null
  /** Stores that still answer after a forget, the first time. */
  readonly leftovers?: readonly ForgetStore[]
  /** Runs `task` later. Tests run it by hand. */
  readonly later?: (task: () => void) => void
}

export interface MemoryFake {
  readonly handlers: FakeHandlers
  /** Where events go, once there is a host. */
  attach(emit: (...events: AppEvent[]) => void): void
  readonly memories: ReadonlyMap<MemoryId, FakeMemory>
}

export const sure = (alpha: number, beta = 1): Confidence => {
  const mean = alpha / (alpha + beta)
  return { alpha, beta, mean, words: mean > 0.78 ? 'very sure' : mean > 0.62 ? 'fairly sure' : 'a guess' }
}

/** A memory with defaults: said once, believed, everywhere. */
export function fakeMemory(text: string, change: Partial<Memory> = {}, evidence: readonly Evidence[] = []): FakeMemory {
  return {
    memory: {
      id: uuidv7() as MemoryId,
      kind: 'fact',
      key: null,
      text,
      statement: text,
      scope: { type: 'everywhere' },
      status: 'active',
      origin: 'typed',
      confidence: sure(2 + 2 * Math.max(1, evidence.length)),
      halfLifeDays: null,
      expiresAt: null,
      pinned: false,
      evidenceCount: evidence.length,
      replacedBy: null,
      against: null,
      createdAt: Date.now(),
      updatedAt: Date.now(),
      lastUsedAt: null,
      useCount: 0,
      ...change,
    },
    evidence,
  }
}

/** Words of a message, with what counts in them. */
export function said(
  quote: string,
  words: string,
  where: { readonly message: MessageId; readonly conversation: ConversationId; readonly title: string } | null,
  at: number,
): Evidence {
  const start = quote.indexOf(words)
  if (start < 0) throw new Error(`expected “${words}” in “${quote}”`)
  const mark: [number, number] = [start, start + words.length]
  return {
    message: where?.message ?? null,
    conversation: where?.conversation ?? null,
    title: where?.title ?? null,
    start: mark[0],
    end: mark[1],
    quote,
    mark,
    speaks: 'for',
    at,
  }
}

const none = {}

export function createMemoryFake(options: MemoryFakeOptions = {}): MemoryFake {
  const later = options.later ?? ((task) => setTimeout(task, 90))
  const memories = new Map<MemoryId, FakeMemory>((options.memories ?? []).map((one) => [one.memory.id, one]))
  const undone = new Set<string>()
  const receipts = new Map<string, ForgetReceipt>((options.receipts ?? []).map((receipt) => [receipt.id, receipt]))
  let leftovers = options.leftovers ?? []
  let emit: (...events: AppEvent[]) => void = () => {}
  const changed = (...ids: MemoryId[]) => emit({ type: 'memory-changed', memories: ids })

  function find(id: MemoryId): FakeMemory {
    const one = memories.get(id)
    if (!one) throw new HearthError('not-found', 'This memory is not there any more.', 'It was forgotten or merged.')
    return one
  }
  function put(id: MemoryId, change: Partial<Memory>): Memory {
    const one = find(id)
    const memory = { ...one.memory, ...change, updatedAt: Date.now() }
    memories.set(id, { ...one, memory })
    changed(id)
    return memory
  }
  const inTab = (tab: string, { status }: Memory) =>
    tab === 'held'
      ? status === 'held'
      : tab === 'replaced'
        ? status === 'replaced'
        : tab === 'disputed'
          ? status === 'disputed'
          : status === 'active' || status === 'disputed' || status === 'expired' || status === 'leaving'
  const all = () => [...memories.values()].map(({ memory }) => memory)

  function linesOf(ids: readonly MemoryId[]): ForgetLine[] {
    const gone = ids.flatMap((id) => memories.get(id) ?? [])
    const evidence = gone.flatMap((one) => one.evidence)
    const uses = gone.reduce((sum, { memory }) => sum + memory.useCount, 0)
    const line = (store: ForgetStore, verb: ForgetLine['verb'], count: number, note: string | null = null) =>
      count === 0 ? [] : [{ store, verb, count, note }]
    return [
      ...line('memory', 'removed', gone.length),
      ...line('evidence', 'removed', evidence.length),
      ...line('index', 'removed', gone.length),
      ...line('vectors', 'removed', gone.length),
      ...line('uses', 'removed', uses),
      ...line('traces', 'rewritten', uses),
      ...line('snapshots', 'rebuilt', Math.min(2, uses), 'When each chat goes on, about 4 s.'),
      ...line('drafts', 'removed', 3 * uses),
      ...line('messages', 'kept', new Set(evidence.flatMap(({ message }) => message ?? [])).size),
    ]
  }

  function forget(run: string, ids: readonly MemoryId[]) {
    const lines = linesOf(ids)
    const id = run as ForgetReceipt['id']
    const step = (at: number) => {
      const line = lines[at]
      if (line) {
        emit({ type: 'forget-step', run: id, line })
        later(() => step(at + 1))
        return
      }
      const left = leftovers
      leftovers = []
      if (left.length === 0) for (const one of ids) memories.delete(one)
      const stores: readonly ForgetStore[] = [
        'memory',
        'evidence',
        'index',
        'vectors',
        'uses',
        'traces',
        'snapshots',
        'drafts',
      ]
      const receipt: ForgetReceipt = {
        id,
        at: Date.now(),
        memories: ids.length,
        lines,
        checks: [
          ...stores.map((store) => ({ store, passed: !left.includes(store), found: left.includes(store) ? 3 : 0 })),
          { store: 'pages', passed: true, found: 0 },
        ],
        complete: left.length === 0,
      }
      receipts.set(run, receipt)
      emit({ type: 'forget-done', run: id, receipt })
      changed(...ids)
    }
    later(() => step(0))
  }

  const handlers: FakeHandlers = {
    'memory.list': (input) => {
      const { tab, query } = memoryCommands['memory.list'].input.parse(input)
      const words = query.toLowerCase().split(/\s+/).filter(Boolean)
      const count = (wanted: string) => all().filter((memory) => inTab(wanted, memory)).length
      return {
        memories: all()
          .filter((memory) => inTab(tab, memory) && words.every((word) => memory.text.toLowerCase().includes(word)))
          .sort((a, b) => Number(b.pinned) - Number(a.pinned)),
        counts: { all: count('all'), held: count('held'), replaced: count('replaced'), disputed: count('disputed') },
        meaning: { on: (options.noMeaning ?? null) === null, reason: options.noMeaning ?? null },
      }
    },
    'memory.open': ({ id }) => {
      const { memory, evidence } = find(id as MemoryId)
      const uses = Object.entries(options.used ?? {}).flatMap(([reply, one]) =>
        one.memories.some((used) => used.memory === id)
          ? [
              {
                reply: reply as MessageId,
                conversation: one.conversation,
                title: 'Letter to Mr Okafor',
                at: Date.now(),
              },
            ]
          : [],
      )
      return {
        memory,
        evidence: [...evidence],
        history: all().filter(({ replacedBy }) => replacedBy === id),
        uses,
      }
    },
    'memory.add': (input) => {
      const { id, text, kind, scope } = memoryCommands['memory.add'].input.parse(input)
      const known = all().find((memory) => memory.text.toLowerCase() === text.toLowerCase())
      if (known) return known
      const one = fakeMemory(text, { id, kind: kind ?? 'fact', scope }, [said(text, text, null, Date.now())])
      memories.set(id, { ...one, memory: { ...one.memory, evidenceCount: 0 } })
      changed(id)
      return one.memory
    },
    'memory.update': (input) => {
      const { id, change } = memoryCommands['memory.update'].input.parse(input)
      const before = find(id).memory
      if (change.text !== undefined && change.text !== before.text) {
        const older = { ...before, id: uuidv7() as MemoryId, status: 'replaced' as const, replacedBy: id }
        memories.set(older.id, { memory: { ...older, updatedAt: Date.now() }, evidence: [] })
      }
      const { expiresAt, ...rest } = Object.fromEntries(
        Object.entries(change).filter(([, value]) => value !== undefined),
      ) as Partial<Memory>
      return put(id, { ...rest, ...(expiresAt === undefined ? {} : { expiresAt }) })
    },
    'memory.merge': (input) => {
      const { into, from } = memoryCommands['memory.merge'].input.parse(input)
      const moved = from.flatMap((id) => find(id).evidence)
      for (const id of from) put(id, { status: 'replaced', replacedBy: into })
      const target = find(into)
      memories.set(into, { ...target, evidence: [...target.evidence, ...moved] })
      return put(into, { evidenceCount: target.evidence.length + moved.length })
    },
    'memory.duplicates': () => ({
      groups: (options.duplicates ?? []).flatMap((ids) => {
        const group = ids.flatMap((id) => memories.get(id)?.memory ?? []).filter(({ status }) => status === 'active')
        return group.length > 1 ? [group] : []
      }),
    }),
    'memory.accept': ({ id }) => put(id as MemoryId, { status: 'active', origin: 'typed' }),
    'memory.resolve': (input) => {
      const { disputed, keep } = memoryCommands['memory.resolve'].input.parse(input)
      const { against } = find(disputed).memory
      const sides = [disputed, ...(against ? [against] : [])]
      return {
        memories: sides.map((id) =>
          keep === null || keep === id
            ? put(id, { status: 'active', against: null })
            : put(id, { status: 'replaced', against: null, replacedBy: keep }),
        ),
      }
    },
    'memory.judge': (input) => {
      const { id, right } = memoryCommands['memory.judge'].input.parse(input)
      const { alpha, beta } = find(id).memory.confidence
      return put(id, { confidence: right ? sure(alpha + 2, beta) : sure(alpha, beta + 2) })
    },
    'memory.undo': ({ act }) => {
      undone.add(act)
      return none
    },
    'memory.used': ({ conversation }) => ({
      replies: Object.fromEntries(
        Object.entries(options.used ?? {}).flatMap(([reply, one]) => {
          const left = one.memories
            .filter(({ memory }) => memories.has(memory))
            .map((used) => ({ ...used, text: memories.get(used.memory)?.memory.text ?? used.text }))
          return one.conversation === conversation && left.length > 0 ? [[reply, left]] : []
        }),
      ),
      heard: (options.heard ?? []).filter(({ act }) => !undone.has(act)),
    }),
    'memory.pause': () => none,
    'memory.paused': () => ({ paused: false }),
    'memory.forgetPlan': (input) => {
      const ids = memoryCommands['memory.forgetPlan'].input.parse(input).memories
      const evidence = ids.flatMap((id) => memories.get(id)?.evidence ?? [])
      return {
        memories: ids,
        lines: linesOf(ids),
        messages: evidence.flatMap(({ message, conversation, title }) =>
          message && conversation ? [{ message, conversation, title: title ?? '' }] : [],
        ),
      }
    },
    'memory.forget': (input) => {
      const { run, memories: ids } = memoryCommands['memory.forget'].input.parse(input)
      if (receipts.get(run)?.complete !== true) forget(run, ids)
      return none
    },
    'memory.receipts': () => ({ receipts: [...receipts.values()].sort((a, b) => b.at - a.at) }),
  }
  return {
    handlers,
    memories,
    attach: (to) => {
      emit = to
    },
  }
}
