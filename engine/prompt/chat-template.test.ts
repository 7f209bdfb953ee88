import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ChatMessage, fromTemplate, gemma4Format } from './chat-template.ts'

const fixture = (name: string) => readFileSync(new URL(`./__fixtures__/${name}`, import.meta.url), 'utf8')
const conversations = JSON.parse(fixture('conversations.json')) as Record<string, ChatMessage[]>
const expected = JSON.parse(fixture('expected.json')) as Record<string, Record<string, string>>
const tokens = { bos: '<bos>', eos: '<eos>' }

const cases = Object.keys(expected).flatMap((name) => Object.keys(conversations).map((title) => [name, title] as const))

test('there are golden renderings of two templates', () => {
  expect(Object.keys(expected)).toEqual(['kindling', 'gemma4-launch'])
  expect(cases.length).toBeGreaterThan(15)
})

test.each(cases)('%s renders as Jinja2 does: %s', (name, title) => {
  const format = fromTemplate(fixture(`${name}.jinja`), tokens)
  expect(format.render(conversations[title] ?? [])).toBe(expected[name]?.[title])
})

test.each(Object.keys(conversations))('the built-in format is that of the Gemma 4 templates: %s', (title) => {
  const messages = conversations[title] ?? []
  expect(gemma4Format('<bos>', false).render(messages)).toBe(expected.kindling?.[title])
  expect(gemma4Format('<bos>', true).render(messages)).toBe(expected['gemma4-launch']?.[title])
})

test('the first token is there once, whether the template prints it or not', () => {
  const says: ChatMessage[] = [{ role: 'user', content: 'Hi' }]
  expect(fromTemplate('{{ bos_token }}{{ messages[0].content }}', tokens).render(says)).toBe('<bos>Hi')
  expect(fromTemplate('{{ messages[0].content }}', tokens).render(says)).toBe('<bos>Hi')
})

test.each([
  ['does not parse', '{% for %}'],
  ['refuses the conversation', "{{ raise_exception('roles must alternate') }}"],
])('a template that %s is a failure of the model file', (_, template) => {
  const render = () => fromTemplate(template, tokens).render([{ role: 'user', content: 'Hi' }])
  expect(render).toThrow(expect.objectContaining({ failure: expect.objectContaining({ code: 'model-invalid' }) }))
})
