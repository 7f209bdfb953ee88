// renderer/features/memory/FilterRow.tsx: by kind, by place, by state.
import { Select } from '../../ui/Select.tsx'
import type { Filters } from './filters.ts'
import { groupNames, kinds } from './words.ts'

export function FilterRow({
  filters,
  withState,
  onChange,
}: {
  readonly filters: Filters
  readonly withState: boolean
  readonly onChange: (filters: Filters) => void
}) {
  const look = 'border-0 bg-transparent shadow-none text-ink-2'
  return (
    <div className="flex flex-wrap items-center gap-1 py-1">
      <Select
        label="Kind"
        className={look}
        value={filters.kind}
        onChange={(kind) => onChange({ ...filters, kind })}
        options={[{ value: 'any', name: 'Any kind' }, ...kinds.map((value) => ({ value, name: groupNames[value] }))]}
      />
      <Select
        label="Where it holds"
        className={look}
        value={filters.scope}
        onChange={(scope) => onChange({ ...filters, scope })}
        options={[
          { value: 'any', name: 'Any place' },
          { value: 'everywhere', name: 'Everywhere' },
          { value: 'chat', name: 'In one chat' },
        ]}
      />
      {withState && (
        <Select
          label="State"
          className={look}
          value={filters.state}
          onChange={(state) => onChange({ ...filters, state })}
          options={[
            { value: 'any', name: 'Any state' },
            { value: 'pinned', name: 'Pinned' },
            { value: 'guess', name: 'A guess' },
            { value: 'disputed', name: 'Disagrees' },
            { value: 'leaving', name: 'Being forgotten' },
            { value: 'expired', name: 'Expired' },
          ]}
        />
      )}
    </div>
  )
}
