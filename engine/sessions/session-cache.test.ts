import { expect, test } from 'vitest'
import { newConversationId } from '../contract/ids.ts'
import { createSessionCache } from './session-cache.ts'

const factory = (log: string[], limit = Number.POSITIVE_INFINITY) => {
  let made = 0
  let open = 0
  return {
    createSession: () => {
      if (open >= limit) throw new Error('out of memory')
      const name = `s${made++}`
      open++
      const close = () => {
        open--
        log.push(name)
      }
      return { close, generate: () => Promise.reject(new Error('unused')) }
    },
  }
}

test('the least recently used session makes room, and a known one is taken again', async () => {
  const closed: string[] = []
  const inference = factory(closed)
  const cache = createSessionCache(2)
  const [a, b, c] = [newConversationId(), newConversationId(), newConversationId()]
  const first = await cache.take(inference, a)
  await cache.take(inference, b)
  expect(await cache.take(inference, a)).toBe(first)
  await cache.take(inference, c)
  expect(closed).toEqual(['s1'])
  cache.drop(a)
  cache.drop(a)
  expect(closed).toEqual(['s1', 's0'])
  cache.clear()
  expect(closed).toEqual(['s1', 's0', 's2'])
})

test('where memory is short, the other sessions make room', async () => {
  const closed: string[] = []
  const inference = factory(closed, 1)
  const cache = createSessionCache(4)
  await cache.take(inference, newConversationId())
  await cache.take(inference, newConversationId())
  expect(closed).toEqual(['s0'])
  const none = createSessionCache(4)
  await expect(none.take(factory([], 0), newConversationId())).rejects.toThrow('out of memory')
})
