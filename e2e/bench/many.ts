// e2e/bench/many.ts: a data folder of somebody who has talked a lot: one chat of 10,000 messages, and 90,000 more in
// others. Words follow from a seed, some of them rare and some in every message, as words are.
import { type ConversationId, newConversationId, newMessageId } from '../../engine/contract/ids.ts'
import { seeded } from '../../engine/learning/thompson.ts'
import { openStorage, type Storage } from '../../engine/storage/open-storage.ts'

export const messagesInLongChat = 10_000
export const messagesInAll = 100_000
const turnsInOtherChats = 50
const turnsAtOnce = 1000

/** Words by how often they are said: the n-th about 1/n as often as the first, and the commonest the shortest (Zipf's laws). */
export const vocabulary = Array.from({ length: 20_000 }, (_, index) => wordOf(index))

function wordOf(index: number): string {
  const syllables = [
    'ka',
    'lo',
    'mi',
    'ren',
    'su',
    'ta',
    'vel',
    'no',
    'bri',
    'da',
    'fe',
    'gor',
    'hin',
    'ju',
    'pas',
    'wen',
  ]
  let word = ''
  for (let left = index + 1; left > 0; left = Math.floor(left / 16)) word += syllables[left % 16]
  return word
}

export function pickWord(random: () => number): string {
  return vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? 'ka'
}

const sentence = (random: () => number, words: number) =>
  `${Array.from({ length: words }, () => pickWord(random)).join(' ')}.`

/** What replies look like: prose, now and then a list, a table or code. */
function answer(random: () => number, index: number): string {
  const prose = `${sentence(random, 18)} ${sentence(random, 12)}`
  if (index % 7 === 0)
    return `${prose}\n\n- ${sentence(random, 5)}\n- **${sentence(random, 4)}**\n- ${sentence(random, 6)}`
  if (index % 17 === 0) return `${prose}\n\n\`\`\`ts\nconst ${pickWord(random)} = ${index}\n\`\`\``
  if (index % 29 === 0) return `${prose}\n\n| one | two |\n| --- | --- |\n| ${pickWord(random)} | ${pickWord(random)} |`
  return prose
}

/** Fills `folder`; answers the long chat. Nothing holds the folder afterwards. */
export function fillFolder(folder: string): ConversationId {
  const storage = openStorage(folder, { lockWaitMs: 0 })
  try {
    const random = seeded(7)
    for (let left = messagesInAll - messagesInLongChat; left > 0; left -= turnsInOtherChats * 2)
      addChat(storage, random, turnsInOtherChats)
    const long = addChat(storage, random, messagesInLongChat / 2)
    storage.settings.update({ welcomed: true, lastConversation: long, overflow: 'roll', memory: 'off' })
    return long
  } finally {
    storage.close()
  }
}

function addChat(storage: Storage, random: () => number, turns: number): ConversationId {
  const conversation = newConversationId()
  const at = Date.now() - 3_600_000
  storage.conversations.create(conversation, sentence(random, 4), at)
  let parent: ReturnType<typeof newMessageId> | null = null
  for (let from = 0; from < turns; from += turnsAtOnce)
    storage.atomically(() => {
      for (let turn = from; turn < Math.min(turns, from + turnsAtOnce); turn++) {
        const [question, reply] = [newMessageId(), newMessageId()]
        const text = sentence(random, 9)
        storage.messages.begin({ conversation, question: { id: question, text }, parent, reply, model: 'Bench', at })
        const end = { status: 'done', text: answer(random, turn), model: 'Bench', stats: null, failure: null } as const
        storage.messages.end(reply, end)
        parent = reply
      }
    })
  return conversation
}
