// engine/memory/beliefs.ts: what happens to what is believed when something new is said: the same again makes it surer,
// something else about the same takes its place, and the weaker source never overrules the stronger.
import type { ConversationId } from '../contract/ids.ts'
import type { Memory, MemoryChange, MemoryId, MemoryOrigin } from '../contract/memory.ts'
import type { StoredMemory } from '../storage/memories.ts'
import type { Span } from '../storage/memory-evidence.ts'
import type { MindStores } from '../storage/mind-stores.ts'
import { confidenceOf, halfLifeOf, weigh, weightOf } from './confidence.ts'
import { type Slotted, slotOf } from './slots.ts'
import { samenessOf, toFirstPerson } from './voices.ts'

export type Candidate = {
  readonly fact: Slotted
  readonly origin: MemoryOrigin
  /** Null: it holds everywhere. */
  readonly conversation: ConversationId | null
  /** The words it rests on; null when it was written on the memory page. */
  readonly span: Span | null
  /** Wait for the person before a reply uses it. */
  readonly hold: boolean
}

export type Learned = {
  readonly did: 'remembered' | 'confirmed' | 'corrected' | 'held' | 'disputed'
  readonly memory: MemoryId
  readonly replaced: readonly MemoryId[]
}

export type BeliefsDeps = {
  readonly stores: Pick<MindStores, 'memories' | 'evidence'>
  /** Makes or renews the vector of a memory. */
  readonly onWords: (id: MemoryId, statement: string) => void
  readonly newId: () => MemoryId
  /** Unix milliseconds. */
  readonly now: () => number
}

export type Beliefs = {
  learn(candidate: Candidate, id?: MemoryId): Learned
  change(old: StoredMemory, change: MemoryChange): void
  accept(held: StoredMemory): void
  merge(into: StoredMemory, from: readonly StoredMemory[]): void
  /** `keep`: one of the two, or null for both. */
  resolve(disputed: StoredMemory, other: StoredMemory, keep: MemoryId | null): void
  judge(memory: StoredMemory, right: boolean): void
}

/** Typed words outrank inferred ones, and those outrank what a tool or a file says. */
const rank: Readonly<Record<MemoryOrigin, number>> = { typed: 3, inferred: 2, tool: 1, file: 1 }

