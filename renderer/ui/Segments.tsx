// renderer/ui/Segments.tsx: one of two to five, all in sight.
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'

interface SegmentsProps<V extends string> {
  readonly label: string
  readonly value: V
  readonly options: readonly { readonly value: V; readonly name: string }[]
  readonly onChange: (value: V) => void
}

export function Segments<V extends string>({ label, value, options, onChange }: SegmentsProps<V>) {
  return (
    <RadioGroup<V>
      aria-label={label}
      value={value}
      onValueChange={onChange}
      className="inline-flex flex-none rounded-2 bg-sunken p-0.5 text-xs"
    >
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          aria-label={option.name}
          className="quick flex h-6 cursor-default items-center rounded-1 px-2.5 whitespace-nowrap text-ink-2 data-[checked]:bg-raised data-[checked]:font-medium data-[checked]:text-ink data-[checked]:shadow-1"
        >
          {option.name}
        </Radio.Root>
      ))}
    </RadioGroup>
  )
}
