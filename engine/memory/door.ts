// engine/memory/door.ts: what a tool may do with memory: put something in, and take that out again. A model wrote the
// words, so they are worth no more than what they rest on: the person's last message, or somebody else's text.
import type { Message } from '../contract/conversation.ts'
import type { ConversationId } from '../contract/ids.ts'
import type { MemoryEvent, MemoryId } from '../contract/memory.ts'
import type { Memories } from '../storage/memories.ts'
import type { Beliefs } from './beliefs.ts'
import { writtenFact } from './beliefs.ts'
import { contentWords, shareStem } from './words.ts'

export type DoorDeps = {
  readonly beliefs: Beliefs
  readonly memories: Memories
  /** The person's last message on the active branch. */
  readonly lastQuestion: (conversation: ConversationId) => Message | null
  /** Whether what a model reads waits for the person. */
  readonly asks: () => boolean
  readonly emit: (event: MemoryEvent) => void
}

export function createDoor({ beliefs, memories, lastQuestion, asks, emit }: DoorDeps) {
  return {
    /** Answers the id of what was stored. `origins`: texts of others that were read before; then it is held back. */
    remember: (fact: string, conversation: ConversationId, origins: readonly { readonly kind: string }[]): string => {
      const question = lastQuestion(conversation)
      const written = writtenFact(fact)
      const said = question !== null && isFrom(written.value ?? fact, question.text) ? question : null
      const strange = origins.length > 0 || said === null
      const learned = beliefs.learn({
        fact: written,
        origin: !strange ? 'inferred' : origins.some(({ kind }) => kind === 'file') ? 'file' : 'tool',
        conversation: null,
        span: said === null ? null : { message: said.id, start: 0, end: said.text.length },
        hold: strange || asks(),
      })
      emit({ type: 'memory-changed', memories: [learned.memory, ...learned.replaced] })
      return learned.memory
    },
    forget: (id: string): void => {
      memories.remove(id as MemoryId)
      emit({ type: 'memory-changed', memories: [id as MemoryId] })
    },
  }
}

/** At least half of the words are the person's. */
function isFrom(words: string, said: string): boolean {
  const [wanted, own] = [contentWords(words), contentWords(said)]
  const common = wanted.filter((word) => own.some((other) => shareStem(word, other)))
  return wanted.length > 0 && common.length * 2 >= wanted.length
}
