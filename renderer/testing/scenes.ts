// renderer/testing/scenes.ts: every state of the face, by name, each reached through the fake host.
import type { Message } from '../../engine/contract/conversation.ts'
import type { AppEvent } from '../../engine/contract/events.ts'
import type { ConversationId, MessageId } from '../../engine/contract/ids.ts'
import { uuidv7 } from '../../engine/contract/ids.ts'
import type { ModelStatus } from '../../engine/contract/model.ts'
import { createFakeHost, type FakeHost, type FakeHostOptions } from './fake-host.ts'

export const kindling: Extract<ModelStatus, { state: 'ready' }> = {
  state: 'ready',
  memoryBytes: 31_200_000,
  info: {
    name: 'Kindling',
    path: '/opt/hearth/assets/models/kindling.gguf',
    fileBytes: 7_310_000,
    architecture: 'gemma4',
    parameterCount: 6_700_000,
    layers: 6,
    vocabularySize: 4096,
    trainedContextTokens: 2048,
    contextTokens: 2048,
    starter: true,
  },
}

const day = 86_400_000
let clock = 0

/** A conversation of alternating questions and replies, `ageDays` old. */
export function talk(ageDays: number, ...texts: readonly string[]): readonly Message[] {
  const conversation = uuidv7() as ConversationId
  const startedAt = Date.now() - ageDays * day - 120_000
  let parent: MessageId | null = null
  return texts.map((text, at): Message => {
    const id = uuidv7(startedAt + clock++) as MessageId
    const assistant = at % 2 === 1
    const message: Message = {
      id,
      conversation,
      parent,
      role: assistant ? 'assistant' : 'user',
      text,
      thought: '',
      status: 'done',
      createdAt: startedAt + at * 4000,
      model: assistant ? 'Kindling' : null,
      stats: assistant
        ? {
            promptTokens: 412,
            reusedTokens: 371,
            newTokens: 168,
            firstTokenMs: 84,
            totalMs: 1460,
            tokensPerSecond: 122,
          }
        : null,
      failure: null,
      attachments: [],
      context: null,
      siblings: [id],
    }
    parent = id
    return message
  })
}

const letter = talk(
  0,
  'Write Mr Okafor a short note about the damp, then make it shorter.',
  'Dear Mr Okafor,\n\nThe damp in the back room has come back since the rain on 14 November. The patch by the window is now about 40 cm across and the wallpaper is lifting. Could you send someone to look at it before Friday 4 December? I’m home most weekday mornings, and I’m happy to let them in.\n\nThank you, Ines',
  'Does the lease say who pays for damp?',
  'Nothing you have told me here says so. Clause 11 of the text you pasted is about airing the room, and it does not name who pays for damp that follows rain.',
)

/** The last reply once more: the same question has two answers, and the second one is shown. */
const again: Message = {
  ...(letter[3] as Message),
  id: uuidv7() as MessageId,
  text: 'The text you pasted does not say. It asks you to air the room, and is silent on damp from outside.',
}

export const chats: readonly Message[] = [
  ...letter,
  again,
  ...talk(0.01, 'Beans that survive frost', 'Broad beans. Sow them now under fleece.'),
  ...talk(1, 'Invoice wording, second reminder', 'Dear Ms Hale, our invoice 214 is still open.'),
  ...talk(2.1, 'Half-marathon, weeks 9 to 12', 'Week 9: three short runs and one long one.'),
  ...talk(2.4, 'Preterite or imperfect?', 'It depends on whether the action is finished.'),
  ...talk(9, 'Reading list for Mum', '- The Summer Book\n- Offshore\n- The Leopard'),
  ...talk(
    21,
    'Heating again: the damp shows on cold walls',
    'A cold wall meets warm air, so the damp shows there first.',
  ),
]
export const letterId = (letter[0] as Message).conversation

const titles: Record<string, string> = { [letterId]: 'Letter to Mr Okafor' }
const lastReply = again

const long = [
  'Yes. ',
  'Clause 11.2 puts damp caused by the building on the landlord, ',
  'and damp caused by not airing the room on you. ',
  'Since yours follows rain, it most',
]

const unread: Message = { ...lastReply, id: uuidv7() as MessageId, text: '', status: 'streaming', stats: null }
const readingEvents: readonly AppEvent[] = [
  { type: 'turn-start', conversation: letterId, reply: unread.id, question: null, message: unread },
  { type: 'turn-progress', conversation: letterId, reply: unread.id, done: 3200, total: 8000 },
]

