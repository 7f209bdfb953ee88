import { expect, test } from 'vitest'
import { dataFolder } from './data-folder.ts'

const input = { flag: undefined, environment: {}, platform: 'linux', home: '/home/ada' }

test('the flag wins over HEARTH_DATA, which wins over the platform', () => {
  const environment = { HEARTH_DATA: '/env', XDG_DATA_HOME: '/xdg' }
  expect(dataFolder({ ...input, flag: '/flag', environment })).toBe('/flag')
  expect(dataFolder({ ...input, environment })).toBe('/env')
  expect(dataFolder({ ...input, environment: { XDG_DATA_HOME: '/xdg' } })).toBe('/xdg/hearth')
})

test('each platform has its own place, and a relative XDG_DATA_HOME is ignored', () => {
  expect(dataFolder(input)).toBe('/home/ada/.local/share/hearth')
  expect(dataFolder({ ...input, environment: { XDG_DATA_HOME: 'here' } })).toBe('/home/ada/.local/share/hearth')
  expect(dataFolder({ ...input, platform: 'darwin' })).toBe('/home/ada/Library/Application Support/Hearth')
})
