// engine/host/mind-handlers.ts: what the commands about memory, feedback, traces and insights do.
import type { z } from 'zod'
import type { CommandName, CommandOutput, Commands } from '../contract/commands.ts'
import type { Message } from '../contract/conversation.ts'
import type { AppEvent } from '../contract/events.ts'
import { HearthError, toFailure } from '../contract/failure.ts'
import type { MessageId } from '../contract/ids.ts'
import type { Insights } from '../contract/learning.ts'
import type { Memory as MemoryRow } from '../contract/memory.ts'
import type { ReplayResult, Trace } from '../contract/trace.ts'
import type { Inference } from '../inference/inference.ts'
import { allChoices, choiceNames } from '../learning/choices.ts'
import { pointsOf } from '../learning/figures.ts'
import { classes } from '../learning/question-class.ts'
import type { Memory } from '../memory/assemble.ts'
import { toMemory } from '../memory/beliefs.ts'
import type { InsightQueries } from '../storage/insights.ts'
import { replay } from '../traces/replay.ts'

type Input<N extends CommandName> = z.output<Commands[N]['input']>
type Handled = Extract<
  CommandName,
  `memory.${string}` | `feedback.${string}` | `learning.${string}` | `insights.${string}` | `trace.${string}`
>
export type MindHandlers = { [N in Handled]: (input: Input<N>) => CommandOutput<N> }

export type MindHandlersDeps = {
  readonly memory: Memory
  readonly insights: InsightQueries
  readonly findMessage: (id: MessageId) => Message | null
  /** Does `work` with the loaded model when nothing else does. Rejects with `HearthError`. */
  readonly withModel: <T>(work: (inference: Inference) => Promise<T>) => Promise<T>
  readonly emit: (event: AppEvent) => void
  readonly now: () => number
  readonly build: string
}

export function createMindHandlers(deps: MindHandlersDeps): MindHandlers {
  const { memory, insights, findMessage, withModel, emit, now, build } = deps
  const { page, stores, listen, forget } = memory
  const { reactions, traces, memories, evidence } = stores

  const reply = (id: MessageId): Message => {
    const message = findMessage(id)
    if (message?.role === 'assistant') return message
    throw new HearthError('not-found', 'This reply does not exist any more.')
  }
  const choices = () => ({ choices: allChoices(reactions.tallies(), reactions.rules()) })
  const learningChanged = () => emit({ type: 'learning-changed' })

  const openTrace = (id: MessageId): Trace => {
    const message = reply(id)
    const stored = traces.ofReply(id)
    if (stored === null)
      throw new HearthError('not-found', 'This reply has no trace: it was written before traces were kept.')
    const { seq: _seq, ...trace } = stored
    const used = page.used({ conversation: message.conversation }).replies[id] ?? []
    return {
      ...trace,
      status: message.status,
      stats: message.stats,
      memories: used,
      spans: traces.spansOf(stored.id),
      replayable: traces.promptOf(stored.id) !== null,
    }
  }

  const startReplay = (id: MessageId) => {
    const { text, status } = reply(id)
    const done = (result: ReplayResult) => emit({ type: 'replay-done', reply: id, result })
    withModel((inference) =>
      replay(
        id,
        { traces, inference, stored: { text, whole: status === 'done' }, build },
        new AbortController().signal,
      ),
    ).then(done, (error: unknown) => done({ verdict: 'impossible', reason: toFailure(error).message }))
  }

  return {
    'memory.list': page.list,
    'memory.open': page.open,
    'memory.add': page.add,
    'memory.update': page.update,
    'memory.merge': page.merge,
    'memory.duplicates': page.duplicates,
    'memory.accept': page.accept,
    'memory.resolve': page.resolve,
    'memory.judge': page.judge,
    'memory.undo': ({ act }) => {
      listen.undo(act)
      return {}
    },
    'memory.used': page.used,
    'memory.pause': ({ conversation, paused }) => {
      memories.setPaused(conversation, paused)
      return {}
    },
    'memory.paused': ({ conversation }) => ({ paused: memories.isPaused(conversation) }),
    'memory.forgetPlan': ({ memories: ids }) => forget.plan(ids),
    'memory.forget': ({ run, memories: ids }) => {
      forget.start(run, ids)
      return {}
    },
    'memory.receipts': () => ({ receipts: forget.receipts() }),

    'feedback.thumb': ({ reply: id, thumb }) => {
      const { conversation } = reply(id)
      for (const other of ['up', 'down'] as const) if (other !== thumb) reactions.takeBack(id, other)
      if (thumb !== null) reactions.react(id, thumb, now())
      emit({ type: 'feedback-changed', conversation, reply: id, thumb })
      learningChanged()
      return {}
    },
    'feedback.copied': ({ reply: id }) => {
      reply(id)
      reactions.react(id, 'copy', now())
      learningChanged()
      return {}
    },
    'feedback.thumbs': ({ conversation }) => ({
      replies: Object.fromEntries(reactions.thumbs(conversation).map(({ reply: id, kind }) => [id, kind])),
    }),
    'learning.choices': choices,
    'learning.fix': ({ class: questionClass, choice, option }) => {
      const known = allChoices([], []).find((one) => one.class === questionClass && one.choice === choice)
      if (option !== null && known?.arms.every((arm) => arm.option !== option) !== false)
        throw new HearthError('bad-request', `An option of ${choice} was expected, and "${option}" is none.`)
      reactions.fix(questionClass, choice, option)
      learningChanged()
      return choices()
    },
    'learning.reset': ({ class: questionClass, choice }) => {
      for (const one of questionClass === undefined ? classes : [questionClass])
        for (const name of choice === undefined ? choiceNames : [choice]) reactions.reset(one, name, now())
      learningChanged()
      return choices()
    },

    'insights.open': ({ since, until, by }): Insights => {
      const replies = insights.replies(since, until)
      const counts = reactions.counts(since, until)
      const countOf = (kind: (typeof counts)[number]['kind']) => counts.find((one) => one.kind === kind)?.count ?? 0
      return {
        replies: replies.length,
        points: pointsOf(replies, by),
        learned: insights.learned(since, until, 100).map((row) => {
          const shown = toMemory(row, now())
          const last = evidence.of(row.id).findLast(({ speaks, said }) => speaks === 'for' && said !== null)
          return { memory: shown, why: whyOf(shown), quote: last?.said?.slice(last.start, last.end) ?? null }
        }),
        feedback: {
          up: countOf('up'),
          down: countOf('down'),
          copy: countOf('copy'),
          retry: countOf('retry'),
          edit: countOf('edit'),
          stop: countOf('stop'),
        },
        ...choices(),
        storage: insights.storage(),
      }
    },

    'trace.open': ({ reply: id }) => openTrace(id),
    'trace.list': ({ conversation, before, limit }) => ({ traces: traces.list(conversation, before, limit) }),
    'trace.replay': ({ reply: id }) => {
      startReplay(id)
      return {}
    },
  }
}

/** Why it was learned, as a sentence. */
function whyOf({ origin, evidenceCount, status }: MemoryRow): string {
  if (status === 'held') return 'Held back until you accept it.'
  if (status === 'disputed') return 'It contradicts something that you said.'
  if (origin === 'tool' || origin === 'file') return 'A tool or a file said so, and you accepted it.'
  if (origin === 'inferred')
    return evidenceCount > 1 ? `Read from ${evidenceCount} of your messages.` : 'Read from one of your messages.'
  if (evidenceCount === 0) return 'You wrote it on the memory page.'
  return evidenceCount === 1 ? 'You said so.' : `You said so ${evidenceCount} times.`
}
