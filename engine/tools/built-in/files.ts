// engine/tools/built-in/files.ts: reading and changing files in granted folders. A change is worked out in memory first:
// that is its dry run, and what is written afterwards is exactly that.
import { z } from 'zod'
import type { Effect, Pattern, Preview } from '../../contract/tools.ts'
import { oneLine } from '../clean-text.ts'
import { textOfDocument } from '../document-text.ts'
import type { Hands } from '../hands.ts'
import { lineDiff } from '../line-diff.ts'
import { sha256 } from '../plan.ts'
import { builtIn, type Draft, harmless, type Tool, ToolError } from '../tool.ts'

const path = z.string().min(1).max(4096)
const largest = 20_000_000
const reads = {
  group: 'files',
  policies: ['never', 'ask', 'chat', 'always'],
  policy: 'always',
  effects: 'Reads only',
} as const
const writes = {
  group: 'files',
  policies: ['never', 'ask', 'chat', 'always'],
  policy: 'ask',
  effects: 'Writes, can be undone for 30 days',
} as const
const nameOf = (place: string) => oneLine(place.split(/[/\\]/).at(-1) ?? place, 60)
const fromFile = (name: string) => [{ kind: 'file', name }] as const

const searchFiles = builtIn({
  ...reads,
  name: 'search_files',
  title: 'Search my files',
  description: 'Search files',
  basic: true,
  timeoutMs: 20_000,
  input: z.object({ query: z.string().trim().min(1).max(200).describe('Words in the name or the text of the file.') }),
  plan: ({ query }) => harmless(`searched files for ${oneLine(query, 60)}`),
  run: async ({ query }, hands) => {
    const words = query.toLowerCase().split(/\s+/)
    const names: string[] = []
    const inside: string[] = []
    for await (const file of hands.files.walk(20_000, hands.signal)) {
      if (names.length >= 10) break
      const shown = hands.files.shown(file)
      const base = nameOf(file).toLowerCase()
      if (words.every((word) => base.includes(word))) names.push(shown)
      else if (
        inside.length < 10 &&
        /\.(?:txt|md|markdown|csv|json|ya?ml|html?|tex|org|rst|log|ini|toml|ics)$/i.test(base)
      ) {
        const bytes = await hands.files.readIfAny(file, 1_000_000).catch(() => null)
        const text = bytes?.toString('utf8').toLowerCase() ?? ''
        if (words.every((word) => text.includes(word))) inside.push(shown)
      }
    }
    const files = [...names, ...inside].slice(0, 10)
    return { value: { files }, origins: files.length === 0 ? [] : fromFile('file names') }
  },
})

const listFiles = builtIn({
  ...reads,
  name: 'list_files',
  title: 'List a folder',
  description: 'List the files in a granted folder.',
  input: z.object({ folder: path.default('.').describe('Path of the folder.') }),
  plan: async ({ folder }, hands) => {
    const place = await hands.files.locate(folder, 'read')
    return harmless(`looked in ${nameOf(place)}`, [{ kind: 'file-read', path: place }])
  },
  run: async ({ folder }, hands) => {
    const place = await hands.files.locate(folder, 'read')
    const entries = await hands.files.list(place)
    const files = entries.map(({ name, kind, bytes }) => (kind === 'folder' ? `${name}/` : `${name} (${bytes} bytes)`))
    return { value: { folder: hands.files.shown(place), files }, origins: fromFile('file names') }
  },
})

const readFile = builtIn({
  ...reads,
  name: 'read_file',
  title: 'Read a file',
  description: 'Read the text of a file (text, Markdown, HTML, PDF) in a granted folder.',
  timeoutMs: 30_000,
  input: z.object({ path, page: z.number().int().min(1).optional().describe('Only this page of a PDF.') }),
  plan: async (args, hands) => {
    const place = await hands.files.locate(args.path, 'read')
    return {
      ...harmless(`read ${nameOf(place)}`, [{ kind: 'file-read', path: place }]),
      question: `Read ${nameOf(place)}?`,
      patterns: patternsFor(place, hands, 'read'),
    }
  },
  run: async (args, hands) => {
    const place = await hands.files.locate(args.path, 'read')
    const { text, pages } = await textOfDocument(await hands.files.read(place, largest), nameOf(place))
    const shown = hands.files.shown(place)
    const found = args.page === undefined ? text : pageOf(text, args.page)
    return {
      value: { source: shown, text: found },
      origins: fromFile(shown),
      words:
        pages === null ? `read ${nameOf(place)}` : `read ${nameOf(place)}, ${pages} ${pages === 1 ? 'page' : 'pages'}`,
    }
  },
})

const writeFile = builtIn({
  ...writes,
  name: 'write_file',
  title: 'Create or replace a file',
  description: 'Write a text file in a granted folder. Replaces all of it when it exists.',
  input: z.object({ path, text: z.string().max(1_000_000) }),
  plan: async (args, hands) => planWrite(await changeOf(args.path, () => args.text, hands), hands),
  run: async (args, hands) => applyWrite(await changeOf(args.path, () => args.text, hands), hands),
})

const editFile = builtIn({
  ...writes,
  name: 'edit_file',
  title: 'Change a file',
  description: 'Replace a piece of a text file in a granted folder. `find` must occur exactly once.',
  input: z.object({ path, find: z.string().min(1).max(100_000), replace: z.string().max(1_000_000) }),
  plan: async (args, hands) => planWrite(await changeOf(args.path, edit(args), hands), hands),
  run: async (args, hands) => applyWrite(await changeOf(args.path, edit(args), hands), hands),
})

