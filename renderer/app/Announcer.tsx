// renderer/app/Announcer.tsx: the one polite live region, outside the thread. Errors have their own alerts.
import { useApp } from '../store/use-app.ts'

export function Announcer() {
  const { text, turn } = useApp((state) => state.said)
  return (
    <div role="status" aria-live="polite" aria-label="Announcements" className="sr-only" data-turn={turn}>
      <span key={turn}>{text}</span>
    </div>
  )
}
