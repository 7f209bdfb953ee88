// renderer/ui/Icon.tsx: a Lucide icon at the house's size and stroke. Always beside a word or inside a named button.
import clsx from 'clsx'
import type { LucideIcon } from 'lucide-react'

interface IconProps {
  readonly of: LucideIcon
  readonly size?: 'normal' | 'small' | 'tiny'
  readonly className?: string
}

export function Icon({ of: Glyph, size = 'normal', className }: IconProps) {
  const side = { normal: 'size-4', small: 'size-3.5', tiny: 'size-3' }[size]
  return <Glyph aria-hidden="true" strokeWidth={1.6} className={clsx('flex-none', side, className)} />
}
