// engine/cli/memory.ts: `hearth memory`: what Hearth believes, why, and how it forgets.
import { HearthError } from '../contract/failure.ts'
import { type ForgetReceipt, type Memory, memoryId, newForgetId, newMemoryId } from '../contract/memory.ts'
import { type Arguments, UsageError } from './arguments.ts'
import { type Data, dataFlags, withData } from './open-data.ts'
import { print, printJson } from './output.ts'
import type { Verb } from './verb.ts'

const actions = ['list', 'search', 'show', 'add', 'forget', 'receipts'] as const
type Action = (typeof actions)[number]

export const memory: Verb = {
  name: 'memory',
  summary: 'what Hearth remembers: list, search, show, add, forget, receipts',
  usage: `[list | search WORDS | show ID | add TEXT | forget ID… | receipts] [flags]

An ID may be shortened to what is unambiguous. forget asks for --yes; without it, it says what it would touch.`,
  flags: {
    ...dataFlags,
    tab: { value: 'TAB', help: 'list: all, held, replaced or disputed (default: all)' },
    yes: { help: 'forget: do it' },
  },
  positionals: 'any',
  run: async (args) => {
    const [first = 'list', ...rest] = args.positionals
    const action = actions.find((name) => name === first)
    if (action === undefined) throw new UsageError(`Expected ${actions.join(', ')}, found "${first}".`)
    return await withData(args, (data) => act(action, rest, args, data))
  },
}

async function act(
  action: Action,
  words: readonly string[],
  args: Arguments,
  { memory: { page, forget }, storage: _ }: Data,
) {
  const json = args.has('json')
  const tab = args.choice('tab', ['all', 'held', 'replaced', 'disputed']) ?? 'all'
  const list = (query: string) => page.list({ tab, query, limit: 500 })
  switch (action) {
    case 'list':
    case 'search': {
      if (action === 'search' && words.length === 0) throw new UsageError('search expected words, found nothing.')
      const found = list(action === 'search' ? words.join(' ') : '')
      if (json) printJson(found)
      else {
        print(found.memories.length === 0 ? 'Nothing.\n' : found.memories.map(row).join(''))
        if (found.meaning.reason !== null && action === 'search') print(`(${found.meaning.reason})\n`)
      }
      return 0
    }
    case 'show': {
      const opened = page.open({ id: find(one(words), page) })
      if (json) printJson(opened)
      else {
        const said = opened.evidence.map(
          ({ quote, title, at }) => `  ${dateOf(at)}  ${quote === '' ? '(deleted)' : `“${quote}”`}  ${title ?? ''}\n`,
        )
        const old = opened.history.map(({ text }) => `  before: ${text}\n`)
        print(`${row(opened.memory)}${said.join('')}${old.join('')}  used in ${opened.uses.length} replies\n`)
      }
      return 0
    }
    case 'add': {
      if (words.length === 0) throw new UsageError('add expected a sentence, found nothing.')
      const added = page.add({
        id: newMemoryId(),
        text: words.join(' '),
        kind: undefined,
        scope: { type: 'everywhere' },
      })
      if (json) printJson(added)
      else print(row(added))
      return 0
    }
    case 'forget': {
      if (words.length === 0) throw new UsageError('forget expected the id of a memory, found nothing.')
      const ids = words.map((word) => find(word, page))
      const plan = forget.plan(ids)
      if (!args.has('yes')) {
        if (json) printJson(plan)
        else
          print(
            `${plan.lines.map(({ store, verb, count }) => `  ${store.padEnd(10)} ${verb} ${count}\n`).join('')}Nothing was changed. With --yes it is forgotten.\n`,
          )
        return 0
      }
      const run = newForgetId()
      forget.start(run, ids)
      await forget.settled()
      const receipt = forget.receipts().find(({ id }) => id === run)
      if (receipt === undefined) throw new HearthError('internal', 'Forgetting did not end.', 'Try again.')
      if (json) printJson(receipt)
      else print(receiptText(receipt))
      return receipt.complete ? 0 : 1
    }
    case 'receipts': {
      const receipts = forget.receipts()
      if (json) printJson({ receipts })
      else print(receipts.length === 0 ? 'Nothing was forgotten.\n' : receipts.map(receiptText).join('\n'))
      return 0
    }
  }
}

function one(words: readonly string[]): string {
  const [word, ...more] = words
  if (word === undefined || more.length > 0) throw new UsageError(`Expected one id, found ${words.length}.`)
  return word
}

/** Throws `HearthError` `not-found` for what names none or several. Ids share their beginning (a time), so ends do, too. */
function find(word: string, page: Data['memory']['page']) {
  const whole = memoryId.safeParse(word)
  if (whole.success) return whole.data
  const all = (['all', 'held', 'replaced', 'disputed'] as const).flatMap(
    (tab) => page.list({ tab, query: '', limit: 1000 }).memories,
  )
  const named = all.filter(({ id }) => id.startsWith(word) || id.endsWith(word))
  const [first] = named
  if (first !== undefined && named.length === 1) return first.id
  throw new HearthError('not-found', `One memory was expected to have the id ${word}, and ${named.length} have.`)
}

const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10)

const row = ({ id, text, status, confidence, kind, pinned }: Memory) =>
  `${id.slice(-8)}  ${text}  [${kind}, ${confidence.words}${pinned ? ', pinned' : ''}${status === 'active' ? '' : `, ${status}`}]\n`

const receiptText = ({ at, lines, checks, complete }: ForgetReceipt) =>
  `${complete ? 'Forgotten' : 'Not fully forgotten'}, ${new Date(at).toISOString()}\n` +
  lines.map(({ store, verb, count }) => `  ${store.padEnd(10)} ${verb} ${count}\n`).join('') +
  checks.map(({ store, passed, found }) => `  ${passed ? 'checked' : `FOUND ${found}`}  ${store}\n`).join('')
