// engine/cli/chat.ts: `hearth chat`: a conversation in the terminal. Nothing is stored.
// Ctrl-C stops the reply; with no reply to stop, a second one (or Ctrl-D) leaves.
import path from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { toFailure } from '../contract/failure.ts'
import { guessSources, type NativeGuessSource } from '../inference/addon.ts'
import type { GenerateResult, Inference, Sampling } from '../inference/inference.ts'
import { createNativeInference } from '../inference/native-inference.ts'
import { profileOf } from '../models/profile.ts'
import { buildPrompt, type PromptRequest } from '../prompt/build-prompt.ts'
import { createSpokenText } from '../sessions/spoken-text.ts'
import type { Arguments } from './arguments.ts'
import { speed } from './generate.ts'
import {
  drafterOptions,
  guessFlags,
  modelFlags,
  modelPath,
  openAddon,
  readGuessWith,
  readNumerics,
  starterModelPath,
  threadCount,
} from './open-model.ts'
import { print, printError, printJson } from './output.ts'
import type { Verb } from './verb.ts'

type Turn = { readonly role: 'user' | 'assistant'; readonly text: string }
type Settings = {
  readonly json: boolean
  readonly sampling: Sampling
  readonly maxTokens: number
} & Pick<PromptRequest, 'system' | 'reserveTokens' | 'comfortTokens'>

export const chat: Verb = {
  name: 'chat',
  summary: 'a conversation in the terminal',
  usage: `[flags]

Each line is a message. Ctrl-C stops the reply; a second Ctrl-C, or Ctrl-D, leaves. Nothing is stored.
With --json every reply is one line {"text":"…","stop":"…","stats":{…}}.`,
  flags: {
    system: { value: 'TEXT', help: 'what the model is told before the conversation (default: as in the app)' },
    max: { value: 'N', help: 'tokens of a reply at most (default: as in the app)' },
    temp: { value: 'X', help: 'temperature; 0 always takes the likeliest token (default: as in the app)' },
    'top-k': { value: 'N', help: 'draw from the N likeliest; 0 is off (default: as in the app)' },
    'top-p': { value: 'X', help: 'draw from the likeliest that make up X; 1 is off (default: as in the app)' },
    seed: { value: 'N', help: 'the same seed and messages give the same replies (default: another one each time)' },
    ...guessFlags,
    ...modelFlags,
  },
  run: async (args) => {
    const settings = chatSettings(args)
    const threads = threadCount(args)
    const file = path.resolve(modelPath(args))
    const names = readGuessWith(args) ?? guessSources
    const allowed = (name: NativeGuessSource) => names.includes(name)
    const inference = await createNativeInference(openAddon(), file, {
      starter: file === starterModelPath,
      guessWith: () => ({ drafter: allowed('drafter'), lookup: allowed('lookup'), history: allowed('history') }),
      ...drafterOptions(args, file),
      ...(threads === undefined ? {} : { threads }),
      numerics: readNumerics(args) ?? 'auto',
    })
    try {
      return await converse(inference, settings(inference))
    } finally {
      inference.close()
    }
  },
}

/** As the app talks to this model, except for what the flags say. Wrong flags are found before a model is loaded. */
function chatSettings(args: Arguments): (inference: Inference) => Settings {
  const system = args.text('system')
  const maxTokens = args.integer('max', { least: 1, most: 2 ** 24 })
  const seed = args.integer('seed', { least: 0, most: Number.MAX_SAFE_INTEGER }) ?? Math.floor(Math.random() * 2 ** 32)
  const asked = {
    temperature: args.number('temp', { least: 0, most: 100 }),
    topK: args.integer('top-k', { least: 0, most: 2 ** 32 - 1 }),
    topP: args.number('top-p', { least: 0, most: 1 }),
  }
  return ({ info }) => {
    const profile = profileOf(info, Date.now())
    const usual = profile.sampling(false, seed)
    return {
      json: args.has('json'),
      system: system ?? profile.system,
      maxTokens: maxTokens ?? profile.maxNewTokens,
      reserveTokens: Math.min(maxTokens ?? profile.reserveTokens, profile.reserveTokens),
      comfortTokens: profile.comfortTokens,
      sampling: {
        ...usual,
        temperature: asked.temperature ?? usual.temperature,
        topK: asked.topK ?? usual.topK,
        topP: asked.topP ?? usual.topP,
      },
    }
  }
}

async function converse(inference: Inference, settings: Settings): Promise<number> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  if (!settings.json) printError(`${inference.info.name}. Ctrl-C stops a reply, twice leaves.\n`)
  if (inference.info.plainText)
    printError('This file has no chat format: the model goes on with a written dialogue, and may wander off.\n')
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
  { json, sampling, maxTokens, ...limits }: Settings,
  interruptions: Interruptions,
): Promise<string | undefined> {
  const controller = new AbortController()
  const spoken = createSpokenText(inference)
  let text = ''
  interruptions.stopReply = () => controller.abort()
  try {
    const { tokens } = buildPrompt({ history, ...limits }, inference)
    const result = await session.generate(
      { tokens, maxTokens, sampling },
      (piece) => {
        const said = spoken(piece)
        text += said
        if (!json) print(said)
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
