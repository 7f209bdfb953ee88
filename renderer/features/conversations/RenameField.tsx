// renderer/features/conversations/RenameField.tsx: a title, edited where it stands. Return or leaving keeps it, Esc does not.
import { useEffect, useRef } from 'react'
import type { ConversationSummary } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'

interface RenameFieldProps {
  readonly summary: ConversationSummary
  readonly onDone: () => void
}

export function RenameField({ summary, onDone }: RenameFieldProps) {
  const rename = useApp((state) => state.rename)
  const field = useRef<HTMLInputElement>(null)
  const ended = useRef(false)
  // A menu that closes gives the focus back to its button first, so this waits for that.
  useEffect(() => {
    const timer = setTimeout(() => {
      field.current?.focus()
      field.current?.select()
    })
    return () => clearTimeout(timer)
  }, [])

  const end = (keep: boolean) => {
    if (ended.current) return
    ended.current = true
    const title = field.current?.value.trim() ?? ''
    if (keep && title !== '' && title !== summary.title) void rename(summary.id, title)
    onDone()
  }
  return (
    <input
      ref={field}
      aria-label={`Rename “${summary.title}”`}
      defaultValue={summary.title}
      maxLength={200}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key !== 'Enter' && event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        end(event.key === 'Enter')
      }}
      className="h-7 w-full rounded-2 border border-line-field bg-raised px-[0.4375rem] font-medium"
    />
  )
}
