// renderer/features/chat/receipt-facts.ts: what a receipt says, from what was measured. Pure, so that it can be checked.
import type { TurnStats } from '../../../engine/contract/conversation.ts'
import type { TokenMarks } from '../../../engine/contract/thread.ts'

export type Source = 'you' | 'chat' | 'drafter' | 'form' | 'plain'

export const sourceWords: Readonly<Record<Source, string>> = {
  you: 'From how you write',
  chat: 'From this chat',
  drafter: 'From the drafter',
  form: 'Given by the form',
  plain: 'One by one',
}
/** In the order of `Piece.sources`. */
const byNumber: readonly Source[] = ['plain', 'drafter', 'chat', 'you', 'form']
const inOrder: readonly Source[] = ['you', 'chat', 'drafter', 'form', 'plain']

export interface Share {
  readonly source: Source
  readonly tokens: number
  /** Of all new tokens, in whole percent. */
  readonly percent: number
}

/** Where the tokens of a reply came from; they sum to the tokens written. Empty where it was not measured. */
export function sharesOf({ newTokens, accepted }: TurnStats): Share[] {
  if (accepted === undefined || newTokens === 0) return []
  const { model, lookup, history, constraint = 0 } = accepted
  const guessed = model + lookup + history + constraint
  const counts: Record<Source, number> = {
    you: history,
    chat: lookup,
    drafter: model,
    form: constraint,
    plain: Math.max(0, newTokens - guessed),
  }
  return inOrder
    .filter((source) => counts[source] > 0 || source === 'plain')
    .map((source) => ({ source, tokens: counts[source], percent: Math.round((counts[source] * 100) / newTokens) }))
}

/** One pass of the model: who guessed each of its tokens, the one that it computed itself last. */
export type Pass = readonly Source[]

export function passesOf({ sources }: TokenMarks): Pass[] {
  const passes: Source[][] = []
  let pass: Source[] = []
  for (const number of sources) {
    const source = byNumber[number] ?? 'plain'
    pass.push(source)
    if (source !== 'plain') continue
    passes.push(pass)
    pass = []
  }
  if (pass.length > 0) passes.push(pass)
  return passes
}

/** As many columns as there is room for; more passes are averaged, neighbours together. */
export const mostColumns = 120

export interface Strip {
  /** Tokens of each source in a column; fractions where passes were averaged. */
  readonly columns: readonly Readonly<Partial<Record<Source, number>>>[]
  readonly averaged: number
}

export function stripOf(passes: readonly Pass[]): Strip {
  const averaged = Math.max(1, Math.ceil(passes.length / mostColumns))
  const columns: Partial<Record<Source, number>>[] = []
  for (let at = 0; at < passes.length; at += averaged) {
    const group = passes.slice(at, at + averaged)
    const column: Partial<Record<Source, number>> = {}
    for (const source of group.flat()) column[source] = (column[source] ?? 0) + 1 / group.length
    columns.push(column)
  }
  return { columns, averaged }
}

/** Tokens that one pass wrote, on average; null where passes were not counted. */
export function tokensAtATime({ newTokens, passes }: TurnStats): number | null {
  return passes === undefined || passes === 0 ? null : newTokens / passes
}

export const sumOf = (counts: TurnStats['drafted']): number =>
  counts === undefined ? 0 : counts.model + counts.lookup + counts.history + (counts.constraint ?? 0)
