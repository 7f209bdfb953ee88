// renderer/features/model/ModelNotice.tsx: what stands above the composer when the model is not ready.
import { Box } from 'lucide-react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Dot } from '../../ui/Dot.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { fallbackName } from './words.ts'

export function ModelNotice() {
  const model = useApp((state) => state.model)
  const path = useApp((state) => state.settings.modelPath)
  const waiting = useApp((state) => Object.keys(state.sending).length > 0)
  const chooseModel = useApp((state) => state.chooseModel)
  const go = useApp((state) => state.go)
  switch (model.state) {
    case 'ready':
    case 'resting': // the next message wakes it
      return null
    case 'loading':
      return (
        <div role="status" data-state="waking" className="flex items-center gap-1.5 px-1 text-xs text-ink-2">
          <Dot lit breathing />
          <span>
            <b className="font-medium text-ink">Waking {model.name}.</b>{' '}
            {waiting || model.waking ? 'Your message is saved and goes first.' : 'You can type already.'}
          </span>
        </div>
      )
    case 'none':
      return (
        <Notice
          icon={Box}
          title="Hearth has no model yet"
          state="no-model"
          actions={<Button onClick={() => go('settings')}>Choose</Button>}
        >
          Choose a model file that fits this computer.
        </Notice>
      )
    case 'failed': {
      const missing = model.failure.code === 'model-missing'
      return (
        <Notice
          icon={Box}
          state={missing ? 'model-missing' : 'model-failed'}
          title={missing ? `${model.name} is not where it was` : `${model.name} cannot be used`}
          actions={
            <>
              <Button onClick={() => void chooseModel(path)}>{missing ? 'Look again' : 'Try again'}</Button>
              {model.fallback && path !== null && (
                <Button onClick={() => void chooseModel(null)}>Use {fallbackName(model.fallback)} instead</Button>
              )}
              <Button look="quiet" onClick={() => go('settings')}>
                Choose another file
              </Button>
            </>
          }
        >
          {model.failure.message} {model.failure.remedy}
        </Notice>
      )
    }
  }
}
