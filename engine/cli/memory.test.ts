// engine/cli/memory.test.ts: the verbs over a data folder that a conversation with the starter model has filled.
import { expect, onTestFinished, test } from 'vitest'
import { newConversationId } from '../contract/ids.ts'
import type { Memory } from '../contract/memory.ts'
import { createNativeInference } from '../inference/native-inference.ts'
import { builtAddon, kindlingPath } from '../inference/testing.ts'
import { startMemory } from '../memory/test-support.ts'
import { profileOf } from '../models/profile.ts'
import { buildPrompt } from '../prompt/build-prompt.ts'
import { openStorage } from '../storage/open-storage.ts'
import { ask, tempFolder } from '../storage/test-support.ts'
import { hearth } from './testing.ts'

/** One turn: "My dog is called Bruno." heard, and answered by the starter model. */
async function filledFolder(change: (tokens: number[]) => number[] = (tokens) => tokens) {
  const folder = tempFolder()
  const storage = openStorage(folder, { lockWaitMs: 0 })
  const { memory } = startMemory({ storage })
  const inference = await createNativeInference(builtAddon(), kindlingPath, { starter: true, threads: 1 })
  onTestFinished(() => inference.close())
  const conversation = newConversationId()
  const text = 'My dog is called Bruno.'
  const { question, reply } = ask(storage, conversation, text)
  memory.mind.heard({ conversation, message: question, text })
  const turn = memory.mind.turn({ conversation, question, reply, without: [] })
  const { history, about } = turn.recall([{ role: 'user' as const, text }], inference, 6)
  const profile = profileOf(inference.info, 0)
  const { tokens } = buildPrompt(
    { history, system: `${profile.system}\n${about ?? ''}`.trim(), reserveTokens: 64 },
    inference,
  )
  const request = { tokens, maxTokens: 48, sampling: profile.sampling(false, 1) }
  turn.ask(inference, request)
  const written: number[] = []
  let said = ''
  const session = inference.createSession()
  const result = await session.generate(
    request,
    (piece) => {
      written.push(...piece.tokens)
      said += piece.text
    },
    new AbortController().signal,
  )
  turn.wrote(change(written))
  turn.answered(result)
  storage.database.prepare("UPDATE messages SET text = ?, status = 'done' WHERE id = ?").run(said, reply)
  turn.end({ status: 'done', text: said, failure: null })
  await memory.close()
  storage.close()
  return { folder, reply }
}

test('memory is listed, searched, shown with its words, added to and forgotten', async () => {
  const { folder } = await filledFolder()
  const verb = async (...words: string[]) => await hearth(['memory', ...words, '--data', folder])
  expect(await verb('list')).toMatchObject({ code: 0, out: expect.stringContaining('Your dog is called Bruno.') })
  const { memories } = JSON.parse((await verb('search', 'dog', '--json')).out) as { memories: Memory[] }
  const id = memories[0]?.id ?? ''
  expect((await verb('show', id)).out).toContain('“My dog is called Bruno.”')
  expect((await verb('add', 'I', 'live', 'in', 'Bern')).out).toContain('You live in Bern.')
  expect((await verb('forget', id.slice(-8))).out).toContain('Nothing was changed')
  expect(await verb('forget', id.slice(-8), '--yes')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Forgotten/),
  })
  expect((await verb('list')).out).not.toContain('Bruno')
  expect((await verb('receipts')).out).toMatch(/^Forgotten.*\n/)
  expect(await verb('forget', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('0 have') })
  expect(await verb('dream')).toMatchObject({ code: 2 })
})

test('a reply replays to the token, and a recorded token that is another one is named', async () => {
  const { folder, reply } = await filledFolder()
  expect((await hearth(['trace', '--data', folder])).out).toContain(reply)
  expect((await hearth(['trace', reply, '--data', folder])).out).toMatch(/retrieve[\s\S]*generate[\s\S]*respond/)
  expect(await hearth(['replay', reply, '--data', folder, '--threads', '1'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Identical, all \d+ tokens/),
  })
  const other = await filledFolder((tokens) => tokens.with(2, (tokens[2] ?? 0) + 1))
  expect(await hearth(['replay', other.reply, '--data', other.folder, '--threads', '1'])).toMatchObject({
    code: 1,
    out: expect.stringContaining('Token 2 is the first that differs'),
  })
})

test('where there is no data, the verbs say so', async () => {
  for (const verb of ['memory', 'trace'])
    expect(await hearth([verb, '--data', tempFolder()])).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is none'),
    })
})
