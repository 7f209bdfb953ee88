import { describe, expect, it } from 'vitest'
import type { GenerateRequest, Piece } from './inference.ts'
import { createScriptedInference, type Script } from './scripted-inference.ts'

const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 }
const ask = (inference: ReturnType<typeof createScriptedInference>, text: string): GenerateRequest => ({
  tokens: inference.encode(text, { bos: true, markers: 'all' }),
  maxTokens: 100,
  sampling,
})

async function reply(script: Script, text = 'hi', signal = new AbortController().signal) {
  const inference = createScriptedInference(script)
  const pieces: Piece[] = []
  const result = await inference.createSession().generate(ask(inference, text), (piece) => pieces.push(piece), signal)
  return { text: pieces.map((piece) => piece.text), result }
}

describe('the scripted inference', () => {
  it('plays its pieces in order and says how it ended', async () => {
    const { text, result } = await reply([{ pieces: ['Hel', { text: 'lo', delayMs: 1 }], stop: 'length' }])
    expect(text).toEqual(['Hel', 'lo'])
    expect(result).toMatchObject({ stop: 'length', newTokens: 5, promptTokens: 3, reusedTokens: 0 })
  })

  it('shows a script function the prompt as text', async () => {
    const { text } = await reply(({ prompt, index }) => ({ pieces: [`${index}: ${prompt}`] }), 'Who?')
    expect(text).toEqual(['0: <bos>Who?'])
  })

  it('repeats the last reply of a list and reuses the common prefix', async () => {
    const inference = createScriptedInference([{ pieces: ['first'] }, { pieces: ['last'] }])
    const session = inference.createSession()
    const texts: string[] = []
    const say = (text: string) =>
      session.generate(ask(inference, text), (piece) => texts.push(piece.text), new AbortController().signal)
    await say('one')
    expect(await say('one two')).toMatchObject({ reusedTokens: 4 })
    await say('other')
    expect(texts).toEqual(['first', 'last', 'last'])
  })

  it('stops at once when it is aborted or closed, and keeps what came before', async () => {
    const controller = new AbortController()
    const pieces = ['a', { text: 'never', delayMs: 3_600_000 }]
    const aborted = reply([{ pieces }], 'hi', controller.signal)
    setTimeout(() => controller.abort(), 5)
    expect(await aborted).toMatchObject({ text: ['a'], result: { stop: 'cancelled', newTokens: 1 } })

    const inference = createScriptedInference([{ pieces }])
    const session = inference.createSession()
    const closed = session.generate(ask(inference, 'hi'), () => session.close(), new AbortController().signal)
    expect(await closed).toMatchObject({ stop: 'cancelled', newTokens: 1 })
    await expect(session.generate(ask(inference, 'hi'), () => {}, new AbortController().signal)).rejects.toThrow(
      /closed/,
    )
  })

  it('fails and crashes after its pieces when the script says so', async () => {
    await expect(
      reply([{ pieces: ['a'], failure: { code: 'engine-failed', message: 'planned' } }]),
    ).rejects.toMatchObject({
      failure: { code: 'engine-failed', message: 'planned' },
    })
    const events: string[] = []
    const inference = createScriptedInference([{ pieces: ['a'], crash: true }], { onCrash: () => events.push('crash') })
    await inference
      .createSession()
      .generate(ask(inference, 'hi'), ({ text }) => events.push(text), new AbortController().signal)
    expect(events).toEqual(['a', 'crash'])
  })

  it('refuses a prompt that does not fit, and a second reply at the same time', async () => {
    const inference = createScriptedInference([{ pieces: ['a'] }], { info: { contextTokens: 10 } })
    const session = inference.createSession()
    const generate = (text: string) => session.generate(ask(inference, text), () => {}, new AbortController().signal)
    await expect(generate('much too long')).rejects.toMatchObject({ failure: { code: 'prompt-too-long' } })
    const first = generate('hi')
    await expect(generate('hi')).rejects.toThrow(/busy/)
    await first
  })
})
