// engine/memory/listen.ts: the person's message has just been stored: what it says plainly is done at once, told to the
// windows, and can be taken back.
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { MemoryActId, MemoryEvent, MemoryId } from '../contract/memory.ts'
import type { StoredMemory } from '../storage/memories.ts'
import type { ActChanges } from '../storage/memory-evidence.ts'
import type { MindStores } from '../storage/mind-stores.ts'
import type { Beliefs } from './beliefs.ts'
import { weightOf } from './confidence.ts'
import { type Heard, hear } from './plain-speech.ts'
import { samenessOf } from './voices.ts'
import { contentWords, shareStem } from './words.ts'

export type Said = { readonly conversation: ConversationId; readonly message: MessageId; readonly text: string }

export type ListenDeps = {
  readonly stores: Pick<MindStores, 'memories' | 'evidence'>
  readonly beliefs: Beliefs
  readonly emit: (event: MemoryEvent) => void
  readonly newActId: () => MemoryActId
  readonly now: () => number
  /** How long a memory that was asked to be forgotten in a chat can be taken back. */
  readonly undoMs: number
}

type Did = Extract<MemoryEvent, { type: 'memory-heard' }>['did']

export type Listen = {
  /** Once a message: what was heard before is not heard again. */
  hear(said: Said): void
  undo(act: MemoryActId): void
}

const nothing: ActChanges = { created: [], replaced: [], confirmed: [], leaving: [] }

export function createListen({ stores, beliefs, emit, newActId, now, undoMs }: ListenDeps): Listen {
  const { memories, evidence } = stores

  const remember = (
    heard: Extract<Heard, { does: 'remember' }>,
    { conversation, message }: Said,
  ): { did: Did; changes: ActChanges; memory: MemoryId } => {
    const { did, memory, replaced } = beliefs.learn({
      fact: heard.fact,
      origin: 'typed',
      conversation: heard.here ? conversation : null,
      span: { message, start: heard.start, end: heard.end },
      hold: false,
    })
    if (did === 'confirmed') return { did, memory, changes: { ...nothing, confirmed: [memory], replaced } }
    return {
      did: did === 'corrected' ? did : 'remembered',
      memory,
      changes: { ...nothing, created: [memory], replaced },
    }
  }

  /** What "forget …" means: what says just that, else what is about it, else what has all its words. */
  const meant = (heard: Extract<Heard, { does: 'forget' }>, conversation: ConversationId): StoredMemory[] => {
    const known = memories
      .list(['active', 'held', 'disputed'])
      .filter((memory) => memory.conversation === null || memory.conversation === conversation)
    const same = known.filter(({ sameness }) => heard.statement !== null && sameness === samenessOf(heard.statement))
    if (same.length > 0) return same
    const about = known.filter(({ key }) => key !== null && key === heard.key)
    if (about.length > 0) return about
    const words = contentWords(heard.about)
    if (words.length === 0) return []
    return known.filter(({ statement }) => {
      const own = contentWords(statement)
      return words.every((word) => own.some((other) => shareStem(word, other)))
    })
  }

  const forget = (heard: Extract<Heard, { does: 'forget' }>, { conversation }: Said): StoredMemory[] => {
    const chosen = meant(heard, conversation)
    for (const { id } of chosen) memories.update(id, { status: 'leaving', leavingAt: now() + undoMs, updatedAt: now() })
    return chosen
  }

  const tell = (said: Said, did: Did, changes: ActChanges, ids: readonly MemoryId[]) => {
    const act = newActId()
    evidence.act({ id: act, message: said.message, did, changes }, now())
    const told = ids.flatMap((id) => {
      const memory = memories.find(id)
      return memory === null ? [] : [{ memory: id, text: memory.text }]
    })
    emit({ type: 'memory-heard', conversation: said.conversation, message: said.message, act, did, memories: told })
    const touched = [
      ...changes.created,
      ...changes.confirmed,
      ...changes.replaced,
      ...changes.leaving.map(({ memory }) => memory),
    ]
    if (touched.length > 0) emit({ type: 'memory-changed', memories: touched })
  }

  /** What had been replaced by one of `by` holds again; where that was replaced in its turn, it stays history of the newest. */
  const giveBack = (old: MemoryId, by: ReadonlySet<MemoryId>) => {
    const replacedBy = memories.find(old)?.replacedBy ?? null
    if (replacedBy === null || !by.has(replacedBy)) return
    const newer = memories.find(replacedBy)
    if (newer?.status === 'replaced') memories.update(old, { replacedBy: newer.replacedBy, updatedAt: now() })
    else memories.update(old, { status: 'active', replacedBy: null, updatedAt: now() })
  }

  return {
    hear: (said) => {
      if (evidence.actsOf(said.message).length > 0) return
      for (const heard of hear(said.text)) {
        if (heard.does === 'remember') {
          const { did, changes, memory } = remember(heard, said)
          tell(said, did, changes, [memory])
        } else {
          const leaving = forget(heard, said).map(({ id, status }) => ({ memory: id, was: status }))
          tell(
            said,
            leaving.length > 0 ? 'forgetting' : 'nothing',
            { ...nothing, leaving },
            leaving.map(({ memory }) => memory),
          )
        }
      }
    },
    undo: (id) => {
      const act = evidence.findAct(id)
      if (act === null || act.undoneAt !== null) return
      const { created, replaced, confirmed, leaving } = act.changes
      for (const old of replaced) giveBack(old, new Set([...created, ...confirmed]))
      for (const memory of created) memories.remove(memory)
      for (const memory of confirmed) {
        const known = memories.find(memory)
        evidence.removeOf(memory, act.message)
        if (known !== null)
          memories.update(memory, { alpha: Math.max(1, known.alpha - weightOf.typed), updatedAt: now() })
      }
      for (const { memory, was } of leaving)
        if (memories.find(memory)?.status === 'leaving')
          memories.update(memory, { status: was, leavingAt: null, updatedAt: now() })
      evidence.undone(id, now())
      emit({
        type: 'memory-changed',
        memories: [...created, ...replaced, ...confirmed, ...leaving.map(({ memory }) => memory)],
      })
    },
  }
}
