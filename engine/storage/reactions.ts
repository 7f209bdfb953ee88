// engine/storage/reactions.ts: the person's reactions to replies, what had been chosen for each, and rules they set.
import type { ConversationId, MessageId } from '../contract/ids.ts'
import type { ChoiceName, FeedbackKind, QuestionClass } from '../contract/learning.ts'
import type { WritableDatabase } from './database.ts'

/** How often a choice was made and how it was received. */
export type Tally = {
  readonly class: QuestionClass
  readonly choice: ChoiceName
  readonly option: string
  readonly replies: number
  readonly up: number
  readonly down: number
  readonly copy: number
  readonly retry: number
  readonly edit: number
  readonly stop: number
}
export type Rule = { readonly class: QuestionClass; readonly choice: ChoiceName; readonly fixed: string | null }

export type Reactions = {
  react(reply: MessageId, kind: FeedbackKind, at: number): void
  takeBack(reply: MessageId, kind: FeedbackKind): void
  /** Up or down, by reply. */
  thumbs(conversation: ConversationId): { readonly reply: MessageId; readonly kind: 'up' | 'down' }[]
  chose(reply: MessageId, questionClass: QuestionClass, choices: Readonly<Record<string, string>>, at: number): void
  repliesTo(question: MessageId): MessageId[]
  choicesOf(reply: MessageId): Readonly<Record<string, string>>
  /** Counted over replies after the last reset of their class and choice. */
  tallies(): Tally[]
  rules(): Rule[]
  fix(questionClass: QuestionClass, choice: ChoiceName, option: string | null): void
  reset(questionClass: QuestionClass, choice: ChoiceName, at: number): void
  /** Reactions from `since` until before `until`. */
  counts(since: number, until: number): { readonly kind: FeedbackKind; readonly count: number }[]
}

const kinds: readonly FeedbackKind[] = ['up', 'down', 'copy', 'retry', 'edit', 'stop']

export function createReactions(db: WritableDatabase): Reactions {
  const react = db.prepare<[string, string, number]>(
    'INSERT OR IGNORE INTO feedback (reply, kind, at) VALUES (?, ?, ?)',
  )
  const takeBack = db.prepare<[string, string]>('DELETE FROM feedback WHERE reply = ? AND kind = ?')
  const thumbs = db.prepare<[string], { reply: MessageId; kind: 'up' | 'down' }>(`
    SELECT f.reply, f.kind FROM messages m JOIN feedback f ON f.reply = m.id
    WHERE m.conversation = ? AND f.kind IN ('up', 'down')`)
  const chose = db.prepare<[string, string, string, string, number]>(
    'INSERT OR IGNORE INTO reply_choices (reply, choice, class, option, at) VALUES (?, ?, ?, ?, ?)',
  )
  const choicesOf = db.prepare<[string], { choice: string; option: string }>(
    'SELECT choice, option FROM reply_choices WHERE reply = ?',
  )
  const repliesTo = db.prepare<[string], { id: MessageId }>(
    "SELECT id FROM messages WHERE parent = ? AND role = 'assistant'",
  )
  const tallies = db.prepare<[], Tally>(`
    SELECT c.class, c.choice, c.option, count(*) AS replies,
      ${kinds.map((kind) => `sum(EXISTS (SELECT 1 FROM feedback f WHERE f.reply = c.reply AND f.kind = '${kind}')) AS ${kind}`).join(', ')}
    FROM reply_choices c LEFT JOIN choice_rules r ON r.class = c.class AND r.choice = c.choice
    WHERE c.at > coalesce(r.reset_at, -1) GROUP BY c.class, c.choice, c.option`)
  const rules = db.prepare<[], Rule>('SELECT class, choice, fixed FROM choice_rules')
  const fix = db.prepare<[string, string, string | null]>(`
    INSERT INTO choice_rules (class, choice, fixed, reset_at) VALUES (?, ?, ?, -1)
    ON CONFLICT (class, choice) DO UPDATE SET fixed = excluded.fixed`)
  const reset = db.prepare<[string, string, number]>(`
    INSERT INTO choice_rules (class, choice, fixed, reset_at) VALUES (?, ?, NULL, ?)
    ON CONFLICT (class, choice) DO UPDATE SET reset_at = excluded.reset_at`)
  const counts = db.prepare<[number, number], { kind: FeedbackKind; count: number }>(
    'SELECT kind, count(*) AS count FROM feedback WHERE at >= ? AND at < ? GROUP BY kind',
  )

  return {
    react: (reply, kind, at) => void react.run(reply, kind, at),
    takeBack: (reply, kind) => void takeBack.run(reply, kind),
    thumbs: (conversation) => thumbs.all(conversation),
    chose: (reply, questionClass, choices, at) => {
      for (const [choice, option] of Object.entries(choices)) chose.run(reply, choice, questionClass, option, at)
    },
    repliesTo: (question) => repliesTo.all(question).map(({ id }) => id),
    choicesOf: (reply) => Object.fromEntries(choicesOf.all(reply).map(({ choice, option }) => [choice, option])),
    tallies: () => tallies.all(),
    rules: () => rules.all(),
    fix: (questionClass, choice, option) => void fix.run(questionClass, choice, option),
    reset: (questionClass, choice, at) => void reset.run(questionClass, choice, at),
    counts: (since, until) => counts.all(since, until),
  }
}
