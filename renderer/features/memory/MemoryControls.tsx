// renderer/features/memory/MemoryControls.tsx: where a memory holds, how long, what kind it is, and whether it is pinned.
import { Pin } from 'lucide-react'
import { useState } from 'react'
import type { Memory } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { IconButton } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Select } from '../../ui/Select.tsx'
import { ScopeSelect } from './ScopeSelect.tsx'
import { day, kindNames, kinds } from './words.ts'

const dayMs = 86_400_000
const spans: readonly { readonly value: string; readonly name: string; readonly days: number | null }[] = [
  { value: 'keep', name: 'Keep until changed', days: null },
  { value: 'day', name: 'For a day', days: 1 },
  { value: 'week', name: 'For a week', days: 7 },
  { value: 'month', name: 'For 30 days', days: 30 },
  { value: 'year', name: 'For a year', days: 365 },
]

export function MemoryControls({ memory }: { readonly memory: Memory }) {
  const change = useApp((state) => state.memoryActions.change)
  const [choosing, setChoosing] = useState(false)
  const { expiresAt, pinned } = memory
  const until = expiresAt === null ? 'keep' : 'until'
  const expire = (at: number | null) =>
    void change(memory, { expiresAt: at }, at === null ? 'Kept until changed' : `Kept until ${day(at)}`)
  return (
    <div className="mt-3.5 flex flex-wrap items-center gap-2">
      <ScopeSelect
        scope={memory.scope}
        onChange={(scope) =>
          void change(memory, { scope }, scope.type === 'everywhere' ? 'Holds everywhere' : 'Holds in one chat')
        }
      />
      <Select
        label="How long"
        value={until}
        options={[
          ...(expiresAt === null
            ? []
            : [{ value: 'until', name: `${expiresAt < Date.now() ? 'Was kept until' : 'Until'} ${day(expiresAt)}` }]),
          ...spans,
          { value: 'date', name: 'Until a date…' },
        ]}
        onChange={(next) => {
          if (next === 'date') setChoosing(true)
          else if (next !== 'until') {
            const days = spans.find(({ value }) => value === next)?.days ?? null
            expire(days === null ? null : Date.now() + days * dayMs)
          }
        }}
      />
      <Select
        label="Kind"
        value={memory.kind}
        options={kinds.map((value) => ({ value, name: kindNames[value] }))}
        onChange={(kind) => void change(memory, { kind }, `Moved: ${kindNames[kind].toLowerCase()}`)}
      />
      <IconButton
        label={pinned ? 'Unpin' : 'Pin: part of every chat'}
        aria-pressed={pinned}
        className="aria-pressed:bg-selected aria-pressed:text-ink"
        onClick={() => void change(memory, { pinned: !pinned }, pinned ? 'Unpinned' : 'Pinned')}
      >
        <Icon of={Pin} className={pinned ? 'fill-current' : ''} />
      </IconButton>
      {choosing && (
        <label className="flex w-full items-center gap-2 text-xs text-ink-2">
          Until
          <input
            type="date"
            min={isoDay(Date.now() + dayMs)}
            className="h-7 rounded-2 border border-line-field bg-raised px-2 text-ink"
            // biome-ignore lint/a11y/noAutofocus: it comes because the person asked for it
            autoFocus
            onChange={(event) => {
              // The whole of that day, by the clock of this machine.
              const end = new Date(`${event.target.value}T23:59:59`).getTime()
              if (Number.isNaN(end) || end < Date.now()) return
              setChoosing(false)
              expire(end)
            }}
            onBlur={() => setChoosing(false)}
          />
        </label>
      )}
    </div>
  )
}

const isoDay = (at: number) => {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
