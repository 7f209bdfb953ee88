import { expect, test } from 'vitest'
import { createQueue } from './queue.ts'

test('jobs run one at a time, in the order they came, and a failure stops nobody', async () => {
  const queue = createQueue()
  const order: string[] = []
  const job = (name: string, fail = false) =>
    queue.run(null, async () => {
      order.push(`${name} begins`)
      await Promise.resolve()
      order.push(`${name} ends`)
      if (fail) throw new Error(name)
      return name
    })
  const results = await Promise.allSettled([job('a'), job('b', true), job('c')])
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await job('d')).toBe('d')
})

test('a job that is cancelled while it waits never runs, and those behind it do', async () => {
  const queue = createQueue()
  const gate = Promise.withResolvers<void>()
  const controller = new AbortController()
  const first = queue.run(null, () => gate.promise)
  let ran = false
  const second = queue.run(controller.signal, async () => {
    ran = true
  })
  const third = queue.run(null, async () => 'third')
  controller.abort()
  expect(await second).toBeNull()
  gate.resolve()
  await first
  expect(await third).toBe('third')
  expect(ran).toBe(false)
  expect(await queue.run(AbortSignal.abort(), async () => 'never')).toBeNull()
})
