// renderer/features/chat/FullStrip.tsx: a chat that is nearly full: what can be done, never silently. And how it goes when
// something was chosen.
import { FoldVertical } from 'lucide-react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { count } from '../../ui/format.ts'
import { Notice } from '../../ui/Notice.tsx'
import { fullFrom, useContextUse } from './use-context-use.ts'
import { useFree } from './use-free.ts'

export function FullStrip() {
  const use = useContextUse()
  const chosen = useApp((state) => state.conversations.find(({ id }) => id === state.open)?.overflow ?? null)
  const policy = useApp((state) => chosen ?? state.settings.overflow)
  const refusedFull = useApp((state) => {
    const last = state.order.at(-1)
    return last !== undefined && state.messages[last]?.failure?.code === 'context-full'
  })
  const starter = useApp(({ model }) => model.state === 'ready' && model.info.starter)
  const writing = useApp((state) => state.digest?.writing === true)
  const problem = useApp((state) => state.digestProblem)
  const summarise = useApp((state) => state.summarise)
  const chooseOverflow = useApp((state) => state.chooseOverflow)
  const newChat = useApp((state) => state.newChat)
  const free = useFree()
  const full = refusedFull || (use !== null && use.used >= use.limit * fullFrom)
  if (problem !== null)
    return (
      <Notice icon={FoldVertical} tone="danger" state="digest-failed" title="The summary could not be written">
        {problem}
      </Notice>
    )
  if (writing || !full) return null
  // The small model reads the newest messages only, by its nature; each reply says what was left out.
  if (policy === 'roll' || policy === 'digest' || (policy === 'ask' && starter && !refusedFull)) return null
  if (policy === 'stop')
    return (
      <Notice
        icon={FoldVertical}
        state="context-stopped"
        title="This chat is full and stops here"
        actions={
          <>
            <Button onClick={() => newChat()}>New chat</Button>
            <Button look="quiet" onClick={() => void chooseOverflow('ask')}>
              Choose again
            </Button>
          </>
        }
      >
        That was your choice. Everything in it stays.
      </Notice>
    )
  return (
    <Notice
      icon={FoldVertical}
      state="context-full"
      title={refusedFull ? 'This chat is full' : 'This chat is nearly full'}
      actions={
        <>
          <Button
            look="primary"
            disabled={!free}
            onClick={() => void chooseOverflow('digest').then(() => void summarise())}
          >
            Summarise
          </Button>
          <Button onClick={() => void chooseOverflow('roll')}>Drop the oldest</Button>
          <Button look="quiet" onClick={() => void chooseOverflow('stop')}>
            Stop here
          </Button>
        </>
      }
    >
      {use !== null && <span className="tabular-nums">{`${count(use.used)} of ${count(use.limit)} tokens. `}</span>}
      The oldest messages can become a summary that you can edit. The originals stay.
    </Notice>
  )
}
