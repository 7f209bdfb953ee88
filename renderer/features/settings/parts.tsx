// renderer/features/settings/parts.tsx: a group of settings, and one setting with its control.
import type { ReactNode } from 'react'

export function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="mb-6">
      <h2 className="mb-2 text-sm">{title}</h2>
      {children}
    </div>
  )
}

interface SettingProps {
  readonly name: string
  readonly children: ReactNode
  readonly control?: ReactNode
}

export function Setting({ name, children, control }: SettingProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 border-t border-line py-2.5">
      <div className="min-w-48 flex-1">
        <h3 className="font-medium tracking-normal">{name}</h3>
        <div className="max-w-[58ch] text-xs leading-4.5 text-ink-2 [overflow-wrap:anywhere]">{children}</div>
      </div>
      {control}
    </div>
  )
}
