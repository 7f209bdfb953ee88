// renderer/features/settings/SettingsPage.tsx: settings as a page. Changes apply at once.
import clsx from 'clsx'
import type { ReactNode } from 'react'
import { type SettingsPageName, settingsPageNames, settingsPages } from '../../store/settings-index.ts'
import { useApp } from '../../store/use-app.ts'
import { AppearanceSettings } from './AppearanceSettings.tsx'
import { ChatSettings } from './ChatSettings.tsx'
import { GeneralSettings } from './GeneralSettings.tsx'
import { StorageSettings } from './StorageSettings.tsx'

const contents: Readonly<Record<SettingsPageName, () => ReactNode>> = {
  general: GeneralSettings,
  chats: ChatSettings,
  appearance: AppearanceSettings,
  storage: StorageSettings,
}

export function SettingsPage() {
  const page = useApp((state) => state.settingsPage)
  const goSettings = useApp((state) => state.goSettings)
  const Content = contents[page]
  return (
    <>
      <div className="px-10 pb-4.5 max-side:px-5">
        <h1 className="text-xl">Settings</h1>
      </div>
      <div className="grid min-h-0 flex-1 grid-cols-[14rem_minmax(0,1fr)] border-t border-line max-side:grid-cols-1 max-side:grid-rows-[auto_minmax(0,1fr)]">
        <nav
          aria-label="Settings"
          className="border-line py-3.5 pr-4 pl-7.5 max-side:flex max-side:gap-1 max-side:border-b max-side:px-2.5 max-side:py-2 side:border-r"
        >
          {settingsPages.map((name) => (
            <button
              key={name}
              type="button"
              aria-current={name === page ? 'page' : undefined}
              onClick={() => goSettings(name)}
              className={clsx(
                'quick block h-7.5 rounded-2 px-2.5 side:w-full',
                name === page ? 'bg-selected font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
              )}
            >
              {settingsPageNames[name]}
            </button>
          ))}
        </nav>
        <section aria-label={settingsPageNames[page]} className="scrolls px-10 pt-4.5 pb-8 max-side:px-5">
          <div className="max-w-180">
            <Content />
          </div>
        </section>
      </div>
    </>
  )
}
