// engine/memory/turn-memory.ts: which memories stand where in one turn's prompt, so that the model's state stays valid.
//
// A conversation's first prompt has a block behind the system text: what always holds (pinned, how the person likes
// things) and what its first question needs. The block then stays as it is, since every token behind a change would have
// to be read again; what a later question needs stands in front of that question, and stays there in all later prompts.
// Each reply records what it saw, and the next one on its branch begins from there. A memory that was replaced or
// forgotten leaves the block at once: a prompt that is read again costs less than an answer that is wrong.
//
// The starter model has only ever seen memories in the block and reads its few hundred tokens in no time: there, the
// block grows instead.
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { MemoryId } from '../contract/memory.ts'
import type { StoredMemory } from '../storage/memories.ts'
import type { Use } from '../storage/memory-evidence.ts'
import type { MindStores } from '../storage/mind-stores.ts'
import { type Recall, withoutShadowed } from './recall.ts'
import { asksForAll } from './words.ts'

export type TurnQuestion = {
  readonly conversation: ConversationId
  /** The branch, oldest first, ending with the question. */
  readonly history: readonly {
    readonly id: MessageId | null
    readonly role: 'user' | 'assistant'
    readonly text: string
  }[]
  /** The small model that ships inside. */
  readonly starter: boolean
  /** Lines in the system text at most; null: as many as are of use. */
  readonly most: number | null
  /** What this reply must do without, beside what its branch does without. */
  readonly without: readonly MemoryId[]
}

export type TurnMemory = {
  /** Statements of the block, in order. */
  readonly block: readonly string[]
  /** Statements in front of a question, by its index in the history. */
  readonly additions: ReadonlyMap<number, readonly string[]>
  /** What the reply's prompt holds, in its order. */
  readonly uses: readonly Use[]
  readonly refused: readonly MemoryId[]
  readonly considered: number
}

/** Lines of memory at most, where the model does not say. */
const limits = { block: 18, turn: 4 } as const
/** Of the block, the share that always holds; the rest is for what the question needs. */
const standingShare = 0.6

type Line = Use & { readonly stored: StoredMemory }

export function createTurnMemory(stores: Pick<MindStores, 'memories' | 'evidence'>, recall: Recall) {
  const { memories, evidence } = stores

  /** What a line stands for now: itself, or what replaced it; null when nothing does. */
  const current = (id: MemoryId, usable: (memory: StoredMemory) => boolean): StoredMemory | null => {
    let memory = memories.find(id)
    for (let steps = 0; memory?.status === 'replaced' && memory.replacedBy !== null && steps < 50; steps++)
      memory = memories.find(memory.replacedBy)
    return memory !== null && usable(memory) ? memory : null
  }
  const inherit = (uses: readonly Use[], usable: (memory: StoredMemory) => boolean): Line[] =>
    uses.flatMap((use) => {
      const stored = current(use.memory, usable)
      return stored === null ? [] : [{ ...use, memory: stored.id, stored }]
    })

  return (turn: TurnQuestion): TurnMemory => {
    const { history, conversation, starter, without } = turn
    const most = turn.most ?? limits.block
    const question = history.at(-1)?.text ?? ''
    const replies = history.flatMap(({ id, role }, index) =>
      role === 'assistant' && id !== null ? [{ id, index }] : [],
    )
    const last = replies.at(-1)
    const refused = new Set([...without, ...replies.flatMap(({ id }) => evidence.refusedBy(id))])
    const usable = (memory: StoredMemory) => recall.usable(memory, conversation, refused)
    const inContext = new Set(history.flatMap(({ id }) => (id === null ? [] : [id])))
    /** Said in this very branch: the model reads it there. */
    const isSaid = (memory: StoredMemory) =>
      evidence
        .of(memory.id)
        .some(({ message, speaks }) => message !== null && speaks === 'for' && inContext.has(message))

    const inherited =
      last === undefined
        ? []
        : inherit(
            evidence.usesOf(last.id).filter(({ place }) => place === 'block'),
            usable,
          )
    const lines: Line[] = unique(inherited, new Set())
    const known = new Set(lines.map(({ memory }) => memory))
    const additions = new Map<number, readonly string[]>()
    const earlier: Line[] = []
    for (const { id, index } of replies) {
      const own = unique(
        inherit(
          evidence.usesOf(id).filter(({ place }) => place === 'turn'),
          usable,
        ),
        known,
      )
      const asked = history.slice(0, index).findLastIndex(({ role }) => role === 'user')
      if (own.length > 0 && asked >= 0)
        additions.set(
          asked,
          own.map(({ stored }) => stored.statement),
        )
      earlier.push(...own)
    }

    const found = asksForAll(question)
      ? memories
          .list(['active'])
          .filter(usable)
          .map((memory) => ({ memory, because: 'words' as const }))
      : recall.find(question, conversation, refused, most)
    const fresh = found.filter(({ memory }) => !known.has(memory.id) && !isSaid(memory))

    if (last === undefined) {
      const standing = withoutShadowed(
        memories
          .list(['active'])
          .filter((memory) => usable(memory) && isStanding(memory) && !isSaid(memory))
          .map((memory) => ({ memory })),
      ).slice(0, Math.ceil(most * standingShare))
      for (const { memory } of standing)
        lines.push({
          memory: memory.id,
          place: 'block',
          because: memory.pinned === 1 ? 'pinned' : 'standing',
          stored: memory,
        })
    }
    const turnLines: Line[] = []
    const taken = new Set([...known, ...lines.map(({ memory }) => memory)])
    for (const { memory, because } of fresh) {
      if (taken.has(memory.id)) continue
      const intoBlock = last === undefined || starter
      if (intoBlock ? lines.length >= most : turnLines.length >= limits.turn) break
      taken.add(memory.id)
      ;(intoBlock ? lines : turnLines).push({
        memory: memory.id,
        place: intoBlock ? 'block' : 'turn',
        because,
        stored: memory,
      })
    }
    if (turnLines.length > 0)
      additions.set(
        history.length - 1,
        turnLines.map(({ stored }) => stored.statement),
      )

    return {
      block: lines.map(({ stored }) => stored.statement),
      additions,
      // Lines of earlier turns are in this prompt, too; they are recorded with those turns, and chips show this turn's.
      uses: [...lines, ...turnLines].map(({ memory, place, because }) => ({ memory, place, because })),
      refused: [...without],
      considered: found.length,
    }
  }
}

/** Part of every conversation: how the person likes things, and what they pinned. */
const isStanding = ({ kind, key, pinned }: StoredMemory) =>
  pinned === 1 || kind === 'instruction' || (kind === 'preference' && (key?.startsWith('style.') ?? false))

function unique(lines: readonly Line[], known: Set<MemoryId>): Line[] {
  return lines.filter(({ memory }) => {
    if (known.has(memory)) return false
    known.add(memory)
    return true
  })
}
