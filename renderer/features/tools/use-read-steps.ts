// renderer/features/tools/use-read-steps.ts: the steps of the chat on screen, read when it is opened and when the engine
// is back.
import { useEffect } from 'react'
import { useApp } from '../../store/use-app.ts'

export function useReadSteps(): void {
  const open = useApp((state) => state.open)
  const ready = useApp((state) => state.connection.state === 'ready')
  const begun = useApp((state) => open !== null && state.conversations.some(({ id }) => id === open))
  const { read } = useApp((state) => state.stepActions)
  useEffect(() => {
    if (ready && begun && open !== null) void read(open)
  }, [ready, begun, open, read])
}
