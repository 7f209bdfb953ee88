// engine/tools/built-in/notes.ts: notes, reminders, timers and memory: what the assistant keeps for the person, in its own
// store, where every piece can be looked at and taken back.
import { z } from 'zod'
import type { Origin } from '../../contract/tools.ts'
import { cleanText, oneLine } from '../clean-text.ts'
import { ownData } from '../hands.ts'
import { distinct } from '../permission.ts'
import { builtIn, harmless, type Tool, ToolError } from '../tool.ts'
import { parseDuration, parseWhen } from '../when.ts'

const text = (what: string) => z.string().trim().min(1).max(20_000).describe(what)
const keeps = {
  policies: ['never', 'ask', 'chat', 'always'],
  policy: 'always',
  effects: 'Keeps it in Hearth; can be undone',
} as const
const looks = { policies: ['never', 'ask', 'always'], policy: 'always', effects: 'Reads only' } as const
const entry = (title: string, ...parts: readonly [string, string][]) =>
  [{ kind: 'entry', title, parts: parts.map(([name, value]): [string, string] => [name, value]) }] as const

const addNote = builtIn({
  ...keeps,
  name: 'add_note',
  group: 'notes',
  title: 'Save a note',
  description: 'Save a note',
  basic: true,
  input: z.object({ text: text('The note, word for word.') }),
  plan: (args) => ({
    ...harmless(`saved a note: ${oneLine(args.text, 60)}`, [ownData('note', 'add')]),
    question: 'Save this note?',
    previews: entry('Note', ['Text', cleanText(args.text)]),
    patterns: [{ pattern: { kind: 'any' }, words: 'save notes' }],
  }),
  run: (args, hands) => {
    hands.notes.add(cleanText(args.text))
    return { value: { status: 'saved' }, origins: [] }
  },
})

const searchNotes = builtIn({
  ...looks,
  name: 'search_notes',
  group: 'notes',
  title: 'Search notes',
  description: 'Search notes',
  basic: true,
  input: z.object({ query: z.string().max(500).describe('Words that occur in the note.') }),
  plan: ({ query }) => harmless(`searched notes for ${oneLine(query, 60)}`),
  run: ({ query }, hands) => {
    const found = hands.notes.find(query.trim(), 10)
    // A note that was made from a stranger's text is still a stranger's text.
    const origins: Origin[] = found.some((note) => note.origins.length > 0)
      ? distinct(found.flatMap((note) => note.origins)).map(({ name }) => ({ kind: 'note', name }))
      : []
    return { value: { notes: found.map((note) => note.text) }, origins }
  },
})

const addReminder = builtIn({
  ...keeps,
  name: 'add_reminder',
  group: 'reminders',
  title: 'Add a reminder',
  description: 'Add a reminder',
  basic: true,
  input: z.object({
    text: text('What to be reminded of.'),
    when: z.string().trim().max(200).describe('For example tomorrow at 5pm.'),
  }),
  plan: (args, { now }) => ({
    ...harmless(`added a reminder: ${oneLine(`${args.text} ${args.when}`, 60)}`, [ownData('reminder', 'add')]),
    question: 'Add this reminder?',
    previews: entry(
      'Reminder',
      ['Text', cleanText(args.text)],
      ['When', dueWords(parseWhen(args.when, now())) ?? args.when],
    ),
    patterns: [{ pattern: { kind: 'any' }, words: 'add reminders' }],
  }),
  run: (args, hands) => {
    const dueAt = parseWhen(args.when, hands.now())
    hands.reminders.add({ kind: 'reminder', text: cleanText(args.text), when: oneLine(args.when), dueAt })
    const due = dueWords(dueAt)
    return {
      value:
        due === null
          ? { status: 'added', problem: 'The time was not understood, so it will not ring.' }
          : { status: 'added', due },
      origins: [],
    }
  },
})

const setTimer = builtIn({
  ...keeps,
  name: 'set_timer',
  group: 'reminders',
  title: 'Start a timer',
  description: 'Start a timer',
  basic: true,
  input: z.object({ duration: z.string().trim().min(1).max(100).describe('For example 5 minutes.') }),
  plan: ({ duration }) => ({
    ...harmless(`started a timer: ${oneLine(duration, 40)}`, [ownData('timer', 'add')]),
    question: `Start a timer for ${oneLine(duration, 40)}?`,
    patterns: [{ pattern: { kind: 'any' }, words: 'start timers' }],
  }),
  run: ({ duration }, hands) => {
    const time = parseDuration(duration)
    if (time === null)
      throw new ToolError(`A duration such as 5 minutes was expected, found "${oneLine(duration, 40)}".`)
    hands.reminders.add({
      kind: 'timer',
      text: `Timer: ${oneLine(duration, 40)}`,
      when: oneLine(duration, 40),
      dueAt: hands.now() + time,
    })
    return { value: { status: 'started' }, origins: [] }
  },
})

const listReminders = builtIn({
  ...looks,
  name: 'list_reminders',
  group: 'reminders',
  title: 'List reminders',
  description: 'List reminders',
  basic: true,
  input: z.object({}),
  plan: () => harmless('looked at the reminders'),
  run: (_, hands) => ({
    value: {
      reminders: hands.reminders
        .all()
        .slice(0, 20)
        .map(({ text: what, when, dueAt }) => `${what} ${dueWords(dueAt) ?? when}`.trim()),
    },
    origins: [],
  }),
})

const remember = builtIn({
  ...keeps,
  name: 'remember',
  group: 'memory',
  title: 'Remember a fact',
  description: 'Remember a fact',
  basic: true,
  input: z.object({ fact: z.string().trim().min(1).max(400).describe('A sentence about the person.') }),
  plan: ({ fact }, { read }) => ({
    ...harmless(`${read.length > 0 ? 'held back a memory' : 'remembered'}: ${oneLine(fact, 60)}`, [
      ownData('memory', 'add'),
    ]),
    question: 'Remember this?',
    previews: entry('Memory', ['Fact', cleanText(fact)]),
    patterns: [{ pattern: { kind: 'any' }, words: 'remember facts' }],
  }),
  run: ({ fact }, hands) => {
    hands.remember(cleanText(fact))
    return { value: { status: 'saved' }, origins: [] }
  },
})

/** `on Thursday 26 November at 17:00`. */
function dueWords(at: number | null): string | null {
  if (at === null) return null
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options).format(at)
  return `on ${part({ weekday: 'long' })} ${part({ day: 'numeric' })} ${part({ month: 'long' })} at ${part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`
}

export const notes: readonly Tool[] = [addNote, searchNotes, setTimer, addReminder, listReminders, remember]
