import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../storage/test-support.ts'
import { findDrafters } from './find-drafters.ts'

test('files named like drafters beside a model are found, the most similar name first', () => {
  const folder = tempFolder()
  for (const name of [
    'gemma-4-E2B-it-Q4_0.gguf',
    'gemma-4-12b-it-assistant.gguf',
    'gemma-4-E2B-it-assistant-Q8_0.gguf',
    'mtp-other.gguf',
    'attempt.gguf', // "mtp" is no word of it
    'assistant.txt',
    'notes.gguf',
  ])
    writeFileSync(join(folder, name), '')
  const found = findDrafters(join(folder, 'gemma-4-E2B-it-Q4_0.gguf'))
  expect(found.map((path) => path.slice(folder.length + 1))).toEqual([
    'gemma-4-E2B-it-assistant-Q8_0.gguf',
    'gemma-4-12b-it-assistant.gguf',
    'mtp-other.gguf',
  ])
  const named = join(folder, 'mtp-other.gguf')
  expect(findDrafters(join(folder, 'gemma-4-E2B-it-Q4_0.gguf'), named)[0]).toBe(named)
  expect(findDrafters('/nowhere/model.gguf')).toEqual([])
})
