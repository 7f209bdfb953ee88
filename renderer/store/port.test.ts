import { afterEach, expect, test } from 'vitest'
import { takeToken, wrapMessagePort } from './port.ts'

afterEach(() => {
  sessionStorage.clear()
  history.replaceState(null, '', '/')
})

test('the token leaves the address and stays in the tab', () => {
  history.replaceState(null, '', '/?x=1#t=abc_DEF-1')
  expect(takeToken(location, sessionStorage)).toBe('abc_DEF-1')
  expect(location.href).not.toContain('abc_DEF-1')
  expect(location.search).toBe('?x=1')
  expect(takeToken(location, sessionStorage)).toBe('abc_DEF-1')
})

test('a fragment that is no token is left alone', () => {
  history.replaceState(null, '', '/#somewhere')
  expect(takeToken(location, sessionStorage)).toBe('')
  expect(location.hash).toBe('#somewhere')
})

test('a message port carries values both ways', async () => {
  const { port1, port2 } = new MessageChannel()
  const here = wrapMessagePort(port1)
  const there = wrapMessagePort(port2)
  const got = await new Promise((resolve) => {
    there.onMessage(resolve)
    here.post({ type: 'ack', batch: 3 })
  })
  expect(got).toEqual({ type: 'ack', batch: 3 })
  here.close()
  there.close()
})
