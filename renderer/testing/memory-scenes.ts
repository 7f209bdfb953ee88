// renderer/testing/memory-scenes.ts: the states of the Memory and Insights pages, by name, each reached through the fakes.
import type { Message } from '../../engine/contract/conversation.ts'
import type { ConversationId, MessageId } from '../../engine/contract/ids.ts'
import type { MemoryId, UsedMemory } from '../../engine/contract/memory.ts'
import { createFakeHost, type FakeHost, type FakeHostOptions } from './fake-host.ts'
import { createLearningFake, type LearningFakeOptions } from './learning-fake.ts'
import { createMemoryFake, type FakeMemory, fakeMemory, type MemoryFakeOptions, said, sure } from './memory-fake.ts'
import { chats, kindling, letterId, talk } from './scenes.ts'

const dayMs = 86_400_000
const ago = (days: number) => Date.now() - days * dayMs

const heating = talk(
  16,
  'Keep it firm but friendly, he’s not a bad man, just slow.',
  'Here is a softer version.',
  'Too long. Under 120 words or he won’t read it.',
  'Shortened to 96 words.',
)
const meals = talk(260, 'I’ve been vegetarian since 2019.', 'Noted.')
const weekend = talk(10, 'We had grilled sea bass, so good.', 'That sounds like a good weekend.')
const latch = talk(5, 'Good, same tone as last time.', 'Glad it fits.')
export const memoryMessages: readonly Message[] = [...chats, ...heating, ...meals, ...weekend, ...latch]

const at = (messages: readonly Message[], index: number, title: string) => {
  const message = messages[index]
  if (!message) throw new Error(`expected a message ${index} in the scene “${title}”`)
  return { message: message.id, conversation: message.conversation, title }
}
const titles: Record<string, string> = {
  [letterId]: 'Letter to Mr Okafor',
  [at(heating, 0, '').conversation]: 'Heating again',
  [at(meals, 0, '').conversation]: 'Meal plan',
  [at(weekend, 0, '').conversation]: 'Weekend notes',
  [at(latch, 0, '').conversation]: 'Window latch',
}
const heatingTalk = (index: number) => at(heating, index, 'Heating again')
const inLetter = { type: 'conversation' as const, conversation: letterId }

export const tone = fakeMemory(
  'Letters: firm but friendly, under 120 words',
  { kind: 'preference', scope: inLetter, lastUsedAt: ago(0), useCount: 12, pinned: true },
  [
    said('Keep it firm but friendly, he’s not a bad man, just slow.', 'firm but friendly', heatingTalk(0), ago(16)),
    said('Too long. Under 120 words or he won’t read it.', 'Under 120 words', heatingTalk(2), ago(16)),
    said('Good, same tone as last time.', 'same tone as last time', at(latch, 0, 'Window latch'), ago(5)),
  ],
)
const plainSaid = (words: string, days: number) => [said(words, words, heatingTalk(0), ago(days))]
const twice = (words: string, days: number) => [...plainSaid(words, days), ...plainSaid(words, days - 1)]

const vegetarian = fakeMemory('You are vegetarian.', { key: 'diet' }, [
  said('I’ve been vegetarian since 2019.', 'vegetarian since 2019', at(meals, 0, 'Meal plan'), ago(260)),
])
const fish = fakeMemory(
  'You eat fish.',
  { key: 'diet', status: 'disputed', origin: 'inferred', against: vegetarian.memory.id, confidence: sure(2, 1) },
  [said('We had grilled sea bass, so good.', 'grilled sea bass', at(weekend, 0, 'Weekend notes'), ago(10))],
)
const spelling = fakeMemory(
  'Use British spelling.',
  { kind: 'instruction', lastUsedAt: ago(0), useCount: 88 },
  plainSaid('British spelling, please', 40),
)
const mornings = fakeMemory(
  'You are home most weekday mornings.',
  { lastUsedAt: ago(0), useCount: 4 },
  twice('I’m home most weekday mornings', 12),
)
const spanish = fakeMemory(
  'You are learning Spanish, around B1.',
  { lastUsedAt: ago(4), useCount: 7, confidence: sure(2, 1.4), origin: 'inferred' },
  twice('my Spanish is about B1', 20),
)
const learningSpanish = fakeMemory('You learn Spanish.', { lastUsedAt: ago(9) }, plainSaid('I learn Spanish', 30))
const okafor = fakeMemory(
  'Mr Okafor is the landlord at 14 Alder Road.',
  { kind: 'person', lastUsedAt: ago(0), useCount: 5 },
  twice('Mr Okafor, our landlord at 14 Alder Road', 18),
)
const older = fakeMemory(
  'You live in Bristol.',
  { status: 'replaced', updatedAt: ago(22) },
  plainSaid('I live in Bristol', 90),
)
const cardiff = fakeMemory(
  'You live in Cardiff.',
  { lastUsedAt: ago(1), useCount: 3 },
  plainSaid('we moved to Cardiff', 22),
)

