// engine/prompt/turns.ts: messages as turns that alternate, as templates expect.
import type { FileUse } from '../contract/context.ts'
import type { ChatMessage } from './chat-template.ts'
import type { Placed, SaidCall } from './files.ts'
import { withoutThoughts } from './thoughts.ts'

export type Turn = ChatMessage & {
  /** The content without the words of files, and those words. */
  readonly said: string
  readonly filesText: string
  readonly uses: readonly FileUse[]
  readonly calls: readonly SaidCall[]
  /** How many messages became this turn. */
  readonly messages: number
}

/** A reply without text says nothing, and two questions in a row (the first was never answered) are one. */
export function toTurns(history: readonly Placed[]): Turn[] {
  const turns: Turn[] = []
  for (const { role, text, filesText, uses, calls } of history) {
    const said = role === 'assistant' ? withoutThoughts(text) : text
    const content = filesText === '' ? said : `${filesText}\n\n${said}`
    if (role === 'assistant' && content === '' && calls.length === 0) continue
    const last = turns.at(-1)
    const turn = { role, content, said, filesText, uses, calls, messages: 1 }
    if (last?.role === role) turns[turns.length - 1] = joined(last, turn)
    else turns.push(turn)
  }
  return turns
}

const joined = (first: Turn, second: Turn): Turn => ({
  role: first.role,
  content: `${first.content}\n\n${second.content}`,
  said: `${first.said}\n\n${second.said}`,
  filesText: [first.filesText, second.filesText].filter(Boolean).join('\n\n'),
  uses: [...first.uses, ...second.uses],
  calls: [...first.calls, ...second.calls],
  messages: first.messages + second.messages,
})
