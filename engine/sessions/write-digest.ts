// engine/sessions/write-digest.ts: the model sums up messages. What does not fit into one pass goes in groups: each
// summary is made of the one before and the next group.

import type { Message } from '../contract/conversation.ts'
import { HearthError } from '../contract/failure.ts'
import type { Inference, InferenceSession, Sampling } from '../inference/inference.ts'
import { buildPrompt } from '../prompt/build-prompt.ts'
import { withoutThoughts } from '../prompt/thoughts.ts'
import { createReplyStream } from './reply-stream.ts'

export type WriteDigest = {
  readonly inference: Inference
  readonly session: InferenceSession
  readonly system: string | null
  readonly sampling: Sampling
  /** The summary of what came before these messages. */
  readonly before: string | null
  readonly messages: readonly Pick<Message, 'role' | 'text'>[]
  /** Tokens that a prompt may have. */
  readonly limit: number
  readonly signal: AbortSignal
  /** All of the summary so far. */
  readonly onText: (whole: string) => void
}

/** Shares of the room: what stays as messages behind a summary, and the summary itself. */
const keptShare = 0.4
const digestShare = 0.2

/**
 * How many of the oldest messages a summary should stand for, so that what follows takes at most `keptShare` of `limit`.
 * Ends behind a reply; 0 when there is nothing to sum up. The last question always stays.
 */
export function splitForDigest(
  messages: readonly Pick<Message, 'role' | 'text'>[],
  limit: number,
  count: (text: string) => number,
): number {
  let left = limit * keptShare
  let from = messages.length
  while (from > 0) {
    const tokens = count(messages[from - 1]?.text ?? '')
    if (tokens > left) break
    left -= tokens
    from--
  }
  if (from === 0) from = Math.floor(messages.length / 2) // all of it would fit: the older half, since it was asked for
  const last = messages.findLastIndex(({ role }) => role === 'user')
  from = Math.min(from, last)
  while (from > 0 && messages[from - 1]?.role !== 'assistant') from--
  return Math.max(0, from)
}

/** Rejects with `HearthError`, also when it was stopped or the model had nothing to say. */
export async function writeDigest(request: WriteDigest): Promise<string> {
  const { inference, session, system, sampling, limit, signal } = request
  const count = (text: string) => inference.encode(text, { bos: false, markers: 'none' }).length
  const room = Math.max(64, limit - (system === null ? 0 : count(system)) - limit * digestShare * 2)
  const maxTokens = Math.max(32, Math.floor(limit * digestShare))
  let digest = request.before
  for (const group of groupsOf(request.messages, room, count)) {
    const text = instruction(digest, group)
    const { tokens } = buildPrompt({ history: [{ role: 'user', text }], system, reserveTokens: maxTokens }, inference)
    const stream = createReplyStream(inference)
    let written = ''
    await session.generate(
      { tokens, maxTokens, sampling },
      (piece) => {
        written += stream.read(piece).text
        request.onText(written.trimStart())
      },
      signal,
    )
    if (signal.aborted) throw new HearthError('engine-failed', 'The summary was stopped.')
    if (written.trim() === '')
      throw new HearthError('engine-failed', 'The model wrote no summary.', 'Try again, or drop the oldest messages.')
    digest = written.trim()
  }
  return digest ?? ''
}

/** Messages as lines, as many in a group as fit; a single one that does not is cut. */
function groupsOf(messages: WriteDigest['messages'], room: number, count: (text: string) => number): string[] {
  const groups: string[] = []
  let group = ''
  for (const { role, text } of messages) {
    const said = withoutThoughts(text)
    if (said === '') continue
    const line = cut(`${role === 'user' ? 'Person' : 'Assistant'}: ${said}`, room, count)
    const longer = group === '' ? line : `${group}\n${line}`
    if (group !== '' && count(longer) > room) {
      groups.push(group)
      group = line
    } else group = longer
  }
  if (group !== '') groups.push(group)
  return groups
}

function cut(line: string, room: number, count: (text: string) => number): string {
  let kept = line
  while (count(kept) > room) kept = kept.slice(0, Math.floor(kept.length * 0.7))
  return kept === line ? line : `${kept.toWellFormed()}…`
}

const instruction = (digest: string | null, group: string) =>
  digest === null
    ? `Summarise this conversation in a few sentences. Keep names, numbers, decisions and open questions.\n\n${group}`
    : `Summarise this conversation in a few sentences. Keep names, numbers, decisions and open questions.\n\nSo far: ${digest}\n\n${group}`
