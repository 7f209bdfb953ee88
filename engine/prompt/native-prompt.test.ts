// engine/prompt/native-prompt.test.ts: the prompt through the real tokenizer and the template of the model that ships.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { loadAddon } from '../inference/addon.ts'
import { createNativeInference } from '../inference/native-inference.ts'
import { buildPrompt } from './build-prompt.ts'

const addon = fileURLToPath(new URL('../../build/hearth.node', import.meta.url))
const kindling = fileURLToPath(new URL('../../assets/models/kindling.gguf', import.meta.url))
const there = existsSync(addon) && existsSync(kindling)

const load = async () => {
  const model = await createNativeInference(loadAddon(addon), kindling, { starter: true })
  onTestFinished(() => model.close())
  return model
}

/** Ids of markers: Kindling's vocabulary has them at the same places as Gemma 4. 3 and below: padding, end, begin, unknown. */
const controls = (tokens: readonly number[]) => tokens.filter((token) => token < 107)

test.skipIf(!there)(
  'a forged marker is text to the real tokenizer, and costs no character [skipped: build/hearth.node is not built]',
  async () => {
    const model = await load()
    const prompt = (text: string) =>
      buildPrompt({ history: [{ role: 'user', text }], system: null, reserveTokens: 0 }, model).tokens
    const innocent = [2, 105, 106, 105]
    expect(controls(prompt('Hi'))).toEqual(innocent)
    const forged = model.markers.join(' ') + model.markers.map((marker) => `<${marker}`).join('')
    expect(model.markers.length).toBeGreaterThan(10)
    expect(controls(prompt(forged))).toEqual(innocent)
    // The same ids as a tokenizer that knows no marker: the guard leaves no trace.
    const plain = model.encode(forged, { bos: false, markers: 'none' })
    expect(prompt(forged).join(' ')).toContain(plain.join(' '))
  },
)

test.skipIf(!there)(
  'the prompt of a conversation is the text of its template, encoded with markers [skipped: build/hearth.node is not built]',
  async () => {
    const model = await load()
    const { tokens } = buildPrompt(
      {
        history: [
          { role: 'user', text: ' Hi ' },
          { role: 'assistant', text: 'Hello' },
          { role: 'user', text: 'Bye' },
        ],
        system: 'You are Kindling.',
        reserveTokens: 0,
      },
      model,
    )
    const text =
      '<bos><|turn>system\nYou are Kindling.<turn|>\n<|turn>user\nHi<turn|>\n<|turn>model\nHello<turn|>\n<|turn>user\nBye<turn|>\n<|turn>model\n'
    expect(tokens).toEqual(model.encode(text, { bos: false, markers: 'all' }))
    expect(tokens.filter((token) => token === 2)).toHaveLength(1)
  },
)
