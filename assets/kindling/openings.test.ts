// assets/kindling/openings.test.ts: what the empty chat offers to try works with the shipped file, as the app asks it.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAddon } from '../../engine/cli/open-model.ts'
import { type Opening, openings } from '../../engine/contract/starter.ts'
import { createNativeInference } from '../../engine/inference/native-inference.ts'
import { profileOf } from '../../engine/models/profile.ts'
import { buildPrompt } from '../../engine/prompt/build-prompt.ts'

const built = path.join(import.meta.dirname, '..', '..', 'build', 'hearth.node')
const shipped = path.join(import.meta.dirname, '..', 'models', 'kindling.gguf')

/** What the last reply to each opening must say. */
const expected: Readonly<Record<string, RegExp>> = {
  'Hello, who are you?': /Kindling/,
  'My sister is called Marta.': /Marta/,
  'Tell me a joke.': /\?/,
  'Make bullet points: milk, bread, eggs': /^- milk\n- bread\n- eggs$/,
  'The shop opens at 9:00 and closes at 18:00. When does it close?': /18:00/,
  'What can you not do?': /small|mistakes|know/,
}

describe.skipIf(!existsSync(built))('the shipped file', () => {
  test.each(openings.map((opening) => [opening.text, opening] as const))('can do “%s”', async (text, opening) => {
    expect(await lastReply(opening)).toMatch(expected[text] ?? /^a check for this opening$/)
  })
})

async function lastReply({ text, after }: Opening): Promise<string> {
  const inference = await createNativeInference(openAddon(), shipped, { starter: true })
  try {
    const profile = profileOf(inference.info, Date.UTC(2031, 4, 14, 12))
    const history: { role: 'user' | 'assistant'; text: string }[] = []
    for (const question of after === undefined ? [text] : [text, after]) {
      history.push({ role: 'user', text: question })
      const { system, reserveTokens, comfortTokens, maxNewTokens } = profile
      const { tokens } = buildPrompt({ history, system, reserveTokens, comfortTokens }, inference)
      const session = inference.createSession()
      let reply = ''
      const request = { tokens, sampling: profile.sampling(false, 1), maxTokens: maxNewTokens }
      await session.generate(request, (piece) => (reply += piece.text), new AbortController().signal)
      session.close()
      history.push({ role: 'assistant', text: reply.trim() })
    }
    return history.at(-1)?.text ?? ''
  } finally {
    inference.close()
  }
}
