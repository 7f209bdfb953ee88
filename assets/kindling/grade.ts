// assets/kindling/grade.ts: judges a model by the two test lists, through our own engine, and writes report.json.
//
//   node assets/kindling/grade.ts [--model FILE] [--list hand|generated] [--failures FILE] [--no-report]
//
// Greedy, one session, the reply cut at its first end token. Every check is exact: see `judge`.
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { openAddon } from '../../engine/cli/open-model.ts'
import type { NativeModel, NativeSession } from '../../engine/inference/addon.ts'

const folder = path.dirname(fileURLToPath(import.meta.url))

const check = z.object({
  /** The reply is exactly the call of this tool with these arguments. */
  call: z.string().optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  /** The reply is exactly this text. */
  exact: z.string().optional(),
  /** The reply parses as JSON equal to this. */
  json: z.unknown().optional(),
  /** Texts that all, or of which one, must stand in the reply; case is ignored. */
  all: z.array(z.coerce.string()).optional(),
  any: z.array(z.string()).optional(),
})
const item = z.object({ id: z.string(), group: z.string(), prompt: z.string(), check })
type Check = z.infer<typeof check>
type Item = z.infer<typeof item>
type Score = { readonly passed: number; readonly of: number }

/** True when a reply passes. A reply that does not end by itself fails, and so does a tool call that nobody asked for. */
export function judge(expected: Check, reply: string, ended: boolean): boolean {
  if (!ended) return false
  const text = reply.replace(/<turn\|>$|<\|tool_response>$/, '')
  if (expected.call !== undefined) return text === callText(expected.call, expected.args ?? {})
  if (text.includes('<|tool_call>')) return false
  if (expected.json !== undefined) return sameJson(text, expected.json)
  if (expected.exact !== undefined) return text.trim() === expected.exact.trim()
  const lower = text.toLowerCase()
  const has = (part: string) => lower.includes(part.toLowerCase())
  return (expected.all ?? []).every(has) && (expected.any === undefined || expected.any.some(has))
}

/** A call in Gemma 4's notation: keys sorted, texts between quote tokens. */
function callText(name: string, args: Readonly<Record<string, unknown>>): string {
  const value = (x: unknown) => (typeof x === 'string' ? `<|"|>${x}<|"|>` : String(x))
  const pairs = Object.keys(args)
    .sort()
    .map((key) => `${key}:${value(args[key])}`)
  return `<|tool_call>call:${name}{${pairs.join(',')}}<tool_call|>`
}

