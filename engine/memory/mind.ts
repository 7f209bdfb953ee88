// engine/memory/mind.ts: what a turn asks of memory, learning and traces, in the order of a turn: the message was heard, the
// prompt is about to be built, the model is asked, it wrote, it ended. Nothing here may fail a reply: what goes wrong is
// logged, and the reply goes on without it.

import type { AppEvent } from '../contract/events.ts'
import { toFailure } from '../contract/failure.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { ChoiceName, QuestionClass } from '../contract/learning.ts'
import type { MemoryId, UsedMemory } from '../contract/memory.ts'
import type { GenerateResult, Inference, Sampling } from '../inference/inference.ts'
import { choose, saidBy } from '../learning/choices.ts'
import { classOf } from '../learning/question-class.ts'
import type { Random } from '../learning/thompson.ts'
import { aboutUser, withAbout } from '../prompt/about-user.ts'
import type { ReplyEnd } from '../storage/messages.ts'
import type { MindStores } from '../storage/mind-stores.ts'
import type { SettingsStore } from '../storage/settings.ts'
import { beginTrace, hashOf, modelHashOf, type OpenSpan, promptHashOf, type TurnTrace } from '../traces/turn-trace.ts'
import type { Listen, Said } from './listen.ts'
import type { Recall } from './recall.ts'
import { createTurnMemory } from './turn-memory.ts'

export type MindTurn = {
  readonly conversation: ConversationId
  readonly question: MessageId
  readonly reply: MessageId
  /** Memories that this reply, and what follows it on its branch, must do without. */
  readonly without: readonly MemoryId[]
}

type Turns = readonly { readonly id?: MessageId; readonly role: 'user' | 'assistant'; readonly text: string }[]

export type Recalled<H extends Turns> = {
  /** Goes behind the system text, after one line break; null: nothing. */
  readonly about: string | null
  /** The same history, with what belongs to each question in front of it. */
  readonly history: H
  readonly choices: Partial<Record<ChoiceName, string>>
}

export type TurnMind = {
  /** `mostMemories`: null for as many as there is room for. `canThink`: the model has thoughts that can be switched. */
  recall<H extends Turns>(
    history: H,
    inference: Pick<Inference, 'info'>,
    mostMemories?: number | null,
    canThink?: boolean,
  ): Recalled<H>
  /** Right before the model is asked. */
  ask(
    inference: Inference,
    request: { readonly tokens: readonly number[]; readonly maxTokens: number; readonly sampling: Sampling },
  ): void
  /** Tokens that it wrote, as they come. */
  wrote(tokens: readonly number[]): void
  /** Each time the model has ended: a thought that was cut off makes two. */
  answered(result: GenerateResult): void
  /** Once, however the turn ended. */
  end(end: Pick<ReplyEnd, 'status' | 'text' | 'failure'>): void
}

export type Mind = {
  /** The person's message was stored. */
  heard(said: Said): void
  turn(turn: MindTurn): TurnMind
  /** The person's doing says something of a reply. */
  reacted(reply: MessageId, kind: 'retry'): void
  /** The person put this message anew: its replies were not what they wanted. */
  edited(question: MessageId): void
}

export type MindDeps = {
  readonly stores: MindStores
  readonly settings: Pick<SettingsStore, 'read'>
  readonly recall: Recall
  readonly listen: Listen
  readonly emit: (event: AppEvent) => void
  readonly log: (event: string, fields: Record<string, unknown>) => void
  readonly now: () => number
  readonly random: Random
  /** Version of Hearth. */
  readonly build: string
}

/** For temporary chats: nothing is heard, nothing is recalled, nothing is recorded. */
export const noTurnMind: TurnMind = {
  recall: (history) => ({ about: null, history, choices: {} }),
  ask: () => {},
  wrote: () => {},
  answered: () => {},
  end: () => {},
}
export const noMind: Mind = { heard: () => {}, turn: () => noTurnMind, reacted: () => {}, edited: () => {} }

