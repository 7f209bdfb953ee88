// engine/memory/forget.ts: forgetting with proof: what will be touched, then each store in turn, then the same stores asked
// again, and a receipt that holds counts and checks but nothing of the content.
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { ForgetId, ForgetLine, ForgetPlan, ForgetReceipt, ForgetStore, MemoryId } from '../contract/memory.ts'
import type { Forgetting, Traced } from '../storage/forgetting.ts'

/**
 * A store outside of the memory tables that may hold something of what was said: what the model keeps of a conversation,
 * the index that guesses ahead, summaries. Each knows how to look, to remove, and to look again.
 */
export type Forgettable = {
  readonly store: Extract<ForgetStore, 'snapshots' | 'drafts' | 'summaries'>
  readonly verb: ForgetLine['verb']
  count(where: Where): number
  /** Resolves when it is done. */
  remove(where: Where): Promise<void>
  /** What is still there. */
  remains(where: Where): number
}
/**
 * Conversations whose prompts held the memories, and those that they come from; messages that they rest on, and replies
 * that used them.
 */
export type Where = {
  readonly conversations: readonly ConversationId[]
  readonly sources: readonly ConversationId[]
  readonly messages: readonly MessageId[]
}

export type ForgetDeps = {
  readonly forgetting: Forgetting
  readonly others: () => readonly Forgettable[]
  readonly now: () => number
}

export type Forget = {
  plan(ids: readonly MemoryId[]): ForgetPlan
  /** Calls `onStep` as each store is done. Rejects when a store fails; what was removed by then stays removed. */
  run(id: ForgetId, ids: readonly MemoryId[], onStep: (line: ForgetLine) => void): Promise<ForgetReceipt>
  receipts(): ForgetReceipt[]
}

export function createForget({ forgetting, others, now }: ForgetDeps): Forget {
  const whereOf = ({ conversations, sources, replies }: Traced): Where => ({
    conversations,
    sources: [...new Set(sources.map(({ conversation }) => conversation))],
    messages: [...sources.map(({ message }) => message), ...replies],
  })
  const ownLines = (traced: Traced): ForgetLine[] => {
    const chosen = traced.memories.filter((memory) => memory.chosen).length
    const lines: ForgetLine[] = [
      line('memory', 'removed', chosen),
      line('history', 'removed', traced.memories.length - chosen),
      line('evidence', 'removed', traced.evidence),
      line('index', 'removed', traced.memories.length),
      line('vectors', 'removed', traced.vectors),
      line('uses', 'removed', traced.uses),
      line(
        'traces',
        'rewritten',
        traced.traces,
        'The recorded prompts are removed; these replies cannot be replayed any more.',
      ),
      line('steps', 'rewritten', traced.steps.length, 'That a tool was called is kept, without what was said to it.'),
    ]
    return lines.filter(({ store, count }) => count > 0 || store === 'memory')
  }
  const keptLines = ({ sources }: Traced): ForgetLine[] =>
    sources.length === 0
      ? []
      : [line('messages', 'kept', sources.length, 'Your messages stay where they are, and are not learned from again.')]
  const otherLines = (where: Where) =>
    others().map((other) => ({ other, line: line(other.store, other.verb, other.count(where)) }))

  return {
    plan: (ids) => {
      const traced = forgetting.trace(ids)
      const lines = [
        ...ownLines(traced),
        ...shown(otherLines(whereOf(traced)).map((one) => one.line)),
        ...keptLines(traced),
      ]
      return {
        memories: traced.memories.filter(({ chosen }) => chosen).map(({ id }) => id),
        lines,
        messages: [...traced.sources],
      }
    },
    run: async (id, ids, onStep) => {
      const traced = forgetting.trace(ids)
      const where = whereOf(traced)
      const lines: ForgetLine[] = []
      const done = (one: ForgetLine) => {
        lines.push(one)
        onStep(one)
      }
      // Elsewhere first: while the memory is there, an interrupted run can find its way again.
      for (const { other, line: one } of otherLines(where)) {
        await other.remove(where) // also where nothing is known: it may be in files that are not open
        if (one.count > 0) done(one)
      }
      const own = ownLines(traced)
      forgetting.remove(traced, now())
      for (const one of [...own, ...keptLines(traced)]) done(one)

      if ((await forgetting.inFiles(traced.words)) > 0) forgetting.rebuild()
      const left = forgetting.remains(traced)
      const checks: ForgetReceipt['checks'] = [
        ...Object.entries(left).map(([store, found]) => check(store as keyof typeof left, found)),
        ...others().map((other) => check(other.store, other.remains(where))),
        check('pages', await forgetting.inFiles(traced.words)),
      ]
      const receipt: ForgetReceipt = {
        id,
        at: now(),
        memories: traced.memories.filter(({ chosen }) => chosen).length,
        lines,
        checks,
        complete: checks.every(({ passed }) => passed),
      }
      forgetting.keepReceipt(receipt)
      return receipt
    },
    receipts: () => forgetting.receipts(),
  }
}

const line = (store: ForgetStore, verb: ForgetLine['verb'], count: number, note: string | null = null): ForgetLine => ({
  store,
  verb,
  count,
  note: count > 0 ? note : null,
})

const shown = (lines: readonly ForgetLine[]) => lines.filter(({ count }) => count > 0)

const check = (store: ForgetReceipt['checks'][number]['store'], found: number) => ({
  store,
  passed: found === 0,
  found,
})
