// engine/sessions/run-turn.ts: one turn, from two messages in the database to the end of the reply. The order of a turn
// is here and nowhere else: wait for the model, build the prompt, stream, flush, write the end.
import { withTools } from '../agent/with-tools.ts'
import type { PromptContext } from '../contract/context.ts'
import type { Message, TurnStats } from '../contract/conversation.ts'
import { type Failure, HearthError, toFailure } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { TokenMarks } from '../contract/thread.ts'
import type { Inference } from '../inference/inference.ts'
import { canThink } from '../inference/thoughts.ts'
import { noTurnMind, type Recalled, type TurnMind } from '../memory/mind.ts'
import type { ModelProfile } from '../models/profile.ts'
import type { Queue, Slot } from '../models/queue.ts'
import { buildPrompt, type Prompt, type PromptRequest } from '../prompt/build-prompt.ts'
import type { Messages, ReplyEnd } from '../storage/messages.ts'
import type { Belt } from '../tools/belt.ts'
import { createReplyStream } from './reply-stream.ts'
import type { ReplyWriter } from './reply-writer.ts'
import type { SessionCache } from './session-cache.ts'
import { addStats, noStats, thoughtBudget, writeReply } from './write-reply.ts'

type History = readonly (PromptRequest['history'][number] & { readonly id?: MessageId })[]

/** A reply that had ended and is written on. */
export type Begun = Pick<Message, 'text' | 'thought' | 'stats' | 'context'> & { readonly marks: TokenMarks | null }

export type Turn = {
  readonly conversation: ConversationId
  readonly reply: MessageId
  /** The question, and what came before it on its branch. */
  readonly history: History
  /** The question has been answered before, and another answer is wanted. */
  readonly again: boolean
  readonly begun: Begun | null
  readonly thinking: keyof typeof thoughtBudget | 'auto'
  readonly digest: NonNullable<PromptRequest['digest']> | null
  /** What to do when the branch is too long; see `Overflow`. */
  readonly overflow: 'ask' | 'roll' | 'digest' | 'stop'
}

export type TurnDeps = {
  readonly messages: Pick<Messages, 'end'>
  readonly queue: Queue
  /** The loaded model; throws `HearthError` `no-model`. Asked when the turn's time has come. */
  readonly model: () => Inference
  readonly profile: (inference: Inference) => ModelProfile
  readonly cache: SessionCache
  readonly writer: ReplyWriter
  readonly onText: (text: string) => void
  readonly onThought: (text: string) => void
  readonly onContext: (context: PromptContext) => void
  /** What the reply may call; null for a model that cannot, or where there is nothing. */
  readonly belt?: (inference: Inference) => Belt | null
  /** Tokens of the prompt that the model has read, and all. */
  readonly onProgress: (done: number, total: number) => void
  /** What memory, learning and the trace have to do with this turn; absent where nothing may be kept. */
  readonly mind?: TurnMind
  /** Has the older messages summarised, over the same model. Null when that is not to be had. */
  readonly summarise: (inference: Inference, signal: AbortSignal) => Promise<Turn['digest']>
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number
  readonly seed: () => number
}

/** `aborted` with reason `shutdown`: the process ends, and nobody chose to stop the reply. */
export const shutdownReason = 'shutdown'

export type TurnEnd = {
  readonly end: ReplyEnd
  /** False when even the end could not be written: the caller keeps it and tries again. */
  readonly written: boolean
}

/** Never throws, and always ends with one `ReplyEnd`. What was said is kept, however it ends. */
export async function runTurn(turn: Turn, deps: TurnDeps, signal: AbortSignal): Promise<TurnEnd> {
  const { writer } = deps
  let model: string | null = null
  let made: Made = {
    stats: turn.begun?.stats ?? noStats,
    context: turn.begun?.context ?? null,
    marks: turn.begun?.marks ?? null,
  }
  let failure: Failure | null = null
  try {
    await deps.queue.run(signal, async (slot) => {
      const inference = deps.model()
      model = inference.info.name
      await generate(turn, inference, deps, slot, signal, (part) => {
        made = { ...made, ...part }
      })
    })
  } catch (error) {
    failure = toFailure(error)
  }
  writer.close()
  if (writer.problem() !== null) failure = toFailure(writer.problem())
  const said = { text: writer.text(), thought: writer.thought(), model }
  return writeEnd(turn.reply, endOf(said, made, failure, signal), deps.messages)
}

type Made = Pick<ReplyEnd, 'context' | 'marks'> & { readonly stats: TurnStats }

