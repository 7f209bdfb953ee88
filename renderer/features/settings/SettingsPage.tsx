// renderer/features/settings/SettingsPage.tsx: settings as a page. Changes apply at once.
import clsx from 'clsx'
import { useState } from 'react'
import { computer } from '../../ui/platform.ts'
import { AppearanceSettings } from './AppearanceSettings.tsx'
import { GeneralSettings } from './GeneralSettings.tsx'
import { StorageSettings } from './StorageSettings.tsx'

const pages = [
  { name: 'General', content: GeneralSettings },
  { name: 'Appearance', content: AppearanceSettings },
  { name: `On this ${computer}`, content: StorageSettings },
] as const

export function SettingsPage() {
  const [at, setAt] = useState(0)
  const page = pages[at] ?? pages[0]
  const Content = page.content
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
          {pages.map(({ name }, index) => (
            <button
              key={name}
              type="button"
              aria-current={index === at ? 'page' : undefined}
              onClick={() => setAt(index)}
              className={clsx(
                'quick block h-7.5 rounded-2 px-2.5 side:w-full',
                index === at ? 'bg-selected font-medium text-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
              )}
            >
              {name}
            </button>
          ))}
        </nav>
        <section aria-label={page.name} className="scrolls px-10 pt-4.5 pb-8 max-side:px-5">
          <div className="max-w-180">
            <Content />
          </div>
        </section>
      </div>
    </>
  )
}
