// renderer/features/chat/ThinkingChoice.tsx: how long the model may think before it answers, where it can think at all.
import { Menu } from '@base-ui/react/menu'
import { Brain, Check } from 'lucide-react'
import type { Settings } from '../../../engine/contract/settings.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'

export const thinkingChoices: readonly {
  readonly value: Settings['thinking']
  readonly name: string
  readonly says: string
}[] = [
  { value: 'auto', name: 'As learned', says: 'By what helped before' },
  { value: 'off', name: 'Off', says: 'Answers at once' },
  { value: 'short', name: 'Short', says: 'Up to 256 tokens' },
  { value: 'medium', name: 'Medium', says: 'Up to 1,024 tokens' },
  { value: 'long', name: 'Long', says: 'As long as it takes' },
]

export function ThinkingChoice() {
  const thinks = useApp(
    ({ model }) => (model.state === 'ready' || model.state === 'resting') && model.info.thinks === true,
  )
  const thinking = useApp((state) => state.settings.thinking)
  const updateSettings = useApp((state) => state.updateSettings)
  if (!thinks) return null
  const name = thinkingChoices.find(({ value }) => value === thinking)?.name ?? 'As learned'
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`Thinking: ${name}`}
        className="quick flex h-7 items-center gap-1.5 rounded-2 px-2 text-xs text-ink-2 hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink"
      >
        <Icon of={Brain} size="small" />
        {thinking === 'off' ? 'Thinking off' : thinking === 'auto' ? 'Thinking' : `Thinking: ${name.toLowerCase()}`}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={4} style={{ zIndex: 'var(--z-popover)' }}>
          <Menu.Popup className="popup rise min-w-56 p-1 text-sm outline-none">
            <Menu.RadioGroup
              value={thinking}
              onValueChange={(value: Settings['thinking']) => void updateSettings({ thinking: value })}
            >
              {thinkingChoices.map((choice) => (
                <Menu.RadioItem
                  key={choice.value}
                  value={choice.value}
                  closeOnClick
                  className="flex h-7.5 cursor-default items-center gap-2 rounded-2 px-2 outline-none data-[highlighted]:bg-selected"
                >
                  <span className="grid size-4 flex-none place-items-center">
                    <Menu.RadioItemIndicator>
                      <Icon of={Check} size="small" />
                    </Menu.RadioItemIndicator>
                  </span>
                  <span className="flex-1">{choice.name}</span>
                  <span className="text-xs text-ink-2">{choice.says}</span>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
