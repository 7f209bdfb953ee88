// engine/cli/tokenize.ts: `hearth tokenize`: a text as token ids.
import type { NativeEncodeOptions } from '../inference/addon.ts'
import { UsageError } from './arguments.ts'
import { readText } from './input.ts'
import { modelFlags, withModel } from './open-model.ts'
import { printJson } from './output.ts'
import type { Verb } from './verb.ts'

export const tokenize: Verb = {
  name: 'tokenize',
  summary: 'a text as token ids',
  usage: `(--text TEXT | --text-file FILE | -) [flags]

Prints {"tokens":[…]}. By default the text begins with <bos> and may hold markers such as <|turn>, as a prompt does.
A file may hold any bytes; - reads them from stdin.`,
  flags: {
    text: { value: 'TEXT', help: 'the text' },
    'text-file': { value: 'FILE', help: 'a file with the text; - is stdin' },
    'no-special': { help: 'no <bos>, and control markers are plain text' },
    plain: { help: 'no <bos>, and every marker is plain text: for what a person or a tool wrote' },
    ...modelFlags,
  },
  positionals: ['-'],
  run: async (args) => {
    const text = readText(args, 'text', 'text-file')
    if (text === undefined) throw new UsageError('Expected a text: --text TEXT, --text-file FILE or - for stdin.')
    if (args.has('plain') && args.has('no-special'))
      throw new UsageError('Expected --plain or --no-special, found both.')
    const options = encodeOptions({ noSpecial: args.has('no-special'), plain: args.has('plain') })
    const tokens = await withModel(args, (model) => model.encode(text, options))
    printJson({ tokens: Array.from(tokens) })
    return 0
  },
}

/** What the flags mean for the tokenizer. */
export function encodeOptions({ noSpecial, plain }: { noSpecial: boolean; plain: boolean }): NativeEncodeOptions {
  if (plain) return { bos: false, markers: 'none' }
  return noSpecial ? { bos: false, markers: 'text' } : { bos: true, markers: 'all' }
}
