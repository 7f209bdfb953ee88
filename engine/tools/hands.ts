// engine/tools/hands.ts: all that a tool can touch. While it plans, its hands only look. While it runs, they do what is in
// the approved effects, each once, and refuse anything else. Every way in which a tool could act is in this file.
import type { ConversationId } from '../contract/ids.ts'
import { uuidv7 } from '../contract/ids.ts'
import type { Effect, Note, Origin, Reminder, StepId, ToolRef } from '../contract/tools.ts'
import type { Page } from '../egress/page.ts'
import type { GrantedFiles } from './granted-files.ts'
import { sameEffect, sha256 } from './plan.ts'
import type { Rehearsal } from './rehearsal.ts'
import { MismatchError, ToolError } from './tool.ts'
import type { UndoJournal } from './undo-journal.ts'

/** What the memory of the assistant offers to a tool; null where there is none. */
export type MemoryDoor = {
  /** Answers the id of what was stored. `origins`: texts that were read before; such a memory is held back. */
  remember(fact: string, where: ConversationId, origins: readonly Origin[]): string
  forget(id: string): void
}

/** The world as it is, before any permission. */
export type World = {
  readonly files: GrantedFiles
  /** One GET of one address; `allowedBy` goes into the log. */
  readonly fetchPage: (url: URL, allowedBy: string, signal: AbortSignal) => Promise<Page>
  readonly rehearse: (argv: readonly string[], folder: string, signal: AbortSignal) => Promise<Rehearsal>
  readonly notes: {
    add(note: Note): void
    find(query: string, limit: number): readonly Note[]
    remove(id: string): boolean
  }
  readonly reminders: { add(reminder: Reminder): void; all(): readonly Reminder[]; remove(id: string): boolean }
  readonly memory: MemoryDoor | null
  readonly callServer: (tool: ToolRef, identity: string, args: unknown, signal: AbortSignal) => Promise<unknown>
  readonly journal: UndoJournal
  readonly now: () => number
}

export type HandsRequest = {
  readonly step: StepId
  readonly conversation: ConversationId
  readonly signal: AbortSignal
  /** Texts that this turn has read. */
  readonly read: readonly Origin[]
  /** Null while it plans. */
  readonly approved: readonly Effect[] | null
  /** Who allowed it, for the log of connections. */
  readonly allowedBy: string
}

export type Hands = {
  readonly signal: AbortSignal
  readonly now: () => number
  readonly read: readonly Origin[]
  readonly files: Pick<GrantedFiles, 'locate' | 'read' | 'readIfAny' | 'list' | 'walk' | 'shown'> & {
    put(path: string, bytes: Uint8Array, before: string | null): Promise<void>
    remove(path: string, before: string): Promise<void>
    move(from: string, to: string, before: string): Promise<void>
  }
  readonly notes: { find: World['notes']['find']; add(text: string): Note }
  readonly reminders: {
    all: World['reminders']['all']
    add(reminder: Omit<Reminder, 'id' | 'createdAt' | 'shownAt'>): Reminder
  }
  /** Throws `ToolError` where there is no memory. */
  remember(fact: string): void
  fetchPage(url: URL): Promise<Page>
  rehearse(argv: readonly string[], folder: string): Promise<Rehearsal>
  callServer(tool: ToolRef, identity: string, args: unknown, claims: 'reads' | 'changes' | 'destroys'): Promise<unknown>
  /** Claims an effect that another hand carries out piece by piece. */
  claim(effect: Effect): void
}

