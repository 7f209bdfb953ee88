// renderer/features/memory/AddDialog.tsx: a memory written by hand. The person's own words outrank what was inferred.
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { type MemoryKind, type MemoryScope, memoryCommands } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Select } from '../../ui/Select.tsx'
import { MemoryDialog } from './MemoryDialog.tsx'
import { Problem } from './Problem.tsx'
import { ScopeSelect } from './ScopeSelect.tsx'
import { kindNames, kinds } from './words.ts'

/** As the contract has it. */
export const longestText = 400

export function AddDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <MemoryDialog open={open} title="Add a memory" onClose={onClose}>
      <AddForm onDone={onClose} />
    </MemoryDialog>
  )
}

function AddForm({ onDone }: { readonly onDone: () => void }) {
  const { add, choose, show } = useApp((state) => state.memoryActions)
  const announce = useApp((state) => state.announce)
  const list = useApp((state) => state.memory.list)
  const [text, setText] = useState('')
  const [kind, setKind] = useState<MemoryKind | 'auto'>('auto')
  const [scope, setScope] = useState<MemoryScope>({ type: 'everywhere' })
  const [saving, setSaving] = useState(false)
  const ready = memoryCommands['memory.add'].input.shape.text.safeParse(text).success && !saving

  const save = async (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    if (!ready) return
    setSaving(true)
    const kept = await add(text.trim(), kind === 'auto' ? null : kind, scope)
    setSaving(false)
    if (kept === null) return
    announce(list?.memories.some(({ id }) => id === kept.id) ? 'Hearth knew that already' : 'Remembered')
    show('all')
    choose([kept.id])
    onDone()
  }
  return (
    <form onSubmit={(event) => void save(event)}>
      <label htmlFor="memory-text" className="text-ink-2">
        In your own words, one thing at a time.
      </label>
      <textarea
        id="memory-text"
        rows={2}
        value={text}
        maxLength={longestText}
        placeholder="I live in Cardiff"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) void save(event)
        }}
        className="field-sizing-content mt-2 block min-h-16 w-full resize-none rounded-3 border border-line-field bg-surface px-3 py-2 font-serif text-you outline-none placeholder:font-sans placeholder:text-md focus:border-line-strong"
      />
      <p className="mt-1 h-4 text-right text-2xs text-ink-3 tabular-nums">
        {text.length > longestText - 100 && `${text.length} of ${longestText} characters`}
      </p>
      <div className="mt-1 flex flex-wrap gap-2">
        <Select
          label="Kind"
          value={kind}
          onChange={setKind}
          options={[
            { value: 'auto', name: 'Hearth sorts it' },
            ...kinds.map((value) => ({ value, name: kindNames[value] })),
          ]}
        />
        <ScopeSelect scope={scope} onChange={setScope} />
      </div>
      <Problem className="mt-3" />
      <div className="mt-5 flex gap-2">
        <Button type="submit" look="primary" aria-disabled={!ready}>
          Add
        </Button>
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
