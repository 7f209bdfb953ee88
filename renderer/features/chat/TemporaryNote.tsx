// renderer/features/chat/TemporaryNote.tsx: what a temporary chat is, and the way to keep it.
import { Ghost } from 'lucide-react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { useFree } from './use-free.ts'

export function TemporaryNote() {
  const open = useApp((state) => state.open)
  const keep = useApp((state) => state.keep)
  const free = useFree()
  return (
    <div
      data-state="temporary"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-3 bg-temp-wash px-3.5 py-2 text-xs text-ink-2"
    >
      <Icon of={Ghost} size="small" className="text-temp" />
      <p className="min-w-48 flex-1">
        <b className="font-medium text-temp">Temporary.</b> Lives in memory only. No history, no learning, no trace.
      </p>
      <Button disabled={!free} onClick={() => open && void keep(open)}>
        Keep this chat
      </Button>
    </div>
  )
}
