// engine/inference/reply-history.ts: earlier replies as one model would write them, for guessing ahead. Texts become
// tokens here, so that an index made from the database is the one that was made while the replies were written.
import type { NativeHistory, NativeModel } from './addon.ts'
import { fromNative } from './native-failure.ts'

export type ReplyHistory = {
  /** Names the model file and its vocabulary; what was saved under another is refused. */
  readonly key: string
  has(message: string): boolean
  /** Adds a reply, or replaces it. */
  add(message: string, text: string): void
  /** Answers how many of them were here. */
  forget(messages: readonly string[]): number
  /** Forgets all but these; answers how many. */
  retain(messages: readonly string[]): number
  clear(): void
  size(): { readonly messages: number; readonly tokens: number }
  save(): Uint8Array
  /** Throws `HearthError`, with nothing changed, when these are not exactly the bytes that `save` gave. */
  restore(bytes: Uint8Array): void
  /** Called with the messages after each `forget`. */
  onForget(listener: (messages: readonly string[]) => void): void
}

export function createReplyHistory(model: Pick<NativeModel, 'encode' | 'history'>): ReplyHistory {
  let made: NativeHistory | null = null
  const native = () => {
    made ??= model.history() // naming a large file takes a moment, and who guesses nothing need not wait for it
    return made
  }
  const listeners: ((messages: readonly string[]) => void)[] = []
  return {
    get key() {
      return native().key
    },
    has: (message) => native().has(message),
    add: (message, text) => native().add(message, model.encode(text, { bos: false, markers: 'none' })),
    forget: (messages) => {
      const gone = messages.filter((message) => native().forget(message)).length
      for (const listener of listeners) listener(messages)
      return gone
    },
    retain: (messages) => native().retain(messages),
    clear: () => native().clear(),
    size: () => ({ messages: native().messages(), tokens: native().tokens() }),
    save: () => native().save(),
    restore: (bytes) => {
      try {
        native().restore(bytes)
      } catch (error) {
        throw fromNative(error)
      }
    },
    onForget: (listener) => void listeners.push(listener),
  }
}
