// engine/tools/built-in/command.ts: a shell command in a granted folder. It runs once, on a copy, without a network; what it
// wrote there is shown, and on the person's word put into the real folder.
import { z } from 'zod'
import type { Effect, Preview } from '../../contract/tools.ts'
import { decodeText, oneLine } from '../clean-text.ts'
import { lineDiff } from '../line-diff.ts'
import { sha256 } from '../plan.ts'
import type { Rehearsal } from '../rehearsal.ts'
import { builtIn, type Tool, ToolError } from '../tool.ts'

const runCommand = builtIn({
  name: 'run_command',
  group: 'command',
  title: 'Run a command',
  description: 'Run a shell command in a granted folder, without a network.',
  effects: 'Tried on a copy first; what it writes can be undone for 30 days',
  policies: ['never', 'ask'],
  policy: 'ask',
  timeoutMs: 60_000,
  input: z.object({ command: z.string().min(1).max(10_000), folder: z.string().min(1).max(4096).default('.') }),
  plan: async ({ command, folder }, hands) => {
    const place = await hands.files.locate(folder, 'write')
    const argv = ['/bin/sh', '-c', command]
    const rehearsal = await hands.rehearse(argv, place)
    const files = rehearsal.written.map(
      ({ path, before, after }): Effect => ({
        kind: 'file-write',
        path: `${place}/${path}`,
        action: after === null ? 'delete' : before === null ? 'create' : 'change',
        to: null,
        before,
        after: after === null ? null : sha256(after),
        reversible: true,
      }),
    )
    const writes = rehearsal.written.map(({ path }) => path)
    return {
      words: `ran ${oneLine(command, 60)}`,
      question: `Run \`${oneLine(command, 60)}\`?`,
      effects: [{ kind: 'command', argv, folder: place, writes, reversible: true }, ...files],
      previews: [
        {
          kind: 'command',
          line: command,
          folder: hands.files.shown(place),
          writes,
          output: rehearsal.output.slice(0, 4000),
        },
        ...(await diffs(rehearsal, place, hands.files.readIfAny)),
      ],
      rehearsed: true,
      patterns: [],
      carry: rehearsal,
    }
  },
  run: async ({ command, folder }, hands, carry) => {
    const place = await hands.files.locate(folder, 'write')
    const rehearsal = carry as Rehearsal // what `plan` above made
    const writes = rehearsal.written.map(({ path }) => path)
    hands.claim({ kind: 'command', argv: ['/bin/sh', '-c', command], folder: place, writes, reversible: true })
    for (const { path, before, after } of rehearsal.written) {
      if (after !== null) await hands.files.put(`${place}/${path}`, after, before)
      else if (before !== null) await hands.files.remove(`${place}/${path}`, before)
    }
    if (rehearsal.code !== 0 && rehearsal.output === '')
      throw new ToolError(`The command ended with ${rehearsal.code ?? 'a signal'} and said nothing.`)
    return {
      value: { exit: rehearsal.code ?? -1, output: rehearsal.output },
      origins: [{ kind: 'command', name: oneLine(command, 60) }],
    }
  },
})

/** Of the first text files that it wrote. */
async function diffs(
  rehearsal: Rehearsal,
  place: string,
  read: (path: string, limit: number) => Promise<Buffer | null>,
): Promise<Preview[]> {
  const found: Preview[] = []
  for (const { path, after } of rehearsal.written.slice(0, 20)) {
    const before = decodeText((await read(`${place}/${path}`, 1_000_000).catch(() => null)) ?? Buffer.alloc(0))
    const text = after === null ? '' : decodeText(after)
    if (before === null || text === null || text.length > 1_000_000) continue
    found.push({ kind: 'diff', path, ...lineDiff(before, text) })
  }
  return found
}

export const command: readonly Tool[] = [runCommand]
