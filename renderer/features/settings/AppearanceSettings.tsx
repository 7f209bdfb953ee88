// renderer/features/settings/AppearanceSettings.tsx: light, dark, or as the system is.
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import type { Settings } from '../../../engine/contract/settings.ts'
import { useApp } from '../../store/use-app.ts'
import { Group, Setting } from './parts.tsx'

const themes: readonly { readonly value: Settings['theme']; readonly name: string }[] = [
  { value: 'system', name: 'System' },
  { value: 'light', name: 'Light' },
  { value: 'dark', name: 'Dark' },
]

export function AppearanceSettings() {
  const theme = useApp((state) => state.settings.theme)
  const updateSettings = useApp((state) => state.updateSettings)
  return (
    <Group title="Appearance">
      <Setting
        name="Theme"
        control={
          <RadioGroup<Settings['theme']>
            aria-label="Theme"
            value={theme}
            onValueChange={(next) => void updateSettings({ theme: next })}
            className="inline-flex rounded-2 bg-sunken p-0.5 text-xs"
          >
            {themes.map(({ value, name }) => (
              <Radio.Root
                key={value}
                value={value}
                aria-label={name}
                className="quick flex h-6 cursor-default items-center rounded-1 px-2.5 text-ink-2 data-[checked]:bg-raised data-[checked]:font-medium data-[checked]:text-ink data-[checked]:shadow-1"
              >
                {name}
              </Radio.Root>
            ))}
          </RadioGroup>
        }
      >
        System follows the light and dark of your computer.
      </Setting>
      <Setting name="Motion and contrast">
        Hearth follows your system: with less motion nothing moves, with more contrast edges and text grow stronger.
      </Setting>
    </Group>
  )
}
