// renderer/ui/Notice.tsx: one thing that happened: a title, a sentence, what can be done. The icon never speaks alone.
import clsx from 'clsx'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Icon } from './Icon.tsx'

interface NoticeProps {
  readonly icon: LucideIcon
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
  readonly tone?: 'plain' | 'danger' | 'ember'
  readonly state?: string
  /** Errors interrupt a screen reader; the rest waits. */
  readonly urgent?: boolean
}

export function Notice({ icon, title, children, actions, tone = 'plain', state, urgent = false }: NoticeProps) {
  return (
    <div
      role={urgent ? 'alert' : 'status'}
      data-state={state}
      className={clsx(
        'flex items-start gap-3 rounded-4 px-4 py-3.5',
        tone === 'plain' && 'edge bg-raised',
        tone === 'danger' && 'bg-danger-wash',
        tone === 'ember' && 'bg-ember-wash',
      )}
    >
      <Icon
        of={icon}
        className={clsx('mt-0.5', tone === 'danger' && 'text-danger', tone === 'ember' && 'text-ember-ink')}
      />
      <div className="min-w-0 flex-1">
        <p className="font-strong [overflow-wrap:anywhere]">{title}</p>
        {children && <div className="text-ink-2 [overflow-wrap:anywhere]">{children}</div>}
        {actions && <div className="mt-2.5 flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </div>
  )
}
