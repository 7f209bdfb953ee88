// renderer/features/memory/ConfidenceLine.tsx: how sure Hearth is, in words; the numbers on demand, with a say in them.
import { Popover } from '@base-ui/react/popover'
import type { Memory } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Select } from '../../ui/Select.tsx'
import { capital, confidenceNumbers, usedWords } from './words.ts'

const fading: readonly { readonly value: string; readonly name: string }[] = [
  { value: 'never', name: 'Does not fade' },
  { value: '7', name: 'Half fades in a week' },
  { value: '30', name: 'Half fades in a month' },
  { value: '180', name: 'Half fades in half a year' },
  { value: '365', name: 'Half fades in a year' },
]

export function ConfidenceLine({ memory }: { readonly memory: Memory }) {
  const { judge, change } = useApp((state) => state.memoryActions)
  const { confidence, halfLifeDays } = memory
  const days = halfLifeDays === null ? 'never' : String(halfLifeDays)
  return (
    <p className="mt-1 text-xs text-ink-2">
      <Popover.Root>
        <Popover.Trigger
          aria-label={`${capital(confidence.words)}. Numbers`}
          className="quick rounded-1 underline decoration-line-strong decoration-dotted underline-offset-3 hover:text-ink data-[popup-open]:text-ink"
        >
          {capital(confidence.words)}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner align="start" sideOffset={6} collisionPadding={12} style={{ zIndex: 'var(--z-popover)' }}>
            <Popover.Popup className="popup rise w-80 max-w-[calc(100vw-2rem)] p-4 text-xs outline-none">
              <Popover.Title className="text-sm">{capital(confidence.words)}</Popover.Title>
              <div aria-hidden="true" className="mt-2 h-1.5 overflow-hidden rounded-full bg-sunken">
                <div className="h-full bg-ink-3" style={{ width: `${confidence.mean * 100}%` }} />
              </div>
              <p className="mt-2 text-ink-2 tabular-nums">{confidenceNumbers(confidence)}</p>
              <div className="mt-3 flex flex-wrap items-center gap-2">
                <Select
                  label="Fading"
                  value={days}
                  options={
                    fading.some(({ value }) => value === days)
                      ? fading
                      : [...fading, { value: days, name: `Half fades in ${days} days` }]
                  }
                  onChange={(next) =>
                    void change(memory, { halfLifeDays: next === 'never' ? null : Number(next) }, 'Fading changed')
                  }
                />
              </div>
              <div className="mt-3 flex gap-2">
                <Button onClick={() => void judge(memory.id, true)}>Still true</Button>
                <Button look="quiet" onClick={() => void judge(memory.id, false)}>
                  Not any more
                </Button>
              </div>
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      . {usedWords(memory)}
    </p>
  )
}
