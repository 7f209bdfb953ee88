import { expect, test } from 'vitest'
import { openTemp } from './test-support.ts'

test('settings have defaults, and changing one leaves the others', () => {
  const { settings } = openTemp()
  expect(settings.read()).toEqual({
    theme: 'system',
    welcomed: false,
    lastConversation: null,
    modelPath: null,
    restAfterMinutes: 10,
    memory: 'ask',
    thinking: 'auto',
    overflow: 'ask',
  })
  settings.update({ theme: 'dark' })
  expect(settings.update({ welcomed: true })).toMatchObject({ theme: 'dark', welcomed: true })
  expect(settings.update({ modelPath: '/m.gguf' })).toMatchObject({ theme: 'dark', modelPath: '/m.gguf' })
  expect(settings.update({ modelPath: null })).toMatchObject({ modelPath: null })
})

test('a value that is no longer understood is its default, and the rest stays', () => {
  const { settings, database } = openTemp()
  settings.update({ theme: 'dark', welcomed: true })
  database.exec(
    `UPDATE settings SET value = '"sepia"' WHERE key = 'theme'; INSERT INTO settings VALUES ('future', '1')`,
  )
  expect(settings.read()).toEqual({
    theme: 'system',
    welcomed: true,
    lastConversation: null,
    modelPath: null,
    restAfterMinutes: 10,
    memory: 'ask',
    thinking: 'auto',
    overflow: 'ask',
  })
})