const moveFile = builtIn({
  ...writes,
  name: 'move_file',
  title: 'Move or rename a file',
  description: 'Move or rename a file inside granted folders.',
  input: z.object({ from: path, to: path }),
  plan: async (args, hands) => {
    const { from, to, before } = await moveOf(args, hands)
    return {
      words: `moved ${nameOf(from)} to ${nameOf(to)}`,
      question: `Move ${nameOf(from)} to ${hands.files.shown(to)}?`,
      effects: [{ kind: 'file-write', path: from, action: 'move', to, before, after: before, reversible: true }],
      previews: [
        {
          kind: 'entry',
          title: 'Move',
          parts: [
            ['From', hands.files.shown(from)],
            ['To', hands.files.shown(to)],
          ],
        },
      ],
      rehearsed: true,
      patterns: [],
    }
  },
  run: async (args, hands) => {
    const { from, to, before } = await moveOf(args, hands)
    await hands.files.move(from, to, before)
    return { value: { status: 'moved', to: hands.files.shown(to) }, origins: [] }
  },
})

const deleteFile = builtIn({
  ...writes,
  name: 'delete_file',
  title: 'Delete a file',
  description: 'Delete a file in a granted folder. The person can bring it back for 30 days.',
  policies: ['never', 'ask'],
  policy: 'never',
  input: z.object({ path }),
  plan: async (args, hands) => {
    const place = await hands.files.locate(args.path, 'write')
    const before = sha256(await hands.files.read(place, largest))
    return {
      words: `deleted ${nameOf(place)}`,
      question: `Delete ${nameOf(place)}?`,
      effects: [{ kind: 'file-write', path: place, action: 'delete', to: null, before, after: null, reversible: true }],
      previews: [],
      rehearsed: true,
      patterns: [],
    }
  },
  run: async (args, hands) => {
    const place = await hands.files.locate(args.path, 'write')
    await hands.files.remove(place, sha256(await hands.files.read(place, largest)))
    return { value: { status: 'deleted' }, origins: [] }
  },
})

/** A file as it is and as it will be. */
type Change = { readonly place: string; readonly before: string | null; readonly after: string }

async function changeOf(
  named: string,
  change: (before: string, name: string) => string,
  hands: Hands,
): Promise<Change> {
  const place = await hands.files.locate(named, 'write')
  const bytes = await hands.files.readIfAny(place, largest)
  const before = bytes === null ? null : await textOfPlain(bytes, nameOf(place))
  return { place, before, after: change(before ?? '', nameOf(place)) }
}

async function textOfPlain(bytes: Buffer, name: string): Promise<string> {
  const text = bytes.toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(bytes) || bytes.includes(0))
    throw new ToolError(`${name} is not a text file, so it is not changed.`)
  return text
}

const edit =
  ({ find, replace }: { readonly find: string; readonly replace: string }) =>
  (before: string, name: string): string => {
    const at = before.indexOf(find)
    if (at < 0) throw new ToolError(`${name} does not contain the text to replace.`)
    if (before.includes(find, at + 1))
      throw new ToolError(`The text to replace occurs more than once in ${name}. Give more of it.`)
    return before.slice(0, at) + replace + before.slice(at + find.length)
  }

function planWrite({ place, before, after }: Change, hands: Hands): Draft {
  if (before === after) throw new ToolError(`${nameOf(place)} says that already.`)
  const { text, added, removed } = lineDiff(before ?? '', after)
  const effect: Effect = {
    kind: 'file-write',
    path: place,
    action: before === null ? 'create' : 'change',
    to: null,
    before: before === null ? null : sha256(before),
    after: sha256(after),
    reversible: true,
  }
  const preview: Preview = { kind: 'diff', path: hands.files.shown(place), text, added, removed }
  const lines = added + removed
  return {
    words: `${before === null ? 'created' : 'changed'} ${nameOf(place)}, ${lines} ${lines === 1 ? 'line' : 'lines'}`,
    question: `${before === null ? 'Create' : 'Change'} ${nameOf(place)}?`,
    effects: [effect],
    previews: [preview],
    rehearsed: true,
    patterns: patternsFor(place, hands, 'change'),
  }
}

async function applyWrite({ place, before, after }: Change, hands: Hands) {
  await hands.files.put(place, Buffer.from(after, 'utf8'), before === null ? null : sha256(before))
  return { value: { status: before === null ? 'created' : 'changed', path: hands.files.shown(place) }, origins: [] }
}

async function moveOf(args: { readonly from: string; readonly to: string }, hands: Hands) {
  const from = await hands.files.locate(args.from, 'write')
  const to = await hands.files.locate(args.to, 'write')
  if ((await hands.files.readIfAny(to, largest)) !== null)
    throw new ToolError(`${hands.files.shown(to)} is there already.`)
  return { from, to, before: sha256(await hands.files.read(from, largest)) }
}

function patternsFor(place: string, hands: Hands, verb: string): { pattern: Pattern; words: string }[] {
  const folder = place.slice(0, Math.max(1, place.lastIndexOf('/')))
  return [
    { pattern: { kind: 'file', path: place }, words: `${verb} ${nameOf(place)}` },
    { pattern: { kind: 'folder', path: folder }, words: `${verb} files in ${hands.files.shown(folder)}` },
  ]
}

function pageOf(text: string, page: number): string {
  const found = new RegExp(`\\[page ${page}\\]\\n([\\s\\S]*?)(?=\\n\\n\\[page \\d+\\]\\n|$)`).exec(text)?.[1]
  if (found === undefined) throw new ToolError(`There is no page ${page}.`)
  return found
}

export const files: readonly Tool[] = [searchFiles, listFiles, readFile, writeFile, editFile, moveFile, deleteFile]