export function createMind({ stores, settings, recall, listen, emit, log, now, random, build }: MindDeps): Mind {
  const { memories, evidence, reactions, traces } = stores
  const chooseMemories = createTurnMemory(stores, recall)
  const isOff = (conversation: ConversationId) => settings.read().memory === 'off' || memories.isPaused(conversation)

  const quietly = <T>(what: string, otherwise: T, work: () => T): T => {
    try {
      return work()
    } catch (error) {
      log('mind-failed', {
        what,
        failure: toFailure(error).code,
        kind: error instanceof Error ? error.name : typeof error,
      })
      return otherwise
    }
  }

  /** Choices that the person's own words leave open. */
  const openChoices = (canThink: boolean): ChoiceName[] => {
    const said = new Set(memories.list(['active']).map(({ key }) => key))
    return [
      ...(said.has('style.length') ? [] : (['length'] as const)),
      ...(said.has('style.format') ? [] : (['format'] as const)),
      ...(canThink ? (['thinking'] as const) : []),
      'drafting',
    ]
  }

  const begin = (turn: MindTurn): TurnMind => {
    const trace: TurnTrace | null = quietly('trace', null, () => beginTrace(traces, turn, now))
    let generating: OpenSpan<'generate'> | null = null

    const recallNow = <H extends Turns>(
      history: H,
      inference: Pick<Inference, 'info'>,
      most: number | null,
      canThink: boolean,
    ): Recalled<H> => {
      const question = history.at(-1)?.text ?? ''
      const { starter } = inference.info
      const span = trace?.span('retrieve', { considered: 0, used: [], meaning: recall.whyNoMeaning() === null })
      const chosen = isOff(turn.conversation)
        ? { block: [], additions: new Map<number, readonly string[]>(), uses: [], refused: [], considered: 0 }
        : chooseMemories({
            conversation: turn.conversation,
            history: history.map(({ id, role, text }, index) => ({
              id: id ?? (index === history.length - 1 ? turn.question : null),
              role,
              text,
            })),
            starter,
            most,
            without: turn.without,
          })
      const questionClass: QuestionClass = classOf(question)
      const choices = choose(questionClass, openChoices(canThink), reactions.tallies(), reactions.rules(), random)
      evidence.use(turn.reply, chosen.uses, now())
      evidence.refuse(turn.reply, chosen.refused)
      reactions.chose(turn.reply, questionClass, choices, now())
      trace?.choose(questionClass, choices)
      span?.end({ considered: chosen.considered, used: chosen.uses.map(({ memory }) => memory) })
      if (chosen.uses.length > 0)
        emit({
          type: 'memory-used',
          conversation: turn.conversation,
          reply: turn.reply,
          memories: chosen.uses.flatMap(toChip),
        })

      // What was said to earlier questions because of choices stands in their prompts, and stays there.
      const wishes = new Map<number, readonly string[]>([[history.length - 1, saidBy(choices)]])
      for (const [index, { id, role }] of history.entries()) {
        const asked = history.slice(0, index).findLastIndex((one) => one.role === 'user')
        if (role === 'assistant' && id !== undefined && asked >= 0) wishes.set(asked, saidBy(reactions.choicesOf(id)))
      }
      const block = starter ? [...chosen.block, ...(wishes.get(history.length - 1) ?? [])] : chosen.block
      const withLines = history.map((message, index) => {
        const lines = [...(chosen.additions.get(index) ?? []), ...(starter ? [] : (wishes.get(index) ?? []))]
        return message.role === 'user' ? { ...message, text: withAbout(message.text, lines) } : message
      })
      return { about: aboutUser(block), history: withLines as unknown as H, choices }
    }

    return {
      recall: (history, inference, most = null, canThink = false) =>
        quietly('recall', { about: null, history, choices: {} }, () => recallNow(history, inference, most, canThink)),
      ask: (inference, { tokens, maxTokens, sampling }) =>
        quietly('ask', undefined, () => {
          const { chatTemplate, info } = inference
          const recipe = {
            model: info.name,
            modelHash: modelHashOf(inference),
            templateHash: chatTemplate === null ? null : hashOf(chatTemplate),
            promptHash: promptHashOf(tokens),
            sampling,
            maxTokens,
            build,
          }
          trace?.ask(recipe, tokens)
          generating =
            trace?.span('generate', {
              promptTokens: tokens.length,
              reusedTokens: 0,
              newTokens: 0,
              prefillMs: 0,
              decodeMs: 0,
              stop: 'failed',
              passes: null,
            }) ?? null
        }),
      wrote: (tokens) => trace?.wrote(tokens),
      answered: (result) =>
        quietly('answered', undefined, () => {
          generating?.end(generated(result))
          generating = null
        }),
      end: ({ status, text, failure }) =>
        quietly('end', undefined, () => {
          generating?.end({}, failure?.message ?? 'It ended before the model answered.')
          trace?.span('respond', { status, characters: text.length }).end({}, failure?.message ?? null)
          trace?.end()
          if (status === 'stopped') reactions.react(turn.reply, 'stop', now())
        }),
    }
  }

  const toChip = ({ memory, place, because }: Pick<UsedMemory, 'memory' | 'place' | 'because'>): UsedMemory[] => {
    const stored = memories.find(memory)
    return stored === null ? [] : [{ memory, place, because, text: stored.text, kind: stored.kind }]
  }

  return {
    heard: (said) =>
      quietly('heard', undefined, () => {
        if (!isOff(said.conversation)) listen.hear(said)
      }),
    turn: begin,
    reacted: (reply, kind) => quietly('reacted', undefined, () => reactions.react(reply, kind, now())),
    edited: (question) =>
      quietly('edited', undefined, () => {
        for (const reply of reactions.repliesTo(question)) reactions.react(reply, 'edit', now())
      }),
  }
}

const generated = ({
  stop,
  promptTokens,
  reusedTokens,
  newTokens,
  prefillMs,
  decodeMs,
  speculation,
}: GenerateResult) => ({
  stop,
  promptTokens,
  reusedTokens,
  newTokens,
  prefillMs,
  decodeMs,
  passes: speculation?.passes ?? null,
})
