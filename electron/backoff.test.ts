import { describe, expect, test } from 'vitest'
import { createBackoff, healthyAfterMs } from './backoff.ts'

describe('the wait before the engine is started again', () => {
  test('doubles from a quarter of a second to ten seconds and stays there', () => {
    const backoff = createBackoff()
    const waits = Array.from({ length: 9 }, () => backoff.next(0))
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000])
  })

  test('is the shortest again after an engine that was healthy', () => {
    const backoff = createBackoff()
    backoff.next(0)
    backoff.next(healthyAfterMs - 1)
    expect(backoff.next(healthyAfterMs)).toBe(250)
    expect(backoff.next(0)).toBe(500)
  })
})
