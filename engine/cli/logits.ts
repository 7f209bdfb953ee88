// engine/cli/logits.ts: `hearth logits`: what the model computes, for comparison with another engine.
import { writeFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { HearthError } from '../contract/failure.ts'
import { UsageError } from './arguments.ts'
import { checkTokens, readTokens } from './input.ts'
import { modelFlags, withModel, withSession } from './open-model.ts'
import { printJson } from './output.ts'
import type { Verb } from './verb.ts'

export const logits: Verb = {
  name: 'logits',
  summary: 'the logits of every position, as a file of floats',
  usage: `--tokens 1,2,3 --out FILE [flags]

Writes little-endian 32-bit floats, [positions][vocabulary], and prints {"positions":n,"vocab":v}.`,
  flags: {
    tokens: { value: 'IDS', help: 'token ids, separated by commas; the first is usually 2, <bos>' },
    out: { value: 'FILE', help: 'the file to write' },
    kv: { value: 'TYPE', help: 'f32 or f16: how keys and values are kept (default: f32)' },
    ...modelFlags,
  },
  run: async (args) => {
    const tokens = readTokens(args)
    const out = args.text('out')
    const kv = args.choice('kv', ['f32', 'f16']) ?? 'f32'
    if (tokens === undefined || tokens.length === 0)
      throw new UsageError('Expected at least one token id: --tokens 2,17,9.')
    if (out === undefined) throw new UsageError('Expected a file to write: --out FILE.')
    const values = await withModel(
      args,
      (model) => {
        checkTokens(tokens, model.facts.vocabulary)
        return withSession(model, { kv }, (session) => session.logits(tokens))
      },
      'exact',
    )
    write(out, values)
    printJson({ positions: tokens.length, vocab: values.length / tokens.length })
    return 0
  },
}

function write(file: string, values: Float32Array): void {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  if (endianness() === 'BE') bytes.swap32()
  try {
    writeFileSync(file, bytes)
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC'
    const reason = error instanceof Error ? error.message : String(error)
    throw new HearthError(
      isFull ? 'storage-full' : 'storage-read-only',
      `${bytes.length} bytes were to be written to ${file}: ${reason}.`,
      'Choose another file with --out.',
    )
  }
}
