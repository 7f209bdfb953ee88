// renderer/app/EngineNotice.tsx: the engine is away. What was read stays on screen and can be read on.
import { TriangleAlert } from 'lucide-react'
import { useApp } from '../store/use-app.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'

export function EngineNotice() {
  const connection = useApp((state) => state.connection)
  if (connection.state !== 'lost') return null
  const trying = connection.retryMs !== null
  return (
    <Notice
      urgent
      icon={TriangleAlert}
      tone="danger"
      state={trying ? 'engine-lost' : 'engine-stopped'}
      title={trying ? 'The engine is not answering. Trying again.' : connection.failure.message}
      // While the shell tries again by itself there is nothing to press: the longest pause is ten seconds.
      actions={!trying && <Button onClick={() => location.reload()}>Reload</Button>}
    >
      {trying ? 'Nothing was lost. What you type is kept in this window.' : connection.failure.remedy}
    </Notice>
  )
}
