// renderer/features/memory/MemoryText.tsx: what a memory says, and saying it better in place.
import { PencilLine } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Memory } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { longestText } from './AddDialog.tsx'

export function MemoryText({ memory }: { readonly memory: Memory }) {
  const [editing, setEditing] = useState(false)
  const pencil = useRef<HTMLButtonElement>(null)
  const done = () => {
    setEditing(false)
    requestAnimationFrame(() => pencil.current?.focus())
  }
  if (editing) return <MemoryTextField memory={memory} onDone={done} />
  return (
    <div className="flex items-start gap-2">
      <h3 className="min-w-0 flex-1 text-lg [overflow-wrap:anywhere]">{memory.text}</h3>
      {memory.status !== 'replaced' && (
        <IconButton ref={pencil} label="Correct" onClick={() => setEditing(true)}>
          <Icon of={PencilLine} />
        </IconButton>
      )}
    </div>
  )
}

/** Return keeps the new wording, Esc the old one. */
export function MemoryTextField({ memory, onDone }: { readonly memory: Memory; readonly onDone: () => void }) {
  const change = useApp((state) => state.memoryActions.change)
  const [text, setText] = useState(memory.text)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  const save = async () => {
    const next = text.trim()
    if (next === '') return
    if (next === memory.text || (await change(memory, { text: next }, 'Corrected'))) onDone()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <textarea
        ref={field}
        aria-label="What Hearth should remember"
        rows={2}
        value={text}
        maxLength={longestText}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone()
          else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) void save()
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
        className="field-sizing-content block w-full resize-none rounded-2 border border-line-field bg-raised px-2.5 py-1.5 text-md outline-none focus:border-line-strong"
      />
      <div className="mt-2 flex gap-2">
        <Button type="submit" aria-disabled={text.trim() === ''}>
          Save
        </Button>
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
