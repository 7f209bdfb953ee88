// renderer/features/chat/ChatPage.tsx: the thread, what stands between it and the composer, and the composer.
import clsx from 'clsx'
import { FileUp, TriangleAlert } from 'lucide-react'
import { type DragEvent, type ReactNode, useEffect, useState } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Composer } from './Composer.tsx'
import { EmptyChat } from './EmptyChat.tsx'
import { FullStrip } from './FullStrip.tsx'
import { LinkDialog } from './LinkDialog.tsx'
import { TemporaryNote } from './TemporaryNote.tsx'
import { Thread } from './Thread.tsx'
import { useTemporary } from './use-temporary.ts'

/** `notices` are about the model and the engine; they come from outside, since a chat does not know those. */
export function ChatPage({ notices }: { readonly notices: ReactNode }) {
  const empty = useApp((state) => state.order.length === 0)
  const opening = useApp((state) => state.opening !== null && state.opening !== state.open)
  const temporary = useTemporary()
  const { over, handlers } = useDrop()
  return (
    <div
      {...handlers}
      data-temporary={temporary || undefined}
      className={clsx(
        'relative flex min-h-0 flex-1 flex-col',
        temporary && 'mx-3 mb-3 rounded-4 border border-dashed border-temp',
      )}
    >
      {opening ? <Opening /> : empty ? temporary ? <EmptyTemporary /> : <EmptyChat /> : <Thread />}
      <div className={clsx('relative z-10 bg-surface px-8 pb-4 max-side:px-5', temporary && 'rounded-4')}>
        <div className="mx-auto grid max-w-measure gap-2 empty:hidden [&:not(:empty)]:mb-2">
          {notices}
          {temporary && !empty && <TemporaryNote />}
          <FullStrip />
          <Refusal />
        </div>
        <Composer />
      </div>
      {over && (
        <div className="pointer-events-none absolute inset-2 z-20 grid place-items-center rounded-4 border border-dashed border-line-strong bg-raised/90">
          <p className="flex items-center gap-2 text-md text-ink-2">
            <Icon of={FileUp} />
            Drop to attach
          </p>
        </div>
      )}
      <LinkDialog />
    </div>
  )
}

function useDrop() {
  const attach = useApp((state) => state.attach)
  const [over, setOver] = useState(false)
  const holdsFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files')
  return {
    over,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        setOver(true)
      },
      onDragLeave: (event: DragEvent) => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setOver(false)
      },
      onDrop: (event: DragEvent) => {
        setOver(false)
        if (!holdsFiles(event)) return
        event.preventDefault()
        attach([...event.dataTransfer.files])
        document.querySelector<HTMLElement>('[data-pane=composer] textarea')?.focus()
      },
    },
  }
}

function EmptyTemporary() {
  return (
    <section
      aria-label="Temporary chat"
      data-state="empty"
      className="flex min-h-0 flex-1 flex-col px-8 py-6 max-side:px-5"
    >
      <div className="mx-auto my-auto w-full max-w-measure">
        <h1 className="text-xl">Temporary chat</h1>
        <p className="mt-1 max-w-[46ch] text-md text-ink-2">
          Lives in memory only. No history, no learning, no trace. Gone when you delete it or quit, unless you keep it.
        </p>
      </div>
    </section>
  )
}

function Refusal() {
  const refused = useApp((state) => state.refused)
  const dismiss = useApp((state) => state.dismissRefusal)
  if (!refused) return null
  const full = refused.code === 'storage-full'
  return (
    <Notice
      urgent
      icon={TriangleAlert}
      tone="danger"
      state="refused"
      title={full ? 'No room to save' : refused.message}
      actions={<Button onClick={dismiss}>Close</Button>}
    >
      {full ? `Your text is safe in this window. ${refused.remedy ?? refused.message}` : refused.remedy}
    </Notice>
  )
}

/** Still rows, after 300 ms: most chats open sooner and then nothing flashes. */
function Opening() {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div aria-busy="true" data-state="opening" className="min-h-0 flex-1 px-8 pt-3">
      {late && (
        <div className="mx-auto grid max-w-measure gap-3">
          <span className="sr-only">Opening the chat</span>
          {['w-1/2', 'w-full', 'w-11/12', 'w-2/3'].map((width) => (
            <i key={width} className={`h-4 rounded-1 bg-sunken ${width}`} />
          ))}
        </div>
      )}
    </div>
  )
}
