// engine/host/outbox.ts: events on their way to one window: numbered batches, a few in flight, and what waits is merged.
import type { AppEvent } from '../contract/events.ts'
import { eventWindow, type ToWindow } from '../contract/wire.ts'

export type Outbox = {
  add(event: AppEvent): void
  /** The window has drawn this batch, and with it all before. */
  acknowledge(batch: number): void
  /** Sends what waits at once, whatever is in flight: what is posted next was true after these events. */
  drain(): void
  close(): void
}

export function createOutbox(post: (message: ToWindow) => void): Outbox {
  let waiting: AppEvent[] = []
  let sent = 0
  let acknowledged = 0
  let scheduled: NodeJS.Immediate | null = null
  let closed = false

  const drain = () => {
    if (closed || waiting.length === 0) return
    const events = waiting
    waiting = []
    sent++
    post({ type: 'events', batch: sent, events })
  }
  const schedule = () => {
    if (closed || scheduled !== null || sent - acknowledged >= eventWindow) return
    scheduled = setImmediate(() => {
      scheduled = null
      drain()
    })
  }
  return {
    add: (event) => {
      if (closed) return
      merge(waiting, event)
      schedule()
    },
    acknowledge: (batch) => {
      // A number that was never sent says nothing about what was drawn.
      if (batch <= acknowledged || batch > sent) return
      acknowledged = batch
      if (waiting.length > 0) schedule()
    },
    drain,
    close: () => {
      closed = true
      waiting = []
      if (scheduled !== null) clearImmediate(scheduled)
    },
  }
}

/**
 * Adds `event` to `waiting`, joined with an earlier one where the fold over all cannot tell: two pieces or two
 * amounts of one reply, two summaries of one conversation, two states of the model, with nothing about the same subject between them.
 */
export function merge(waiting: AppEvent[], event: AppEvent): void {
  const subject = subjectOf(event)
  const at = waiting.findLastIndex((earlier) => subjectOf(earlier) === subject)
  const earlier = waiting[at]
  if (earlier?.type === 'turn-delta' && event.type === 'turn-delta' && earlier.reply === event.reply)
    waiting[at] = { ...earlier, text: earlier.text + event.text }
  else if (earlier?.type === 'turn-thought' && event.type === 'turn-thought' && earlier.reply === event.reply)
    waiting[at] = { ...earlier, text: earlier.text + event.text }
  else if (earlier?.type === 'turn-progress' && event.type === 'turn-progress' && earlier.reply === event.reply)
    waiting[at] = event
  else if (earlier?.type === event.type && isState(event)) waiting[at] = event
  else waiting.push(event)
}

/** Events of different subjects may change places; those of one may not. */
function subjectOf(event: AppEvent): string {
  switch (event.type) {
    case 'turn-start':
    case 'turn-progress':
    case 'turn-context':
    case 'turn-thought':
    case 'turn-delta':
    case 'turn-done':
    case 'turn-failed':
    case 'digest-changed':
    case 'thread-changed':
    case 'conversation-removed':
    case 'memory-used':
    case 'memory-heard':
    case 'feedback-changed':
      return event.conversation
    case 'conversation-changed':
      return event.summary.id
    case 'model-changed':
      return 'model'
    case 'gpu-changed':
      return 'gpu'
    case 'memory-changed':
      return 'memory'
    case 'learning-changed':
      return 'learning'
    case 'forget-step':
    case 'forget-done':
    case 'forget-failed':
      return event.run
    case 'replay-done':
      return event.reply
    case 'tool-step':
      return event.step.conversation // in its place among the words of the reply
    case 'tools-changed':
      return 'tools'
    case 'reminder-due':
    case 'reminders-changed':
      return 'reminders'
    case 'server-content':
      return event.request
    case 'egress-entry':
      return event.entry.id
    case 'egress-changed':
      return 'egress'
  }
}

/** The latest says everything that the ones before it said. */
const isState = ({ type }: AppEvent) =>
  type === 'conversation-changed' ||
  type === 'conversation-removed' ||
  type === 'digest-changed' ||
  type === 'thread-changed' ||
  type === 'model-changed' ||
  type === 'gpu-changed' ||
  type === 'learning-changed' ||
  type === 'tools-changed' ||
  type === 'reminders-changed' ||
  type === 'egress-entry' ||
  type === 'egress-changed'
