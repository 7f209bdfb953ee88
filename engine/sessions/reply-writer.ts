// engine/sessions/reply-writer.ts: the text of a reply in flight, and its way to the disk in steps.
import type { MessageId } from '../contract/ids.ts'
import type { Messages } from '../storage/messages.ts'

export type ReplyWriter = {
  /** All text so far, flushed or not. */
  text(): string
  thought(): string
  append(more: { readonly text: string; readonly thought: string }): void
  /** Why the last flush failed; null while all is well. */
  problem(): unknown
  /** Nothing is flushed after this; the end of the turn writes the whole text. */
  close(): void
}

/**
 * Flushes at most every `everyMs` milliseconds, and no later than that after a text came. When a flush fails,
 * `onProblem` is called once and flushing ends. `begun`: what the reply holds already.
 */
export function createReplyWriter(
  reply: MessageId,
  messages: Pick<Messages, 'flush'>,
  everyMs: number,
  onProblem: () => void,
  begun: { readonly text: string; readonly thought: string } | null = null,
): ReplyWriter {
  let text = begun?.text ?? ''
  let thought = begun?.thought ?? ''
  let problem: unknown = null
  let closed = false
  let timer: NodeJS.Timeout | null = null

  const flush = () => {
    timer = null
    if (closed) return
    try {
      messages.flush(reply, text, thought)
    } catch (error) {
      closed = true
      problem = error
      onProblem()
    }
  }
  return {
    text: () => text,
    thought: () => thought,
    append: (more) => {
      text += more.text
      thought += more.thought
      if (timer === null && !closed) timer = setTimeout(flush, everyMs)
    },
    problem: () => problem,
    close: () => {
      closed = true
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