export const believed: readonly FakeMemory[] = [
  tone,
  fakeMemory(
    'Skip the opening summary.',
    { kind: 'preference', origin: 'inferred', lastUsedAt: ago(1), useCount: 6, confidence: sure(5, 1) },
    twice('leave out the summary at the top', 6),
  ),
  spelling,
  mornings,
  cardiff,
  { ...older, memory: { ...older.memory, replacedBy: cardiff.memory.id } },
  spanish,
  learningSpanish,
  vegetarian,
  fish,
  okafor,
  fakeMemory(
    'Dana is your sister, birthday 9 May.',
    { kind: 'person', lastUsedAt: ago(22), useCount: 1 },
    plainSaid('Dana is my sister, her birthday is on 9 May', 22),
  ),
  fakeMemory(
    'Marble is your cat.',
    { kind: 'person', status: 'leaving', lastUsedAt: ago(5) },
    plainSaid('our cat Marble', 50),
  ),
  fakeMemory(
    'You run the Cardiff half on 28 March.',
    { status: 'held', origin: 'inferred', confidence: sure(2, 1) },
    plainSaid('I have a place in the Cardiff half on 28 March', 1),
  ),
  fakeMemory('Your boiler is a Vaillant ecoTEC.', { status: 'held', origin: 'file', confidence: sure(1, 1) }, [
    said('Installed: Vaillant ecoTEC plus 832.', 'Vaillant ecoTEC', null, ago(2)),
  ]),
]

const lastReply = chats.find(({ text }) => text.startsWith('The text you pasted does not say.'))
const replyId = lastReply?.id as MessageId
const used = ({ memory }: FakeMemory, because: UsedMemory['because']): UsedMemory => ({
  memory: memory.id,
  text: memory.text,
  kind: memory.kind,
  place: because === 'pinned' || because === 'standing' ? 'block' : 'turn',
  because,
})
export const usedByReply = {
  [replyId]: {
    conversation: letterId as ConversationId,
    memories: [
      used(tone, 'pinned'),
      used(spelling, 'standing'),
      used(mornings, 'both'),
      used(okafor, 'words'),
      used(cardiff, 'meaning'),
    ],
  },
}

export interface MemoryScene {
  readonly host?: FakeHostOptions
  readonly memory?: MemoryFakeOptions
  readonly learning?: LearningFakeOptions
  /** Runs when the first screen is there. */
  readonly act?: (host: FakeHost) => void
}

const duplicates: readonly (readonly MemoryId[])[] = [[spanish.memory.id, learningSpanish.memory.id]]
const full: MemoryFakeOptions = { memories: believed, used: usedByReply, duplicates }
const why = [
  {
    memory: tone.memory,
    why: 'You asked for it three times.',
    quote: 'Keep it firm but friendly, he’s not a bad man, just slow.',
  },
  { memory: mornings.memory, why: 'You said it twice, in two chats.', quote: 'I’m home most weekday mornings' },
  { memory: spelling.memory, why: 'You thumbed down a reply with American spelling.', quote: null },
]

export const memoryScenes: Readonly<Record<string, MemoryScene>> = {
  memory: { memory: full },
  'memory-by-words': { memory: { ...full, noMeaning: 'The embedder is not installed.' } },
  'memory-leftovers': { memory: { ...full, leftovers: ['index'] } },
  'memory-empty': {},
  'memory-off': { memory: full, host: { settings: { memory: 'off' } } },
  'memory-unread': {
    memory: full,
    act: (host) =>
      host.failNext('memory.list', {
        code: 'storage-corrupt',
        message: 'The memory table could not be read.',
        remedy: 'Start Hearth again; your chats are safe.',
      }),
  },
  insights: { memory: full, learning: { days: 26, repliesADay: 12, learned: why } },
  'insights-early': { memory: full, learning: { days: 3, repliesADay: 4, learned: why.slice(0, 1) } },
  'insights-empty': {},
}

export function openMemoryScene(name: string): FakeHost | null {
  const scene = memoryScenes[name]
  if (!scene) return null
  const memory = createMemoryFake(scene.memory)
  const learning = createLearningFake(scene.learning)
  const host = createFakeHost({
    model: kindling,
    messages: memoryMessages,
    titles,
    ...scene.host,
    settings: { lastConversation: letterId, ...scene.host?.settings },
    handlers: { ...memory.handlers, ...learning.handlers, ...scene.host?.handlers },
  })
  memory.attach(host.emit)
  learning.attach(host.emit)
  scene.act?.(host)
  return host
}
