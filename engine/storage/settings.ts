// engine/storage/settings.ts: what the person chose, one row a setting.
import { type Settings, type SettingsPatch, settings as settingsSchema } from '../contract/settings.ts'
import type { WritableDatabase } from './database.ts'

export type SettingsStore = {
  /** All settings; one that is missing or no longer understood has its default. */
  read(): Settings
  /** Changes those in `patch`, and answers with all. */
  update(patch: SettingsPatch): Settings
}

export function createSettings(db: WritableDatabase): SettingsStore {
  const all = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings')
  const put = db.prepare<[string, string]>(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )

  const read = (): Settings => {
    let found = settingsSchema.parse({})
    for (const { key, value } of all.all()) {
      const parsed = settingsSchema.safeParse({ ...found, [key]: JSON.parse(value) })
      if (parsed.success) found = parsed.data
    }
    return found
  }
  const update = (patch: SettingsPatch): Settings => {
    db.transaction(() => {
      for (const [key, value] of Object.entries(patch)) if (value !== undefined) put.run(key, JSON.stringify(value))
    }).immediate()
    return read()
  }
  return { read, update }
}
