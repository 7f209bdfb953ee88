// renderer/features/chat/ReplyRead.tsx: which files the model was given for a reply, whole or in passages, and what it did
// not read any more. One quiet line, only where there is something to say.
import { FileText, FoldVertical } from 'lucide-react'
import type { FileUse } from '../../../engine/contract/context.ts'
import type { Message } from '../../../engine/contract/conversation.ts'
import { count, plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'

export function ReplyRead({ message }: { readonly message: Message }) {
  const { context } = message
  if (context === null || (context.files.length === 0 && context.dropped === 0)) return null
  return (
    <ul data-state="read" className="mb-1.5 grid gap-0.5 text-xs text-ink-2 tabular-nums">
      {context.files.map((use) => (
        <li key={use.attachment} className="flex items-center gap-1.5">
          <Icon of={FileText} size="small" className="text-ink-3" />
          <span className="min-w-0 truncate">{usedWords(use)}</span>
        </li>
      ))}
      {context.dropped > 0 && (
        <li className="flex items-center gap-1.5">
          <Icon of={FoldVertical} size="small" className="text-ink-3" />
          {`Without the ${context.dropped === 1 ? 'oldest message' : `${count(context.dropped)} oldest messages`}: no room`}
        </li>
      )}
    </ul>
  )
}

/** `Read lease.pdf whole`, `Read 3 of 31 passages of lease.pdf`. */
export const usedWords = ({ name, mode, parts, of }: FileUse) =>
  mode === 'whole' ? `Read ${name} whole` : `Read ${count(parts)} of ${plural(of, 'passage')} of ${name}`
