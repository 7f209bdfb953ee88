// engine/memory/test-support.ts: memory over a real database, with a clock and a chance that the test decides.
import { onTestFinished } from 'vitest'
import type { AppEvent } from '../contract/events.ts'
import type { ConversationId, MessageId } from '../contract/ids.ts'
import { seeded } from '../learning/thompson.ts'
import type { Storage } from '../storage/open-storage.ts'
import { openTemp, say, tempFolder } from '../storage/test-support.ts'
import { assembleMemory, type MemoryDeps } from './assemble.ts'
import { type Heard, hear } from './plain-speech.ts'

export const day = 86_400_000

export function startMemory(options: Partial<MemoryDeps> & { storage?: Storage } = {}) {
  const storage = options.storage ?? openTemp(tempFolder())
  const events: AppEvent[] = []
  const clock = { at: Date.UTC(2026, 0, 1) }
  const memory = assembleMemory({
    storage,
    embedderPath: null,
    forgettables: [],
    emit: (event) => void events.push(event),
    log: () => {},
    now: () => clock.at,
    random: seeded(1),
    build: 'test',
    ...options,
  })
  onTestFinished(() => memory.close())
  /** A message of the person and a reply; the message is heard as in a turn. */
  const tell = (conversation: ConversationId, text: string): { message: MessageId; reply: MessageId } => {
    const { question, reply } = say(storage, conversation, text, 'Good to know.', clock.at++)
    memory.mind.heard({ conversation, message: question, text })
    return { message: question, reply }
  }
  const list = () => memory.page.list({ tab: 'all', query: '', limit: 500 }).memories
  return { storage, memory, events, clock, tell, list }
}

/** What is heard in a message, in short. */
export const heardIn = (message: string): string[] => hear(message).map(inShort)

const inShort = (heard: Heard): string => {
  if (heard.does === 'forget') return `forget ${heard.statement ?? heard.key ?? heard.about}`
  return `${heard.fact.key ?? heard.fact.kind}: ${heard.fact.statement}${heard.here ? ' (here)' : ''}`
}
