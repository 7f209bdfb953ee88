// renderer/features/chat/ChatPage.tsx: the thread, what stands between it and the composer, and the composer.
import { TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Composer } from './Composer.tsx'
import { EmptyChat } from './EmptyChat.tsx'
import { Thread } from './Thread.tsx'

/** `notices` are about the model and the engine; they come from outside, since a chat does not know those. */
export function ChatPage({ notices }: { readonly notices: ReactNode }) {
  const empty = useApp((state) => state.order.length === 0)
  const opening = useApp((state) => state.opening !== null && state.opening !== state.open)
  return (
    <>
      {opening ? <Opening /> : empty ? <EmptyChat /> : <Thread />}
      <div className="relative z-10 bg-surface px-8 pb-4 max-side:px-5">
        <div className="mx-auto grid max-w-measure gap-2 empty:hidden [&:not(:empty)]:mb-2">
          {notices}
          <Refusal />
        </div>
        <Composer />
      </div>
    </>
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
