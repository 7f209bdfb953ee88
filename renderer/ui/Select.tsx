// renderer/ui/Select.tsx: one of a few, in a button that says which.
import { Select as Base } from '@base-ui/react/select'
import clsx from 'clsx'
import { Check, ChevronDown } from 'lucide-react'
import { useCallback, useState } from 'react'
import { Icon } from './Icon.tsx'

export interface SelectOption<V extends string> {
  readonly value: V
  readonly name: string
}

interface SelectProps<V extends string> {
  /** What is chosen here; read aloud before the value. */
  readonly label: string
  readonly value: V
  readonly options: readonly SelectOption<V>[]
  readonly onChange: (value: V) => void
  readonly className?: string
}

export function Select<V extends string>({ label, value, options, onChange, className }: SelectProps<V>) {
  // The list opens inside the landmark of its button, so that a screen reader can say where it is.
  const [landmark, setLandmark] = useState<HTMLElement | null>(null)
  const findLandmark = useCallback((button: HTMLElement | null) => {
    if (button) setLandmark(button.closest<HTMLElement>('[role=dialog], [role=alertdialog], aside, main'))
  }, [])
  const name = options.find((option) => option.value === value)?.name ?? value
  return (
    <Base.Root
      value={value}
      items={options.map((option) => ({ value: option.value, label: option.name }))}
      onValueChange={(next) => next !== null && onChange(next)}
      modal={false}
    >
      <Base.Trigger
        ref={findLandmark}
        aria-label={`${label}: ${name}`}
        className={clsx(
          'edge quick inline-flex h-7 max-w-full min-w-0 cursor-default items-center gap-1.5 rounded-2 bg-raised pr-2 pl-2.5 text-xs hover:bg-hover data-[popup-open]:bg-selected',
          className,
        )}
      >
        <Base.Value className="min-w-0 truncate" />
        <Base.Icon className="text-ink-3">
          <Icon of={ChevronDown} size="tiny" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal container={landmark}>
        <Base.Positioner
          alignItemWithTrigger={false}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          style={{ zIndex: 'var(--z-popover)' }}
        >
          <Base.Popup className="popup rise max-h-80 min-w-44 overflow-y-auto p-1 text-xs outline-none">
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                className="flex h-7.5 max-w-72 cursor-default items-center gap-2 rounded-2 px-2 outline-none data-[highlighted]:bg-selected"
              >
                <span className="grid size-4 flex-none place-items-center">
                  <Base.ItemIndicator>
                    <Icon of={Check} size="small" />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText className="min-w-0 truncate">{option.name}</Base.ItemText>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
