// renderer/features/welcome/WelcomeModel.tsx: the model's state on the first screen, in one line.
import { useApp } from '../../store/use-app.ts'
import { Dot } from '../../ui/Dot.tsx'
import { bytes } from '../../ui/format.ts'

export function WelcomeModel() {
  const model = useApp((state) => state.model)
  switch (model.state) {
    case 'none':
      return <p className="mt-1 text-ink-2">Choose a model file to begin.</p>
    case 'loading':
      return (
        <p role="status" data-state="waking" className="mt-1 flex items-center gap-1.5 text-ink-2">
          <Dot lit breathing /> Waking. You can go on meanwhile.
        </p>
      )
    case 'ready':
      return (
        <p role="status" data-state="ready" className="mt-1 flex items-center gap-1.5 text-ink-2 tabular-nums">
          <Dot lit /> Ready{model.memoryBytes > 0 && `, ${bytes(model.memoryBytes)} of memory in use`}
        </p>
      )
    case 'resting':
      return <p className="mt-1 text-ink-2">Resting. The next message wakes it.</p>
    case 'failed':
      return (
        <p role="alert" data-state="failed" className="mt-1 text-ink-2 [overflow-wrap:anywhere]">
          {model.failure.message} {model.failure.remedy}
        </p>
      )
  }
}
