// renderer/features/memory/Problem.tsx: why the last thing asked was not done, where it was asked.
import { TriangleAlert } from 'lucide-react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Notice } from '../../ui/Notice.tsx'

export function Problem({ className }: { readonly className?: string }) {
  const problem = useApp((state) => state.memory.problem)
  const dismiss = useApp((state) => state.memoryActions.dismissProblem)
  if (problem === null) return null
  return (
    <div className={className}>
      <Notice
        urgent
        icon={TriangleAlert}
        tone="danger"
        state="memory-refused"
        title={problem.message}
        actions={<Button onClick={dismiss}>Close</Button>}
      >
        {problem.remedy ?? 'Nothing was changed.'}
      </Notice>
    </div>
  )
}
