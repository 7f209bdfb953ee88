// engine/inference/plain-turns.test.ts: a model without turns is talked to in plain text, and never speaks for the person.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { Template } from '@huggingface/jinja'
import { expect, test } from 'vitest'
import { createNativeInference } from './native-inference.ts'
import { createTurnCutter, lacksTurns, plainTemplate } from './plain-turns.ts'
import { builtAddon, goldenModelPath, kindlingPath } from './testing.ts'

/** A reply in pieces, as it is shown. */
function shown(...texts: string[]) {
  const cutter = createTurnCutter()
  const pieces = texts.flatMap((text, i) => cutter.read({ tokens: [i], text }) ?? [])
  const rest = cutter.rest()
  const all = rest === null ? pieces : [...pieces, rest]
  return {
    text: all.map(({ text }) => text).join(''),
    tokens: all.flatMap(({ tokens }) => tokens),
    ended: cutter.ended(),
  }
}

test('a dialogue is written down, with the system text or a sentence of its own before it', () => {
  const render = (messages: readonly { role: string; content: string }[]) =>
    new Template(plainTemplate).render({ messages, add_generation_prompt: true, bos_token: '<bos>', eos_token: '' })
  const asked = [
    { role: 'user', content: ' Hi ' },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user', content: 'And now?' },
  ]
  expect(render(asked)).toBe(
    '<bos>A conversation between a person and an assistant, who answers briefly, helpfully and truthfully.\n\n' +
      'Person: Hi\nAssistant: Hello.\nPerson: And now?\nAssistant:',
  )
  expect(render([{ role: 'system', content: 'Be kind.' }, ...asked])).toMatch(/^<bos>Be kind\.\n\nPerson: Hi\n/)
})

test('a reply ends where the next turn would begin, however the pieces fall', () => {
  const whole = ' Four.\nIt is even.\nPerson: And five?\nAssistant: Odd.'
  for (let size = 1; size <= whole.length; size++) {
    const pieces = whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
    expect(shown(...pieces)).toMatchObject({ text: 'Four.\nIt is even.', ended: true })
  }
})

test('a reply that ends by itself is shown whole, and words that only look like a turn are words', () => {
  expect(shown(' A Person: here.', '\nPers', 'onal taste', ' decides.\n')).toMatchObject({
    text: 'A Person: here.\nPersonal taste decides.',
    tokens: [0, 1, 2, 3],
    ended: false,
  })
  expect(shown(' ', '\n')).toMatchObject({ text: '', ended: false })
})

test('only a file without a template and without the marks of Gemma 4 has no turns', async () => {
  expect(lacksTurns({ chatTemplate: '', markers: ['<start_of_turn>'] })).toBe(true)
  expect(lacksTurns({ chatTemplate: ' ', markers: ['<|turn>'] })).toBe(false)
  expect(lacksTurns({ chatTemplate: '{{ messages }}', markers: [] })).toBe(false)
  for (const file of [kindlingPath, goldenModelPath('e2b-f32')]) {
    const inference = await createNativeInference(builtAddon(), file)
    expect(inference.info.plainText).toBe(false)
    inference.close()
  }
})

/** Where `hearth model fetch` puts it. */
const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache')
const real = path.join(process.env.HEARTH_MODELS ?? path.join(cache, 'hearth', 'models'), 'gemma3-270m.gguf')

test.skipIf(!existsSync(real))(
  `Gemma 3 270M, which has no turns, answers in plain text and stops [skipped: ${real} is not there; \`npm run -s hearth -- model fetch gemma3-270m\` gets it]`,
  async () => {
    const inference = await createNativeInference(builtAddon(), real, { contextTokens: 1024 })
    expect(inference.info.plainText).toBe(true)
    expect(inference.chatTemplate).toBe(plainTemplate)
    const text = new Template(plainTemplate).render({
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
      add_generation_prompt: true,
      bos_token: inference.specialTokens.bos,
      eos_token: '',
    })
    let reply = ''
    const result = await inference.createSession().generate(
      {
        tokens: inference.encode(text, { bos: false, markers: 'all' }),
        maxTokens: 60,
        sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 },
      },
      (piece) => {
        reply += piece.text
      },
      new AbortController().signal,
    )
    expect(reply).toContain('Paris')
    expect(reply).not.toMatch(/Person:|Assistant:/)
    expect(result.stop).toBe('end')
    inference.close()
  },
  120_000,
)
