import { expect, test } from 'vitest'
import { commands } from './commands.ts'
import { HearthError, toFailure } from './failure.ts'
import { conversationId, newConversationId, uuidv7 } from './ids.ts'
import { settings } from './settings.ts'

test('new ids are UUIDv7 and sort by time', () => {
  expect(conversationId.safeParse(newConversationId()).success).toBe(true)
  const ids = [1, 1_700_000_000_000, 2 ** 47].map((now) => uuidv7(now))
  expect(ids.toSorted()).toEqual(ids)
  expect(uuidv7(0x0123456789ab).replaceAll('-', '').slice(0, 13)).toBe('0123456789ab7')
})

test('a change of one setting names that setting only', () => {
  expect(commands['settings.update'].input.parse({ theme: 'dark' })).toEqual({ theme: 'dark' })
  expect(settings.parse({})).toEqual({
    theme: 'system',
    welcomed: false,
    lastConversation: null,
    modelPath: null,
    restAfterMinutes: 10,
    memory: 'ask',
    thinking: 'auto',
    overflow: 'ask',
  })
})

test('any thrown value becomes a failure, without its stack', () => {
  expect(toFailure(new HearthError('busy', 'a', 'b'))).toEqual({ code: 'busy', message: 'a', remedy: 'b' })
  expect(toFailure(new HearthError('busy', 'a'))).toEqual({ code: 'busy', message: 'a' })
  expect(toFailure(new Error('x'))).toEqual({ code: 'internal', message: 'x' })
  expect(toFailure('y')).toEqual({ code: 'internal', message: 'y' })
})
