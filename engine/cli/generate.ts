// engine/cli/generate.ts: `hearth generate`: the continuation of a prompt, exactly as given.
import { readFileSync } from 'node:fs'
import type { NativeConstraint, NativeGenerateOptions, NativeModel } from '../inference/addon.ts'
import { type Arguments, UsageError } from './arguments.ts'
import { checkTokens, readText, readTokens } from './input.ts'
import { guessFlags, modelFlags, readGuessWith, withModel, withSession } from './open-model.ts'
import { printJson } from './output.ts'
import type { Verb } from './verb.ts'

const uint32 = { least: 0, most: 2 ** 32 - 1 }

export const generate: Verb = {
  name: 'generate',
  summary: 'the continuation of a prompt',
  usage: `(--prompt TEXT | --prompt-file FILE | - | --tokens 1,2,3) [flags]

Prints {"tokens":[…],"text":"…","stats":{…}}: the new tokens only, without the end token that stopped them.
The prompt is taken as it is, after <bos> and with markers; \`hearth chat\` is the verb that adds turns.`,
  flags: {
    prompt: { value: 'TEXT', help: 'the prompt' },
    'prompt-file': { value: 'FILE', help: 'a file with the prompt; - is stdin' },
    tokens: { value: 'IDS', help: 'the prompt as token ids, separated by commas; nothing is added' },
    max: { value: 'N', help: 'new tokens at most (default: 256)' },
    temp: { value: 'X', help: 'temperature; 0 always takes the likeliest token (default: 0)' },
    'top-k': { value: 'N', help: 'draw from the N likeliest; 0 is off (default: 0)' },
    'top-p': { value: 'X', help: 'draw from the likeliest that make up X; 1 is off (default: 1)' },
    'min-p': { value: 'X', help: 'drop what is less likely than X times the likeliest; 0 is off (default: 0)' },
    'repetition-penalty': { value: 'X', help: 'make tokens that were there before less likely; 1 is off (default: 1)' },
    seed: { value: 'N', help: 'the same seed draws the same tokens (default: 0)' },
    'json-schema': { value: 'FILE|TEXT', help: 'write JSON that meets this schema' },
    regex: { value: 'R', help: 'write a text that matches as a whole' },
    choice: { value: 'TEXT', help: 'write one of these; give it once for each' },
    kv: { value: 'TYPE', help: 'f32 or f16: how keys and values are kept (default: f16)' },
    context: { value: 'N', help: 'tokens of context (default: as trained, at most 32768)' },
    'ignore-eos': { help: 'go on after an end token, and show it' },
    speculate: { value: 'MODE', help: 'auto or off: guess ahead, which never changes a token (default: auto)' },
    ...guessFlags,
    ...modelFlags,
  },
  positionals: ['-'],
  run: async (args) => {
    const options = generateOptions(args)
    const kv = args.choice('kv', ['f32', 'f16']) ?? 'f16'
    const context = args.integer('context', { least: 1, most: 2 ** 24 })
    const prompt = readPrompt(args)
    const answer = await withModel(args, (model) =>
      run(model, prompt, options, context === undefined ? { kv } : { kv, context }),
    )
    printJson(answer)
    return 0
  },
}

function readPrompt(args: Arguments): string | Uint8Array | Int32Array {
  const tokens = readTokens(args)
  const text = readText(args, 'prompt', 'prompt-file')
  if (tokens !== undefined && text !== undefined) throw new UsageError('Expected a prompt or --tokens, found both.')
  const prompt = tokens ?? text
  if (prompt === undefined)
    throw new UsageError('Expected a prompt: --prompt TEXT, --prompt-file FILE, - for stdin, or --tokens.')
  if (tokens?.length === 0) throw new UsageError('Expected at least one token id: --tokens 2,17,9.')
  return prompt
}

/** Only what was given, so that every default is the engine's own. */
function generateOptions(args: Arguments): NativeGenerateOptions {
  const options = {
    maxTokens: args.integer('max', uint32),
    temperature: args.number('temp', { least: 0, most: 100 }),
    topK: args.integer('top-k', uint32),
    topP: args.number('top-p', { least: 0, most: 1 }),
    minP: args.number('min-p', { least: 0, most: 1 }),
    repetitionPenalty: args.number('repetition-penalty', { least: 0.01, most: 100 }),
    seed: args.integer('seed', { least: 0, most: Number.MAX_SAFE_INTEGER }),
    ignoreEnd: args.has('ignore-eos'),
    speculate: args.choice('speculate', ['auto', 'off']),
    guessWith: readGuessWith(args),
    constraint: readConstraint(args),
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function readConstraint(args: Arguments): NativeConstraint | undefined {
  const schema = args.text('json-schema')
  const regex = args.text('regex')
  const choice = args.all('choice')
  const given = [
    ...(schema === undefined ? [] : [{ jsonSchema: readSchema(schema) }]),
    ...(regex === undefined ? [] : [{ regex }]),
    ...(choice.length === 0 ? [] : [{ choice }]),
  ]
  if (given.length > 1) throw new UsageError('Expected one of --json-schema, --regex and --choice, found more.')
  return given[0]
}

/** Text when it looks like a schema, else the file of that name. */
function readSchema(text: string): string {
  if (/^\s*([{]|true\s*$|false\s*$)/.test(text)) return text
  try {
    return readFileSync(text, 'utf8')
  } catch {
    throw new UsageError(`--json-schema expected a schema or a file that can be read, found "${text}".`)
  }
}

async function run(
  model: NativeModel,
  prompt: string | Uint8Array | Int32Array,
  options: NativeGenerateOptions,
  sessionOptions: { kv: 'f16' | 'f32'; context?: number },
) {
  const isTokens = prompt instanceof Int32Array
  const promptTokens = isTokens ? prompt : model.encode(prompt, { bos: true, markers: 'all' })
  if (isTokens) checkTokens(promptTokens, model.facts.vocabulary)
  return withSession(model, sessionOptions, async (session) => {
    const tokens: number[] = []
    let text = ''
    const report = await session.generate(promptTokens, options, (newTokens, newText) => {
      tokens.push(...newTokens)
      text += newText
    })
    return { tokens, text, stats: { ...report, tokensPerSecond: speed(tokens.length, report.decodeMs) } }
  })
}

/** Tokens per second to one decimal; 0 when there was nothing to measure. */
export function speed(tokens: number, tookMs: number): number {
  return tookMs > 0 ? Math.round((10_000 * tokens) / tookMs) / 10 : 0
}
