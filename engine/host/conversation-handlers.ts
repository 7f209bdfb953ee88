// engine/host/conversation-handlers.ts: what the commands about conversations, messages and replies do.
import type { z } from 'zod'
import type { CommandName, CommandOutput, Commands } from '../contract/commands.ts'
import type { ConversationSummary } from '../contract/conversation.ts'
import type { AppEvent } from '../contract/events.ts'
import { exportConversations, importConversations } from '../sessions/archive-file.ts'
import type { Rooms } from './rooms.ts'

type Input<N extends CommandName> = z.output<Commands[N]['input']>
type Handled =
  | Exclude<Extract<CommandName, `conversation.${string}` | `message.${string}` | `digest.${string}`>, never>
  | 'turn.start'
  | 'turn.retry'
  | 'turn.continue'
  | 'turn.stop'
  | 'archive.export'
  | 'archive.import'
export type ConversationHandlers = { [N in Handled]: (input: Input<N>) => CommandOutput<N> }

export type ConversationHandlersDeps = {
  readonly rooms: Rooms
  readonly emit: (event: AppEvent) => void
  readonly now: () => number
}

export function createConversationHandlers({ rooms, emit, now }: ConversationHandlersDeps): ConversationHandlers {
  const { disk, memory } = rooms
  const told = (summary: ConversationSummary) => {
    emit({ type: 'conversation-changed', summary })
    return summary
  }
  return {
    'conversation.open': ({ id }) => rooms.of(id).sessions.open(id),
    'conversation.rename': ({ id, title }) => rooms.of(id).sessions.edits.rename(id, title),
    'conversation.pin': ({ id, pinned }) => rooms.of(id).sessions.edits.pin(id, pinned),
    'conversation.overflow': ({ id, overflow }) => rooms.of(id).sessions.edits.setOverflow(id, overflow),
    'conversation.delete': ({ id }) => {
      const { sessions, trash } = rooms.of(id)
      sessions.summary(id)
      sessions.leave(id)
      trash.put(id)
      emit({ type: 'conversation-removed', conversation: id })
      return {}
    },
    'conversation.restore': ({ id }) => {
      const { sessions, trash } = rooms.of(id)
      trash.takeBack(id)
      return told(sessions.summary(id))
    },
    'conversation.select': ({ message }) => rooms.ofMessage(message).sessions.select(message),
    'conversation.keep': ({ id }) => told(rooms.keep(id)),

    'message.delete': ({ id }) => {
      const { sessions, trash } = rooms.ofMessage(id)
      const left = sessions.edits.remove(id)
      trash.messagesHidden()
      return left
    },
    'message.restore': ({ id }) => {
      // A hidden message is not found by asking for it, so both places are asked to take it back.
      const inMemory = memory.storage.messageTrash.holds(id)
      return (inMemory ? memory : disk).sessions.edits.restore(id)
    },
    'message.marks': ({ id }) => ({ marks: rooms.ofMessage(id).sessions.edits.marks(id) }),

    'digest.write': ({ conversation }) => {
      rooms.of(conversation).sessions.digests.write(conversation)
      return {}
    },
    'digest.edit': ({ conversation, upto, text }) =>
      rooms.of(conversation).sessions.digests.edit(conversation, upto, text),
    'digest.remove': ({ conversation, upto }) => {
      rooms.of(conversation).sessions.digests.remove(conversation, upto)
      return {}
    },

    'turn.start': ({ temporary, ...turn }) => {
      const fresh = temporary === true && disk.storage.conversations.find(turn.conversation) === null
      const room = fresh ? memory : rooms.of(turn.conversation)
      room.sessions.start(turn)
      return {}
    },
    'turn.retry': (turn) => {
      rooms.ofMessage(turn.instead).sessions.retry(turn)
      return {}
    },
    'turn.continue': ({ reply }) => {
      rooms.ofMessage(reply).sessions.resume(reply)
      return {}
    },
    'turn.stop': ({ reply }) => {
      disk.sessions.stop(reply)
      memory.sessions.stop(reply)
      return {}
    },

    'archive.export': ({ conversation, format }) => {
      const wanted = conversation === null ? disk.sessions.list().map(({ id }) => id) : [conversation]
      const archives = wanted.flatMap((id) => rooms.of(id).storage.archive.read(id) ?? [])
      return exportConversations(archives, format, now())
    },
    'archive.import': ({ text }) => {
      const { added, known } = importConversations(text, disk.storage)
      return { added: added.map((id) => told(disk.sessions.summary(id))), known }
    },
  }
}