export interface Scene {
  readonly options: FakeHostOptions
  /** What the host does after the first screen is there. */
  readonly act?: (host: FakeHost) => void
}

const withChats: FakeHostOptions = {
  model: kindling,
  messages: chats,
  titles,
  settings: { lastConversation: letterId },
}
const ended = (change: Partial<Message>): FakeHostOptions => ({
  ...withChats,
  messages: chats.map((message) => (message.id === lastReply.id ? { ...message, ...change } : message)),
})
const failure = (code: 'engine-crashed' | 'storage-full', message: string, remedy: string) => ({
  code,
  message,
  remedy,
})

export const scenes: Readonly<Record<string, Scene>> = {
  chat: { options: withChats },
  streaming: {
    options: { ...withChats, reply: () => long, later: (task) => setTimeout(task, 60) },
  },
  reading: {
    options: withChats,
    act: (host) => host.emit(...readingEvents),
  },
  resting: { options: { ...withChats, model: { state: 'resting', info: { ...kindling.info, name: 'Gemma 4 12B' } } } },
  empty: { options: { model: kindling } },
  'empty-with-chats': { options: { model: kindling, messages: chats, titles } },
  welcome: { options: { model: kindling, settings: { welcomed: false } } },
  'welcome-waking': { options: { model: { state: 'loading', name: 'Kindling' }, settings: { welcomed: false } } },
  waking: { options: { ...withChats, model: { state: 'loading', name: 'Kindling' } } },
  'no-model': { options: { ...withChats, model: { state: 'none' } } },
  missing: {
    options: {
      ...withChats,
      settings: { lastConversation: letterId, modelPath: '/Volumes/Studio/gemma-4-12b.gguf' },
      model: {
        state: 'failed',
        name: 'Gemma 4 12B',
        failure: {
          code: 'model-missing',
          message: 'The file was in /Volumes/Studio, and that folder is not there.',
          remedy: 'Connect the drive, or choose another file.',
        },
        fallback: 'Kindling',
      },
    },
  },
  invalid: {
    options: {
      ...withChats,
      settings: { lastConversation: letterId, modelPath: '/home/ines/llama.gguf' },
      model: {
        state: 'failed',
        name: 'llama.gguf',
        failure: {
          code: 'model-invalid',
          message: 'Expected a model of the gemma4 family, found llama.',
          remedy: 'Choose a Gemma 4 file.',
        },
        fallback: 'Kindling',
      },
    },
  },
  stopped: {
    options: ended({ status: 'stopped', text: 'For frost, start with broad beans. Sow them now under fleece, then' }),
  },
  interrupted: { options: ended({ status: 'interrupted', stats: null }) },
  failed: {
    options: ended({
      status: 'failed',
      stats: null,
      text: '',
      failure: {
        code: 'prompt-too-long',
        message: 'This chat needs 2,310 tokens and the model has room for 2,048.',
        remedy: 'Start a new chat, or use a model with a longer context.',
      },
    }),
  },
  crashed: {
    options: ended({
      status: 'failed',
      stats: null,
      failure: failure('engine-crashed', 'The engine ended during this reply.', 'Try again.'),
    }),
  },
  lost: {
    options: withChats,
    act: (host) => host.loseEngine(failure('engine-crashed', 'The engine ended.', 'Trying again.'), 4000),
  },
  'lost-for-good': {
    options: withChats,
    act: (host) =>
      host.loseEngine(
        failure('engine-crashed', 'The engine stopped five times in a minute.', 'Reload to start it again.'),
        null,
      ),
  },
  full: {
    options: withChats,
    act: (host) =>
      host.failNext(
        'turn.start',
        failure('storage-full', 'The disk has 0 bytes left.', 'Free 200 MB, then send it again.'),
      ),
  },
  refused: {
    options: withChats,
  },
}

export function openScene(name: string): FakeHost {
  const scene = scenes[name] ?? scenes.chat
  if (!scene) throw new Error(`expected a scene, found ${name}`)
  const host = createFakeHost(scene.options)
  if (name === 'refused') {
    host.failNext('app.snapshot', {
      code: 'storage-newer',
      message: 'Expected a database of version 3 or older, found version 7.',
      remedy: 'Update Hearth, or move the data folder away to start empty.',
    })
  }
  return host
}