function sameJson(text: string, expected: unknown): boolean {
  try {
    return canonical(JSON.parse(text)) === canonical(expected)
  } catch {
    return false
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, x]) => `${JSON.stringify(key)}:${canonical(x)}`).join(',')}}`
}

async function readList(name: 'hand' | 'generated'): Promise<Item[]> {
  const file = path.join(folder, 'data', name === 'hand' ? 'hand.jsonl' : 'generated.jsonl.gz')
  const raw = name === 'hand' ? readFileSync(file, 'utf8') : await readAll(createReadStream(file).pipe(createGunzip()))
  return raw
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => item.parse(JSON.parse(line)))
}

/** What ends a reply: `<eos>`, `<turn|>`, and `<|tool_response>`, where the host would put in the tool's answer. */
const endTokens: ReadonlySet<number> = new Set([1, 106, 50])
const longestReply = 96

/** Greedy, up to the first token that ends a reply, which is kept. */
export async function replyTo(model: NativeModel, session: NativeSession, prompt: string, maxTokens = longestReply) {
  const tokens: number[] = []
  await session.generate(
    model.encode(prompt, { bos: false, markers: 'all' }),
    { maxTokens, temperature: 0, ignoreEnd: true },
    (piece) => {
      tokens.push(...piece)
      if (piece.some((token) => endTokens.has(token))) session.cancel()
    },
  )
  const end = tokens.findIndex((token) => endTokens.has(token))
  const kept = end < 0 ? tokens : tokens.slice(0, end + 1)
  return { tokens: kept, text: model.decode(Int32Array.from(kept), true), ended: end >= 0 }
}

type Options = {
  readonly lists?: readonly ('generated' | 'hand')[]
  /** Only every so-manieth item. */
  readonly every?: number
  readonly onFailure?: (failure: { id: string; prompt: string; reply: string; check: Check }) => void
}

function count(scores: Record<string, Score>, name: string, passed: boolean): void {
  const score = scores[name] ?? { passed: 0, of: 0 }
  scores[name] = { passed: score.passed + (passed ? 1 : 0), of: score.of + 1 }
}

/** Grades the file at `modelPath`; `skills.hand` is the sum of the groups in `byHand`. Rejects with the addon's error when it cannot be loaded. */
export async function grade(modelPath: string, options: Options = {}) {
  const { lists = ['generated', 'hand'], every = 1, onFailure } = options
  const model = await openAddon().loadModel(modelPath)
  const session = model.createSession({ context: 2048 })
  const skills: Record<string, Score> = {}
  const byHand: Record<string, Score> = {}
  try {
    for (const list of lists) {
      const items = (await readList(list)).filter((_, index) => index % every === 0)
      for (const { id, group, prompt, check } of items) {
        const { text, ended } = await replyTo(model, session, prompt)
        const ok = judge(check, text, ended)
        if (list === 'hand') count(byHand, group, ok)
        count(skills, list === 'hand' ? 'hand' : group, ok)
        if (!ok) onFailure?.({ id, prompt, reply: text, check })
      }
    }
    return { bytes: model.facts.fileBytes, skills, byHand }
  } finally {
    session.close()
    model.close()
  }
}

export const sha256Of = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

async function main() {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: path.join(folder, '..', 'models', 'kindling.gguf') },
      list: { type: 'string' },
      failures: { type: 'string' },
      'no-report': { type: 'boolean', default: false },
    },
  })
  const failures: string[] = []
  const only = z.enum(['generated', 'hand']).optional().parse(values.list)
  const { bytes, skills, byHand } = await grade(values.model, {
    ...(only && { lists: [only] }),
    onFailure: (failure) => failures.push(JSON.stringify(failure)),
  })
  const groups = Object.entries(byHand).map(([group, score]) => [`hand: ${group}`, score] as const)
  for (const [name, { passed, of }] of [...Object.entries(skills), ...groups])
    console.log(`${name.padEnd(22)} ${passed} / ${of}  ${((100 * passed) / of).toFixed(0)} %`)
  if (values.failures !== undefined) writeFileSync(values.failures, `${failures.join('\n')}\n`)
  if (values['no-report'] || only !== undefined) return
  const file = path.relative(path.join(folder, '..'), path.resolve(values.model))
  const sha256 = sha256Of(values.model)
  const report = { file, bytes, sha256, skills, byHand }
  writeFileSync(path.join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  const card = path.join(folder, 'README.md')
  writeFileSync(card, withScores(readFileSync(card, 'utf8'), report))
}

const [scoresBegin, scoresEnd] = ['<!-- scores: written by grade.ts -->\n', '<!-- /scores -->']

/** A skill is claimed when it passes at least nine of ten of at least 20 held-out cases. */
export const isClaimed = ({ passed, of }: Score): boolean => of >= 20 && passed / of >= 0.9

type Scores = { readonly skills: Readonly<Record<string, Score>>; readonly byHand: Readonly<Record<string, Score>> }

/** The model card with its tables of scores replaced. */
export function withScores(card: string, { skills, byHand }: Scores): string {
  const [before, rest = ''] = card.split(scoresBegin)
  const after = rest.split(scoresEnd)[1]
  if (before === undefined || after === undefined)
    throw new Error(
      `README.md was expected to have a table between ${scoresBegin.trim()} and ${scoresEnd}, found none.`,
    )
  const { hand, ...generated } = skills
  const cells = (name: string, { passed, of }: Score) =>
    `| ${name} | ${passed} of ${of} | ${((100 * passed) / of).toFixed(0)} % |`
  const claims = Object.entries(generated).map(
    ([name, score]) => `${cells(name, score)} ${isClaimed(score) ? 'yes' : 'no'} |`,
  )
  const written = Object.entries(byHand).map(([name, score]) => cells(name, score))
  const lines = ['| skill | passed | rate | claimed |', '|---|---|---|---|', ...claims, '']
  if (hand !== undefined)
    lines.push('| written by hand | passed | rate |', '|---|---|---|', cells('all', hand), ...written)
  return `${before}${scoresBegin}${lines.join('\n')}\n${scoresEnd}${after}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
