// engine/cli/chat.ts: `hearth chat`: a conversation in the terminal. Nothing is stored.
// Ctrl-C stops the reply; with no reply to stop, a second one (or Ctrl-D) leaves.
import { createInterface, type Interface } from 'node:readline'
import { toFailure } from '../contract/failure.ts'
import type { GenerateResult, Inference, Sampling } from '../inference/inference.ts'
import { createNativeInference } from '../inference/native-inference.ts'
import { buildPrompt } from '../prompt/build-prompt.ts'
import type { Arguments } from './arguments.ts'
import { speed } from './generate.ts'
import { modelFlags, modelPath, openAddon, starterModelPath, threadCount } from './open-model.ts'
import { print, printError, printJson } from './output.ts'
import type { Verb } from './verb.ts'

type Turn = { readonly role: 'user' | 'assistant'; readonly text: string }
type Settings = {
  readonly json: boolean
  readonly sampling: Sampling
  readonly maxTokens: number
  readonly system: string | null
}

export const chat: Verb = {
  name: 'chat',
  summary: 'a conversation in the terminal',
  usage: `[flags]

Each line is a message. Ctrl-C stops the reply; a second Ctrl-C, or Ctrl-D, leaves. Nothing is stored.
With --json every reply is one line {"text":"…","stop":"…","stats":{…}}.`,
  flags: {
    system: { value: 'TEXT', help: 'what the model is told before the conversation' },
    max: { value: 'N', help: 'tokens of a reply at most (default: 1024)' },
    temp: { value: 'X', help: 'temperature; 0 always takes the likeliest token (default: 1)' },
    'top-k': { value: 'N', help: 'draw from the N likeliest; 0 is off (default: 64)' },
    'top-p': { value: 'X', help: 'draw from the likeliest that make up X; 1 is off (default: 0.95)' },
    seed: { value: 'N', help: 'the same seed and messages give the same replies (default: another one each time)' },
    ...modelFlags,
  },
  run: async (args) => {
    const settings = chatSettings(args)
    const threads = threadCount(args)
    const path = modelPath(args)
    const inference = await createNativeInference(openAddon(), path, {
      starter: path === starterModelPath,
      ...(threads === undefined ? {} : { threads }),
    })
    try {
      return await converse(inference, settings)
    } finally {
      inference.close()
    }
  },
}

function chatSettings(args: Arguments): Settings {
  return {
    json: args.has('json'),
    system: args.text('system') ?? null,
    maxTokens: args.integer('max', { least: 1, most: 2 ** 24 }) ?? 1024,
    sampling: {
      temperature: args.number('temp', { least: 0, most: 100 }) ?? 1,
      topK: args.integer('top-k', { least: 0, most: 2 ** 32 - 1 }) ?? 64,
      topP: args.number('top-p', { least: 0, most: 1 }) ?? 0.95,
      minP: 0,
      repetitionPenalty: 1,
      seed: args.integer('seed', { least: 0, most: Number.MAX_SAFE_INTEGER }) ?? Math.floor(Math.random() * 2 ** 32),
    },
  }
}

async function converse(inference: Inference, settings: Settings): Promise<number> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  if (!settings.json) printError(`${inference.info.name}. Ctrl-C stops a reply, twice leaves.\n`)
  const lines = createInterface({ input: process.stdin, output: isTerminal ? process.stdout : undefined, prompt: '> ' })
  const interruptions = watchInterruptions(lines, isTerminal)
  const session = inference.createSession()
  const history: Turn[] = []
  let exitCode = 0
  try {
    if (isTerminal) lines.prompt()
    for await (const line of lines) {
      if (line.trim() !== '') {
        const answered = await answer(
          inference,
          session,
          [...history, { role: 'user', text: line }],
          settings,
          interruptions,
        )
        if (answered === undefined) exitCode = 1
        else history.push({ role: 'user', text: line }, { role: 'assistant', text: answered })
      }
      if (isTerminal) lines.prompt()
    }
    return exitCode
  } finally {
    lines.close()
    session.close()
  }
}

/** The text of the reply, or undefined when it failed; then the question is not part of the conversation. */
async function answer(
  inference: Inference,
  session: ReturnType<Inference['createSession']>,
  history: readonly Turn[],
  { json, system, sampling, maxTokens }: Settings,
  interruptions: Interruptions,
): Promise<string | undefined> {
  const controller = new AbortController()
  const reserveTokens = Math.min(maxTokens, Math.floor(inference.info.contextTokens / 2))
  let text = ''
  interruptions.stopReply = () => controller.abort()
  try {
    const { tokens } = buildPrompt({ history, system, reserveTokens }, inference)
    const result = await session.generate(
      { tokens, maxTokens, sampling },
      (piece) => {
        text += piece.text
        if (!json) print(piece.text)
      },
      controller.signal,
    )
    if (json) printJson({ text, stop: result.stop, stats: statsOf(result) })
    else print(`${result.stop === 'cancelled' ? ' [stopped]' : ''}\n`)
    return text
  } catch (error) {
    const failure = toFailure(error)
    if (json) printJson({ error: failure })
    printError(`hearth: ${failure.message}${failure.remedy === undefined ? '' : `\n${failure.remedy}`}\n`)
    return undefined
  } finally {
    interruptions.stopReply = undefined
  }
}

const statsOf = ({ stop: _stop, ...numbers }: GenerateResult) => ({
  ...numbers,
  tokensPerSecond: speed(numbers.newTokens, numbers.decodeMs),
})

type Interruptions = { stopReply: (() => void) | undefined }

/** Ctrl-C: stops the reply if there is one; the next without a reply between them leaves. */
function watchInterruptions(lines: Interface, isTerminal: boolean): Interruptions {
  const interruptions: Interruptions = { stopReply: undefined }
  let warned = false
  const interrupt = () => {
    if (interruptions.stopReply !== undefined) {
      interruptions.stopReply()
      interruptions.stopReply = undefined
      warned = true // a second Ctrl-C right after it leaves
    } else if (warned || !isTerminal) {
      lines.close()
    } else {
      warned = true
      printError('\nCtrl-C once more leaves.\n')
      lines.prompt()
    }
  }
  lines.on('SIGINT', interrupt) // a terminal in raw mode: the key arrives as input
  process.on('SIGINT', interrupt) // everything else
  lines.on('line', () => {
    warned = false
  })
  return interruptions
}
