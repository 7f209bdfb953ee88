// engine/cli/replay.ts: `hearth replay REPLY`: makes a reply again from its trace, and says whether it is the same.
import path from 'node:path'
import { createNativeInference } from '../inference/native-inference.ts'
import { replay as replayTrace } from '../traces/replay.ts'
import { UsageError } from './arguments.ts'
import { dataFlags, withData } from './open-data.ts'
import { modelFlags, openAddon, starterModelPath, threadCount } from './open-model.ts'
import { print, printJson } from './output.ts'
import { findTrace } from './trace.ts'
import type { Verb } from './verb.ts'

export const replay: Verb = {
  name: 'replay',
  summary: 'makes a reply again from its trace: identical, or where it differs',
  usage: `REPLY [flags]

REPLY is the id of a reply, or its end (see hearth trace). Stores nothing. Exit code 0: identical; 1: different or
impossible. The model is the one that the app uses, unless --model says otherwise.`,
  flags: { ...dataFlags, ...modelFlags },
  positionals: 'any',
  run: async (args) => {
    const [reply, ...more] = args.positionals
    if (reply === undefined || more.length > 0)
      throw new UsageError(`Expected the id of one reply, found ${args.positionals.length}.`)
    return await withData(args, async (data) => {
      const { traces } = data.memory.stores
      const trace = findTrace(data, reply)
      const message = data.storage.messages.find(trace.reply)
      const file = path.resolve(args.text('model') ?? data.storage.settings.read().modelPath ?? starterModelPath)
      const threads = threadCount(args)
      const inference = await createNativeInference(openAddon(), file, {
        starter: file === starterModelPath,
        ...(threads === undefined ? {} : { threads }),
      })
      try {
        const stored = { text: message?.text ?? '', whole: message?.status === 'done' }
        const deps = { traces, inference, stored, build: trace.recipe?.build ?? '' }
        const result = await replayTrace(trace.reply, deps, new AbortController().signal)
        if (args.has('json')) printJson(result)
        else if (result.verdict === 'identical') print(`Identical, all ${result.tokens} tokens.\n`)
        else if (result.verdict === 'impossible') print(`Impossible: ${result.reason}\n`)
        else
          print(
            `Token ${result.at} is the first that differs.\n  recorded: …${result.recorded}\n  now:      …${result.now}\n${result.because.map((why) => `  ${why}\n`).join('')}`,
          )
        return result.verdict === 'identical' ? 0 : 1
      } finally {
        inference.close()
      }
    })
  },
}
