// renderer/app/ErrorBoundary.tsx: a mistake in the face itself. The engine and the database know nothing of it.
import { Component, type ReactNode } from 'react'
import { Button } from '../ui/Button.tsx'
import { WholePage } from './WholePage.tsx'

interface State {
  readonly problem: string | null
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { problem: null }
  static getDerivedStateFromError(error: unknown): State {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
  override render() {
    if (this.state.problem === null) return this.props.children
    return (
      <WholePage
        state="window-failed"
        title="This window has stopped"
        action={
          <Button look="primary" size="large" onClick={() => location.reload()}>
            Reload
          </Button>
        }
      >
        <p>Your chats are safe. Reload to go on.</p>
        <p className="mt-4 font-mono text-xs text-ink-3">{this.state.problem}</p>
      </WholePage>
    )
  }
}
