// renderer/app/WholePage.tsx: states that leave no room for anything else: the database cannot be used, the engine has
// never answered, the window itself failed.
import { type ReactNode, useEffect, useState } from 'react'
import type { Failure } from '../../engine/contract/failure.ts'
import { useApp } from '../store/use-app.ts'
import { Button } from '../ui/Button.tsx'
import { Wordmark } from '../ui/Wordmark.tsx'

interface WholePageProps {
  readonly title: string
  readonly state: string
  readonly children: ReactNode
  readonly action: ReactNode
}

export function WholePage({ title, state, children, action }: WholePageProps) {
  return (
    <main data-state={state} className="flex h-full flex-col items-center justify-center bg-surface p-8">
      <div className="w-full max-w-120">
        <Wordmark className="mb-10 h-7" />
        <div role="alert">
          <h1 className="text-xl [overflow-wrap:anywhere]">{title}</h1>
          <div className="mt-2 text-md text-ink-2 [overflow-wrap:anywhere]">{children}</div>
        </div>
        <div className="mt-6 flex flex-wrap gap-2">{action}</div>
      </div>
    </main>
  )
}

const titles: Partial<Record<Failure['code'], string>> = {
  'storage-full': 'There is no room to save',
  'storage-read-only': 'Hearth cannot write its data',
  'storage-corrupt': 'The database is damaged',
  'storage-newer': 'This data is from a newer Hearth',
  'storage-locked': 'Hearth is already open',
}

export function Refused({ failure }: { readonly failure: Failure }) {
  const reconnect = useApp((state) => state.reconnect)
  return (
    <WholePage
      state="refused"
      title={titles[failure.code] ?? 'Hearth could not open'}
      action={
        <Button look="primary" size="large" onClick={reconnect}>
          Try again
        </Button>
      }
    >
      <p>{failure.message}</p>
      {failure.remedy && <p className="mt-2">{failure.remedy}</p>}
      <p className="mt-4 text-xs text-ink-3">Nothing was changed. Code {failure.code}.</p>
    </WholePage>
  )
}

/** The engine has not answered yet. Nothing at first, so that a quick start does not flash. */
export function Opening() {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return (
    <main aria-busy="true" data-state="opening" className="grid h-full place-items-center bg-surface">
      <h1 className="sr-only">Hearth</h1>
      {late && (
        <p role="status" className="text-ink-2">
          Starting the engine
        </p>
      )}
    </main>
  )
}

export function NeverAnswered({ failure, trying }: { readonly failure: Failure; readonly trying: boolean }) {
  return (
    <WholePage
      state="engine-lost"
      title={trying ? 'The engine is not answering. Trying again.' : failure.message}
      action={
        <Button look="primary" size="large" onClick={() => location.reload()}>
          Reload
        </Button>
      }
    >
      {trying ? 'Your chats are safe on this disk. If this lasts, quit Hearth and start it again.' : failure.remedy}
    </WholePage>
  )
}