export function createHands(world: World, request: HandsRequest): Hands {
  const { step, conversation, signal, read, approved, allowedBy } = request
  const left = approved === null ? null : [...approved]

  const claim = (effect: Effect) => {
    signal.throwIfAborted()
    if (left === null) throw new MismatchError('A plan looks and changes nothing, but this one tried to act.')
    const at = left.findIndex((candidate) => sameEffect(candidate, effect))
    if (at < 0) throw new MismatchError(`${namesOf(effect)} was not in the plan, so it was stopped.`)
    left.splice(at, 1)
  }
  const write = (
    path: string,
    action: 'create' | 'change' | 'delete' | 'move',
    to: string | null,
    before: string | null,
    after: string | null,
  ) => claim({ kind: 'file-write', path, action, to, before, after, reversible: true })
  /** Kept before it is changed; what is there now must be what was planned from, which `files` checks again. */
  const keep = async (path: string, after: string | null) =>
    world.journal.keepFile(step, path, await world.files.readIfAny(path, 100_000_000), after)

  return {
    signal,
    now: world.now,
    read,
    claim,
    files: {
      locate: world.files.locate,
      read: world.files.read,
      readIfAny: world.files.readIfAny,
      list: world.files.list,
      walk: world.files.walk,
      shown: world.files.shown,
      put: async (path, bytes, before) => {
        const after = sha256(bytes)
        write(path, before === null ? 'create' : 'change', null, before, after)
        await world.files.locate(path, 'write')
        await keep(path, after)
        await world.files.put(path, bytes, before)
      },
      remove: async (path, before) => {
        write(path, 'delete', null, before, null)
        await world.files.locate(path, 'write')
        await keep(path, null)
        await world.files.remove(path, before)
      },
      move: async (from, to, before) => {
        write(from, 'move', to, before, before)
        await world.files.locate(from, 'write')
        await world.files.locate(to, 'write')
        await keep(to, before)
        await keep(from, null)
        await world.files.move(from, to, before)
      },
    },
    notes: {
      find: world.notes.find,
      add: (text) => {
        claim(ownData('note', 'add'))
        const note: Note = { id: uuidv7(world.now()), text, createdAt: world.now(), origins: [...read] }
        world.journal.keepRow(step, { kind: 'note', id: note.id })
        world.notes.add(note)
        return note
      },
    },
    reminders: {
      all: world.reminders.all,
      add: (wanted) => {
        claim(ownData(wanted.kind, 'add'))
        const reminder: Reminder = { ...wanted, id: uuidv7(world.now()), createdAt: world.now(), shownAt: null }
        world.journal.keepRow(step, { kind: 'reminder', id: reminder.id })
        world.reminders.add(reminder)
        return reminder
      },
    },
    remember: (fact) => {
      if (world.memory === null)
        throw new ToolError('Memory is switched off. The person can switch it on under Memory.')
      claim(ownData('memory', 'add'))
      const id = world.memory.remember(fact, conversation, read)
      world.journal.keepRow(step, { kind: 'memory', id })
    },
    fetchPage: (url) => {
      claim(pageEffect(url))
      return world.fetchPage(url, allowedBy, signal)
    },
    rehearse: (argv, folder) => {
      if (left !== null) throw new MismatchError('What was rehearsed is applied, not run again.')
      return world.rehearse(argv, folder, signal)
    },
    callServer: async (tool, identity, args, claims) => {
      if (tool.server === null) throw new ToolError('A tool of a server was expected.')
      claim({ kind: 'server-call', server: tool.server, claims })
      return world.callServer(tool, identity, args, signal)
    },
  }
}

export const ownData = (what: 'note' | 'reminder' | 'timer' | 'memory', action: 'add' | 'remove'): Effect => ({
  kind: 'own-data',
  what,
  action,
  reversible: true,
})

export const pageEffect = (url: URL): Effect => ({
  kind: 'network',
  host: url.host,
  method: 'GET',
  sends: url.pathname.length + url.search.length,
  reversible: false,
})

function namesOf(effect: Effect): string {
  switch (effect.kind) {
    case 'file-read':
      return `Reading ${effect.path}`
    case 'file-write':
      return `Changing ${effect.path}`
    case 'network':
      return `A connection to ${effect.host}`
    case 'command':
      return `Running ${effect.argv[0] ?? 'a command'}`
    case 'own-data':
      return `A ${effect.what}`
    case 'server-call':
      return 'A call to a server'
    case 'money':
      return 'A payment'
  }
}