export function createBeliefs({ stores, onWords, newId, now }: BeliefsDeps): Beliefs {
  const { memories, evidence } = stores

  const addEvidence = (memory: MemoryId, span: Span | null, speaks: 'for' | 'against', weight: number): boolean =>
    span === null || evidence.add({ ...span, memory, speaks, weight, at: now() })

  /** What is active and says something else about the same. */
  const contradicted = (key: string | null, conversation: ConversationId | null, except: MemoryId | null) =>
    key === null ? [] : memories.about(key, conversation).filter(({ id }) => id !== except)

  const replace = (old: StoredMemory, by: MemoryId) =>
    memories.update(old.id, { status: 'replaced', replacedBy: by, updatedAt: now(), pinned: 0, against: null })

  const confirm = (known: StoredMemory, { origin, span, hold }: Candidate): Learned => {
    const stronger = rank[origin] > rank[known.origin]
    const isNew = addEvidence(known.id, span, 'for', weightOf[origin])
    const revived = known.status !== 'active' && !hold && (stronger || origin === 'typed')
    const replaced = revived ? contradicted(known.key, known.conversation, known.id) : []
    for (const old of replaced) replace(old, known.id)
    memories.update(known.id, {
      ...(isNew || stronger ? weigh(known, 'for', weightOf[origin], now()) : {}),
      ...(stronger ? { origin, halfLife: halfLifeOf(origin, known.kind) } : {}),
      ...(revived ? { status: 'active', against: null, leavingAt: null } : {}),
      ...(origin === 'typed' ? { expiresAt: null } : {}),
      updatedAt: now(),
    })
    return { did: 'confirmed', memory: known.id, replaced: replaced.map(({ id }) => id) }
  }

  const learn: Beliefs['learn'] = (candidate, id = newId()) => {
    const { fact, origin, conversation, span, hold } = candidate
    const known = memories.sameAs(samenessOf(fact.statement), conversation)[0]
    if (known !== undefined) return confirm(known, candidate)

    const others = hold ? [] : contradicted(fact.key, conversation, null)
    const stronger = others.find((other) => rank[other.origin] > rank[origin])
    const at = now()
    memories.insert({
      id,
      kind: fact.kind,
      key: fact.key,
      statement: fact.statement,
      text: fact.text,
      sameness: samenessOf(fact.statement),
      conversation,
      status: hold ? 'held' : stronger !== undefined ? 'disputed' : 'active',
      origin,
      ...weigh({ alpha: 1, beta: 1, weighedAt: at, halfLife: null }, 'for', weightOf[origin], at),
      halfLife: halfLifeOf(origin, fact.kind),
      expiresAt: null,
      pinned: 0,
      replacedBy: null,
      against: stronger?.id ?? null,
      leavingAt: null,
      createdAt: at,
      updatedAt: at,
    })
    onWords(id, fact.statement)
    addEvidence(id, span, 'for', weightOf[origin])
    if (hold) return { did: 'held', memory: id, replaced: [] }
    if (stronger !== undefined) {
      memories.update(stronger.id, weigh(stronger, 'against', weightOf[origin], at))
      addEvidence(stronger.id, span, 'against', weightOf[origin])
      return { did: 'disputed', memory: id, replaced: [] }
    }
    for (const old of others) replace(old, id)
    return { did: others.length > 0 ? 'corrected' : 'remembered', memory: id, replaced: others.map((old) => old.id) }
  }

  const reword = (old: StoredMemory, written: string) => {
    const fact = writtenFact(written)
    if (samenessOf(fact.statement) === old.sameness) return
    const at = now()
    const { seq: _seq, evidenceCount: _count, lastUsedAt: _used, useCount: _uses, ...row } = old
    const before = newId()
    memories.insert({
      ...row,
      id: before,
      status: 'replaced',
      replacedBy: old.id,
      against: null,
      pinned: 0,
      updatedAt: at,
    })
    evidence.move(old.id, before) // the words said the old thing
    memories.update(old.id, {
      kind: fact.key === null ? old.kind : fact.kind,
      key: fact.key,
      statement: fact.statement,
      text: fact.text,
      sameness: samenessOf(fact.statement),
      ...typed(at, old),
    })
    for (const other of contradicted(fact.key, old.conversation, old.id)) replace(other, old.id)
    onWords(old.id, fact.statement)
  }

  return {
    learn,
    change: (old, { text, kind, scope, pinned, halfLifeDays, expiresAt }) => {
      if (text !== undefined) reword(old, text)
      memories.update(old.id, {
        ...(kind === undefined ? {} : { kind }),
        ...(scope === undefined ? {} : { conversation: scope.type === 'everywhere' ? null : scope.conversation }),
        ...(pinned === undefined ? {} : { pinned: pinned ? 1 : 0 }),
        ...(halfLifeDays === undefined ? {} : { halfLife: halfLifeDays }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        updatedAt: now(),
      })
    },
    accept: (held) => {
      for (const other of contradicted(held.key, held.conversation, held.id)) replace(other, held.id)
      memories.update(held.id, typed(now(), held))
    },
    merge: (into, from) => {
      let weighed = { ...into }
      for (const one of from) {
        evidence.move(one.id, into.id)
        const { alpha, beta } = confidenceOf(one, now())
        weighed = { ...weighed, alpha: weighed.alpha + alpha - 1, beta: weighed.beta + beta - 1 }
        replace(one, into.id)
      }
      memories.update(into.id, { alpha: weighed.alpha, beta: weighed.beta, updatedAt: now() })
    },
    resolve: (disputed, other, keep) => {
      if (keep === other.id) return replace(disputed, other.id)
      if (keep === disputed.id) replace(other, disputed.id)
      memories.update(disputed.id, { ...typed(now(), disputed), ...(keep === null ? { key: null } : {}) })
    },
    judge: (memory, right) => {
      const weight = weightOf.typed / 2
      memories.update(memory.id, { ...weigh(memory, right ? 'for' : 'against', weight, now()), updatedAt: now() })
    },
  }
}

/** What it is once the person has said so. */
const typed = (at: number, { alpha, beta, kind }: StoredMemory) =>
  ({
    status: 'active',
    origin: 'typed',
    against: null,
    leavingAt: null,
    alpha: Math.max(alpha, 1 + weightOf.typed),
    beta: Math.min(beta, 1),
    weighedAt: at,
    halfLife: halfLifeOf('typed', kind),
    updatedAt: at,
  }) as const

/** What a person writes on the memory page, in any voice. */
export const writtenFact = (written: string): Slotted => slotOf(toFirstPerson(written))

export function toMemory(row: StoredMemory, now: number): Memory {
  const {
    seq: _seq,
    sameness: _same,
    conversation,
    status,
    alpha,
    beta,
    weighedAt,
    halfLife,
    pinned,
    leavingAt: _at,
    ...rest
  } = row
  const expired = status === 'active' && row.expiresAt !== null && row.expiresAt <= now
  return {
    ...rest,
    scope: conversation === null ? { type: 'everywhere' } : { type: 'conversation', conversation },
    status: expired ? 'expired' : status,
    confidence: confidenceOf({ alpha, beta, weighedAt, halfLife }, now),
    halfLifeDays: halfLife,
    pinned: pinned === 1,
  }
}
