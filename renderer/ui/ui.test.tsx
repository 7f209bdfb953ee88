import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bytes, plural, seconds, when, words } from './format.ts'
import { MarkedText, marksOf } from './MarkedText.tsx'
import { UndoToast, undoMs } from './UndoToast.tsx'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

test('an undo expires, and its clock stands still under the pointer and the focus', () => {
  const onExpire = vi.fn()
  render(<UndoToast text="“Letter” deleted" keys="Ctrl Z" onUndo={() => {}} onExpire={onExpire} />)
  const toast = screen.getByText('“Letter” deleted').closest('[data-state]') as HTMLElement
  act(() => void vi.advanceTimersByTime(undoMs - 1000))
  fireEvent.pointerEnter(toast)
  act(() => void vi.advanceTimersByTime(undoMs * 5))
  fireEvent.focus(screen.getByRole('button'))
  fireEvent.pointerLeave(toast)
  act(() => void vi.advanceTimersByTime(undoMs * 5))
  expect(onExpire).not.toHaveBeenCalled()
  expect(toast.dataset.state).toBe('held')
  fireEvent.blur(screen.getByRole('button'))
  act(() => void vi.advanceTimersByTime(1100))
  expect(onExpire).toHaveBeenCalledOnce()
})

test('marks that overlap or lie outside the text are left out, and no character is lost', () => {
  const marks = [
    [4, 8],
    [6, 10],
    [0, 3],
    [30, 40],
    [9, 9],
  ] as const
  const { container } = render(<MarkedText text="one twos three" marks={marks} />)
  expect(container.textContent).toBe('one twos three')
  expect([...container.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['one', 'twos'])
})

test('words are found whatever their case, and are never a pattern', () => {
  expect(marksOf('Damp and DAMP', ['damp'])).toEqual([
    [0, 4],
    [9, 13],
  ])
  expect(marksOf('a.b axb', ['a.b'])).toEqual([[0, 3]])
  expect(marksOf('text', [''])).toEqual([])
})

test('numbers are as a person reads them', () => {
  expect([14.2, 84, 280, 1460, 9960, 24_300].map(seconds)).toEqual([
    '14 ms',
    '84 ms',
    '0.28 s',
    '1.5 s',
    '10 s',
    '24 s',
  ])
  expect([900, 7_310_000, 10_000_000_000].map(bytes)).toEqual(['1 KB', '7.3 MB', '10.0 GB'])
  expect([plural(1, 'word'), plural(2100, 'word')]).toEqual(['1 word', '2,100 words'])
  expect(words('One, two – three! -')).toBe(3)
})

test('a day is a day of the calendar', () => {
  const now = new Date(2026, 10, 24, 0, 5).getTime()
  expect(when(new Date(2026, 10, 24, 0, 1).getTime(), now)).toBe('Today, 00:01')
  expect(when(new Date(2026, 10, 23, 23, 59).getTime(), now)).toBe('Yesterday, 23:59')
  expect(when(new Date(2026, 10, 8).getTime(), now)).toBe('8 Nov')
  expect(when(new Date(2025, 10, 8).getTime(), now)).toBe('8 Nov 2025')
})
