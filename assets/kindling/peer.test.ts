// assets/kindling/peer.test.ts: the shipped file says the same in llama.cpp as in our engine, greedily.
//
// llama.cpp comes with the npm package node-llama-cpp, where `npm run bench` keeps it (~/.cache/hearth-bench); without it
// the test is skipped. It rounds activations to eight bits and we do not, so that a reply may part where two tokens are
// as good as equal: one in ten may.
import { existsSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openAddon } from '../../engine/cli/open-model.ts'
import { replyTo } from './grade.ts'

const built = path.join(import.meta.dirname, '..', '..', 'build', 'hearth.node')
const shipped = path.join(import.meta.dirname, '..', 'models', 'kindling.gguf')
const drafter = path.join(import.meta.dirname, '..', 'models', 'kindling-drafter.gguf')
const packages = path.join(os.homedir(), '.cache', 'hearth-bench', 'peer', 'node_modules')
const peer = path.join(packages, 'node-llama-cpp', 'dist', 'index.js')

/** What is used of node-llama-cpp. It is no dependency, so its types are not there. */
type Peer = {
  getLlama(options: object): Promise<{
    loadModel(options: object): Promise<{
      readonly fileInfo: { readonly metadata: { readonly general: { readonly architecture?: string } } }
      tokenize(text: string, special: boolean): readonly number[]
      detokenize(tokens: readonly number[], special: boolean): string
      createContext(options: object): Promise<{
        getSequence(): {
          evaluate(tokens: readonly number[], options: object): AsyncIterable<number>
          clearHistory(): Promise<void>
        }
      }>
    }>
    dispose(): Promise<void>
  }>
}

const ends: ReadonlySet<number> = new Set([1, 106, 50])
const longest = 64

describe.skipIf(!existsSync(built) || !existsSync(peer))(
  'the shipped file in llama.cpp [skipped: build/hearth.node or node-llama-cpp in ~/.cache/hearth-bench is not there]',
  () => {
    test('has the same token ids, and the same words at least nine times of ten', async () => {
      const lines = readFileSync(path.join(import.meta.dirname, 'data', 'hand.jsonl'), 'utf8')
        .trim()
        .split('\n')
      const prompts = lines
        .filter((_, index) => index % 10 === 0)
        .map((line) => z.object({ prompt: z.string() }).parse(JSON.parse(line)).prompt)
      const library = (await import(pathToFileURL(peer).href)) as Peer
      const llama = await library.getLlama({ gpu: false, build: 'never', maxThreads: 1 })
      const ours = await openAddon().loadModel(shipped, { threads: 1 })
      const session = ours.createSession({ context: 2048 })
      try {
        const theirs = await llama.loadModel({ modelPath: shipped })
        const sequence = (await theirs.createContext({ contextSize: 2048, threads: 1 })).getSequence()
        const parted: string[] = []
        for (const prompt of prompts) {
          const tokens = theirs.tokenize(prompt, true)
          expect([...ours.encode(prompt, { bos: false, markers: 'all' })]).toEqual([...tokens])
          await sequence.clearHistory()
          const said: number[] = []
          for await (const token of sequence.evaluate(tokens, { temperature: 0 })) {
            if (ends.has(token) || said.push(token) === longest) break
          }
          const { tokens: own } = await replyTo(ours, session, prompt, longest)
          const words = ours.decode(Int32Array.from(own.filter((token) => !ends.has(token))), true)
          if (words !== theirs.detokenize(said, true)) parted.push(`${words}\n${theirs.detokenize(said, true)}`)
        }
        expect(parted.length, parted.join('\n\n')).toBeLessThanOrEqual(prompts.length / 10)
      } finally {
        session.close()
        ours.close()
        await llama.dispose()
      }
    }, 180_000)

    test('stands beside a drafter that llama.cpp reads as well', async () => {
      const library = (await import(pathToFileURL(peer).href)) as Peer
      const llama = await library.getLlama({ gpu: false, build: 'never', maxThreads: 1 })
      try {
        const { fileInfo } = await llama.loadModel({ modelPath: drafter })
        expect(fileInfo.metadata.general.architecture).toBe('gemma4-assistant')
      } finally {
        await llama.dispose()
      }
    })
  },
)
