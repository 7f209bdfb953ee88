import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { notices } from './notices.mjs'

test('NOTICE.md names every package that ships, as installed', () => {
  expect(readFileSync(new URL('../NOTICE.md', import.meta.url), 'utf8')).toBe(notices())
})
