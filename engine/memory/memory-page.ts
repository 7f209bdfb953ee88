// engine/memory/memory-page.ts: what the memory page and the command line ask: lists, evidence, changes by hand.
import type { z } from 'zod'
import type { CommandName, CommandOutput, Commands } from '../contract/commands.ts'
import { HearthError } from '../contract/failure.ts'
import {
  type Evidence,
  type HeardAct,
  heardAct,
  type Memory,
  type MemoryEvent,
  type MemoryId,
} from '../contract/memory.ts'
import type { StoredMemory } from '../storage/memories.ts'
import type { StoredAct, StoredEvidence } from '../storage/memory-evidence.ts'
import type { MindStores } from '../storage/mind-stores.ts'
import { type Beliefs, toMemory, writtenFact } from './beliefs.ts'
import { isDuplicate } from './duplicates.ts'
import type { Embedder } from './embedder.ts'
import type { Recall } from './recall.ts'

export type MemoryPageDeps = {
  readonly stores: Pick<MindStores, 'memories' | 'evidence'>
  readonly beliefs: Beliefs
  readonly recall: Recall
  readonly embedder: Embedder | null
  readonly emit: (event: MemoryEvent) => void
  readonly now: () => number
}

/** A command's input as the host has parsed it. */
type In<N extends CommandName> = z.output<Commands[N]['input']>

const tabs = {
  all: ['active', 'disputed', 'leaving'],
  held: ['held'],
  replaced: ['replaced'],
  disputed: ['disputed'],
} as const satisfies Record<string, readonly StoredMemory['status'][]>

/** Throws `HearthError` `not-found`, `bad-request`. */
export function createMemoryPage({ stores, beliefs, recall, embedder, emit, now }: MemoryPageDeps) {
  const { memories, evidence } = stores
  const show = (row: StoredMemory): Memory => toMemory(row, now())
  const found = (id: MemoryId): StoredMemory => {
    const row = memories.find(id)
    if (row === null) throw new HearthError('not-found', 'This memory does not exist any more.')
    return row
  }
  const changed = (...ids: MemoryId[]) => emit({ type: 'memory-changed', memories: ids })
  const after = (id: MemoryId, ...also: MemoryId[]): Memory => {
    changed(id, ...also)
    return show(found(id))
  }

  return {
    list: ({ tab, query, limit }: In<'memory.list'>): CommandOutput<'memory.list'> => {
      const statuses: readonly string[] = tabs[tab]
      const rows =
        query.trim() === ''
          ? memories.list(tabs[tab])
          : recall.search(query, 500).filter(({ status }) => statuses.includes(status))
      const reason = recall.whyNoMeaning()
      return {
        memories: rows.slice(0, limit).map(show),
        counts: {
          all: memories.list(tabs.all).length,
          held: memories.list(tabs.held).length,
          replaced: memories.list(tabs.replaced).length,
          disputed: memories.list(tabs.disputed).length,
        },
        meaning: { on: reason === null, reason },
      }
    },
    open: ({ id }: In<'memory.open'>): CommandOutput<'memory.open'> => ({
      memory: show(found(id)),
      evidence: evidence.of(id).map(quoted),
      history: memories.historyOf(id).map(show),
      uses: evidence.repliesThatUsed(id),
    }),
    add: ({ id, text, kind, scope }: In<'memory.add'>): Memory => {
      const known = memories.find(id)
      if (known !== null) return show(known)
      const fact = writtenFact(text)
      const learned = beliefs.learn(
        {
          fact: kind === undefined ? fact : { ...fact, kind },
          origin: 'typed',
          conversation: scope.type === 'everywhere' ? null : scope.conversation,
          span: null,
          hold: false,
        },
        id,
      )
      return after(learned.memory, ...learned.replaced)
    },
    update: ({ id, change }: In<'memory.update'>): Memory => {
      beliefs.change(found(id), change)
      return after(id)
    },
    merge: ({ into, from }: In<'memory.merge'>): Memory => {
      if (from.includes(into)) throw new HearthError('bad-request', 'A memory was to be merged with itself.')
      beliefs.merge(found(into), from.map(found))
      return after(into, ...from)
    },
    duplicates: (): CommandOutput<'memory.duplicates'> => ({ groups: duplicates().map((group) => group.map(show)) }),
    accept: ({ id }: In<'memory.accept'>): Memory => {
      const held = found(id)
      if (held.status === 'active') return show(held)
      if (held.status !== 'held')
        throw new HearthError('bad-request', 'Only a memory that is held back can be accepted.')
      beliefs.accept(held)
      return after(id)
    },
    resolve: ({ disputed, keep }: In<'memory.resolve'>): CommandOutput<'memory.resolve'> => {
      const row = found(disputed)
      const other = row.against === null ? null : memories.find(row.against)
      if (row.status !== 'disputed' || other === null)
        throw new HearthError('bad-request', 'These two memories do not disagree any more.')
      if (keep !== null && keep !== row.id && keep !== other.id)
        throw new HearthError('bad-request', 'One of the two memories was expected, and this is another one.')
      beliefs.resolve(row, other, keep)
      changed(row.id, other.id)
      return { memories: [row.id, other.id].map((id) => show(found(id))) }
    },
    judge: ({ id, right }: In<'memory.judge'>): Memory => {
      beliefs.judge(found(id), right)
      return after(id)
    },
    used: ({ conversation }: In<'memory.used'>): CommandOutput<'memory.used'> => {
      const replies: CommandOutput<'memory.used'>['replies'] = {}
      for (const { reply, used } of evidence.usedIn(conversation)) replies[reply] = [...(replies[reply] ?? []), used]
      return { replies, heard: evidence.actsIn(conversation).flatMap(stillHeard) }
    },
  }

  /** What an act did, as far as it still holds: nothing where all of it was forgotten or replaced since. */
  function stillHeard({ id: act, message, did, changes }: StoredAct): HeardAct[] {
    const known = heardAct.shape.did.safeParse(did)
    const ids = [...changes.created, ...changes.confirmed, ...changes.leaving.map(({ memory }) => memory)]
    const rows = ids.flatMap((id) => memories.find(id) ?? [])
    const holds = known.data === 'forgetting' ? ['leaving'] : ['active', 'held', 'disputed']
    const told = rows.filter(({ status }) => holds.includes(status)).map(({ id, text }) => ({ memory: id, text }))
    return !known.success || told.length === 0 ? [] : [{ message, act, did: known.data, memories: told }]
  }

  function duplicates(): StoredMemory[][] {
    const groups: StoredMemory[][] = []
    for (const row of memories.list(['active'])) {
      const group = groups.find(([first]) => first !== undefined && isDuplicate(first, row, embedder))
      if (group === undefined) groups.push([row])
      else group.push(row)
    }
    return groups.filter(({ length }) => length > 1)
  }
}

/** The sentence around a span, and where the span is in it. */
function quoted({ message, conversation, title, said, start, end, speaks, at }: StoredEvidence): Evidence {
  const place = { message, conversation, title, start, end, speaks, at }
  if (said === null) return { ...place, quote: '', mark: [0, 0] }
  const before = Math.max(0, said.slice(0, start).search(/[^.!?\n]*$/))
  const after = /[.!?\n]/.exec(said.slice(end))
  const to = Math.min(said.length, after === null ? said.length : end + after.index + 1, end + 200)
  const from = Math.max(before, start - 200)
  const text = said.slice(from, to)
  const lead = text.length - text.trimStart().length
  return { ...place, quote: text.trim(), mark: [start - from - lead, Math.min(end - from - lead, text.trim().length)] }
}
