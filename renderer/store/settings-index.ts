// renderer/store/settings-index.ts: the pages of the settings and what stands on each, once: the page itself is drawn by it,
// and the search field finds every setting by its words.
import { computer } from '../ui/platform.ts'

export const settingsPages = ['general', 'chats', 'appearance', 'storage'] as const
export type SettingsPageName = (typeof settingsPages)[number]

export const settingsPageNames: Readonly<Record<SettingsPageName, string>> = {
  general: 'General',
  chats: 'Chats',
  appearance: 'Appearance',
  storage: `On this ${computer}`,
}

export interface SettingEntry {
  readonly page: SettingsPageName
  readonly name: string
  /** Other words that a person may look for. */
  readonly words: string
}

export const settingEntries: readonly SettingEntry[] = [
  { page: 'general', name: 'Model', words: 'file gguf gemma kindling starter larger change' },
  { page: 'general', name: 'Rest the model', words: 'idle memory unload free minutes sleep wake' },
  { page: 'general', name: 'Version', words: 'about' },
  { page: 'chats', name: 'Thinking', words: 'reasoning effort budget think' },
  { page: 'chats', name: 'When a chat is full', words: 'context overflow summarise drop oldest stop long' },
  { page: 'chats', name: 'Export all chats', words: 'backup save json markdown download' },
  { page: 'chats', name: 'Import chats', words: 'restore backup json upload' },
  { page: 'appearance', name: 'Theme', words: 'dark light night day colour system mode' },
  { page: 'appearance', name: 'Motion and contrast', words: 'accessibility animation' },
  { page: 'storage', name: 'What is stored where', words: 'data folder database privacy deleted drafts' },
  { page: 'storage', name: 'Network', words: 'privacy connection internet egress offline' },
]
