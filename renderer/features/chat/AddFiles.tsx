// renderer/features/chat/AddFiles.tsx: files for the next message: the button that picks them, and what is attached so far.
import { FileText, Plus, TriangleAlert, X } from 'lucide-react'
import { useRef } from 'react'
import { useApp } from '../../store/use-app.ts'
import { IconButton } from '../../ui/Button.tsx'
import { bytes, plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import type { PendingFile } from './files-slice.ts'

export function AddFiles() {
  const attach = useApp((state) => state.attach)
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        data-picker=""
        onChange={(event) => {
          attach([...(event.target.files ?? [])])
          event.target.value = '' // the same file can be picked again
          document.querySelector<HTMLElement>('[data-pane=composer] textarea')?.focus()
        }}
      />
      <IconButton label="Attach files" onClick={() => picker.current?.click()}>
        <Icon of={Plus} />
      </IconButton>
    </>
  )
}

export function FileChips({ files }: { readonly files: readonly PendingFile[] }) {
  const detach = useApp((state) => state.detach)
  const room = useApp(({ model }) =>
    model.state === 'ready' || model.state === 'resting' ? model.info.contextTokens : null,
  )
  if (files.length === 0) return null
  return (
    <ul aria-label="Files for this message" className="mt-0.5 mb-1.5 -ml-1 flex flex-wrap gap-1.5">
      {files.map((file) => (
        <li
          key={file.id}
          data-state={file.state}
          className={
            file.state === 'refused'
              ? 'flex max-w-full items-center gap-2 rounded-3 bg-danger-wash py-1 pr-1 pl-2.5 text-xs'
              : 'edge flex max-w-full items-center gap-2 rounded-3 py-1 pr-1 pl-2.5 text-xs'
          }
        >
          <Icon
            of={file.state === 'refused' ? TriangleAlert : FileText}
            size="small"
            className={file.state === 'refused' ? 'text-danger' : 'text-ink-3'}
          />
          <span className="min-w-0">
            <b className="block max-w-64 truncate font-medium">{file.name}</b>
            <span className="block text-ink-2 tabular-nums">{wordsOf(file, room)}</span>
          </span>
          <IconButton small label={`Remove ${file.name}`} className="text-ink-2" onClick={() => detach(file.id)}>
            <Icon of={X} size="small" />
          </IconButton>
        </li>
      ))}
    </ul>
  )
}

/** Characters a token has in most texts. The engine counts; this only says beforehand what it will most likely do. */
const charactersPerToken = 4

function wordsOf({ state, file, bytes: size, reason }: PendingFile, room: number | null): string {
  if (state === 'refused') return reason ?? 'This file cannot be read.'
  if (state === 'reading' || file === null) return 'Reading'
  const extent = file.pages === null ? bytes(size) : plural(file.pages, 'page')
  if (room === null) return extent
  const whole = file.text.length / charactersPerToken <= room / 2.5
  return `${extent}, ${whole ? 'goes in whole' : 'passages that fit your question'}`
}
