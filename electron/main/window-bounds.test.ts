import { expect, test } from 'vitest'
import { fitBounds, standard } from './window-bounds.ts'

const laptop = { x: 0, y: 25, width: 1440, height: 875 }
const beside = { x: 1440, y: 0, width: 2560, height: 1440 }

test('a window comes back where it was', () => {
  const saved = { x: 1600, y: 100, width: 1200, height: 800 }
  expect(fitBounds(saved, [laptop, beside])).toEqual(saved)
})

test('a window on a screen that is gone comes back at its size only', () => {
  expect(fitBounds({ x: 1600, y: 100, width: 1200, height: 800 }, [laptop])).toEqual({ width: 1200, height: 800 })
  expect(fitBounds({ x: 1400, y: 100, width: 1200, height: 800 }, [laptop])).toEqual({ width: 1200, height: 800 })
})

test('a saved place that makes no sense gives the standard size, and no window is smaller than the smallest', () => {
  for (const saved of [null, {}, { x: 'a' }, [1, 2, 3, 4]]) expect(fitBounds(saved, [laptop])).toEqual(standard)
  expect(fitBounds({ x: 10, y: 30, width: 5, height: 5 }, [laptop])).toEqual({ x: 10, y: 30, width: 720, height: 560 })
})