/** `onMade` is told what is known as soon as it is, so that a turn that fails later keeps it. */
async function generate(
  turn: Turn,
  inference: Inference,
  deps: TurnDeps,
  slot: Slot,
  signal: AbortSignal,
  onMade: (part: Partial<Made>) => void,
): Promise<void> {
  const { writer, cache } = deps
  const startedAt = deps.clock()
  const { sampling, maxNewTokens, maxMemories } = deps.profile(inference)
  const { mind = noTurnMind } = deps
  const recalled = mind.recall(turn.history, inference, maxMemories, canThink(inference))
  const thinking = thinkingOf(turn.thinking, recalled.choices.thinking)
  const thinks = canThink(inference) && (turn.begun?.thought !== '' && turn.begun !== null ? true : thinking !== 'off')
  const belt = deps.belt?.(inference) ?? null
  const { tokens, context } = await promptOf(turn, recalled, inference, deps, belt, thinks, signal)
  onMade({ context })
  deps.onContext(context)
  const stream = createReplyStream(inference, turn.begun)
  const asked = {
    tokens,
    maxTokens: Math.max(1, Math.min(maxNewTokens, inference.info.contextTokens - tokens.length)),
    sampling: sampling(turn.again, deps.seed()),
  }
  try {
    const plain = await cache.take(inference, turn.conversation)
    const session =
      belt === null
        ? plain
        : withTools({
            belt,
            inference,
            session: plain,
            textLength: () => writer.text().length,
            outside: slot.leave,
            reopen: () => {
              if (deps.model() !== inference) throw modelChanged()
              return cache.take(inference, turn.conversation)
            },
            clock: deps.clock,
          })
    mind.ask(inference, asked)
    const stats = await writeReply({
      ...asked,
      session,
      stream,
      thoughtTokens: thinking === 'off' ? Number.POSITIVE_INFINITY : thoughtBudget[thinking],
      onPiece: (piece) => {
        if (piece.text === '' && piece.thought === '') return
        writer.append(piece)
        if (piece.thought !== '') deps.onThought(piece.thought)
        if (piece.text !== '') deps.onText(piece.text)
      },
      onTokens: mind.wrote,
      onResult: mind.answered,
      onProgress: deps.onProgress,
      clock: deps.clock,
      startedAt,
      signal,
    })
    onMade({ stats: turn.begun?.stats ? addStats(turn.begun.stats, stats) : stats })
  } catch (error) {
    cache.drop(turn.conversation) // what it holds is no longer known
    throw error
  } finally {
    onMade({ marks: stream.marks() })
  }
}

/** What the person chose stands. Only where they left it open does what was learned decide. */
function thinkingOf(set: Turn['thinking'], learned: string | undefined): keyof typeof thoughtBudget {
  if (set !== 'auto') return set
  return learned === 'on' ? 'short' : 'off'
}

async function promptOf(
  turn: Turn,
  { about, history }: Recalled<History>,
  inference: Inference,
  deps: TurnDeps,
  belt: Belt | null,
  thinking: boolean,
  signal: AbortSignal,
): Promise<Prompt> {
  const { system, reserveTokens, comfortTokens } = deps.profile(inference)
  const { begun } = turn
  const blocks = about === null ? [] : [{ origin: 'memory' as const, text: about }]
  // A comfort is kept by leaving out the oldest unless the person chose otherwise for what does not fit.
  const rolls = turn.overflow === 'roll' || (turn.overflow === 'ask' && comfortTokens !== null)
  const build = (digest: Turn['digest'], overflow: 'roll' | 'refuse') =>
    buildPrompt(
      {
        history,
        system,
        blocks,
        reserveTokens,
        comfortTokens,
        thinking,
        begun,
        digest,
        overflow,
        tools: belt?.declarations ?? [],
      },
      inference,
    )
  try {
    return build(turn.digest, rolls ? 'roll' : 'refuse')
  } catch (error) {
    if (turn.overflow !== 'digest' || toFailure(error).code !== 'context-full') throw error
    const digest = await deps.summarise(inference, signal)
    if (digest === null) throw error
    return build(digest, 'roll')
  }
}

function endOf(
  said: { readonly text: string; readonly thought: string; readonly model: string | null },
  { stats, ...made }: Made,
  failure: Failure | null,
  signal: AbortSignal,
): ReplyEnd {
  const common = { ...said, ...made }
  if (failure !== null) return { ...common, status: 'failed', stats: null, failure }
  if (!signal.aborted) return { ...common, status: 'done', stats, failure }
  return { ...common, status: signal.reason === shutdownReason ? 'interrupted' : 'stopped', stats, failure }
}

function writeEnd(reply: MessageId, end: ReplyEnd, messages: TurnDeps['messages']): TurnEnd {
  try {
    messages.end(reply, end)
    return { end, written: true }
  } catch (error) {
    const failure = end.failure ?? toFailure(error)
    return { end: { ...end, status: 'failed', stats: null, failure }, written: false }
  }
}

const modelChanged = () =>
  new HearthError(
    'engine-failed',
    'Another model was chosen while this reply waited, so it could not go on.',
    'Try again with the new one.',
  )

/** For a turn that may not begin. */
export const closingError = () => new HearthError('internal', 'Hearth is closing, so no reply can begin.')
