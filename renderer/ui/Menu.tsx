// renderer/ui/Menu.tsx: a menu behind a button, and its items. It opens inside the landmark that it belongs to, so that a
// screen reader can say where it is.
import { Menu as Base } from '@base-ui/react/menu'
import clsx from 'clsx'
import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useCallback, useState } from 'react'
import { Icon } from './Icon.tsx'

interface MenuProps {
  readonly label: string
  readonly icon: LucideIcon
  readonly small?: boolean
  /** Does Tab stop at the button? */
  readonly reachable?: boolean
  readonly className?: string
  readonly children: ReactNode
}

export function Menu({ label, icon, small = false, reachable = true, className, children }: MenuProps) {
  const [landmark, setLandmark] = useState<HTMLElement | null>(null)
  const findLandmark = useCallback((button: HTMLElement | null) => {
    if (button) setLandmark(button.closest<HTMLElement>('nav, main'))
  }, [])
  return (
    <Base.Root>
      <Base.Trigger
        ref={findLandmark}
        tabIndex={reachable ? 0 : -1}
        aria-label={label}
        className={clsx(
          'quick grid flex-none place-items-center rounded-2 hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink',
          small ? 'size-6.5 text-ink-3' : 'text-ink-2',
          className,
        )}
      >
        <Icon of={icon} size={small ? 'small' : 'normal'} />
      </Base.Trigger>
      <Base.Portal container={landmark}>
        <Base.Positioner align="end" sideOffset={4} collisionPadding={8} style={{ zIndex: 'var(--z-popover)' }}>
          <Base.Popup className="popup rise min-w-44 p-1 outline-none">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

interface MenuItemProps {
  readonly icon: LucideIcon
  readonly danger?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

export function MenuItem({ icon, danger = false, onClick, children }: MenuItemProps) {
  return (
    <Base.Item
      onClick={onClick}
      className={clsx(
        'flex h-7.5 cursor-default items-center gap-2.5 rounded-2 px-2.5 text-sm whitespace-nowrap outline-none data-[highlighted]:bg-selected',
        danger && 'text-danger',
      )}
    >
      <Icon of={icon} className={danger ? '' : 'text-ink-3'} />
      {children}
    </Base.Item>
  )
}

export const MenuLine = () => <Base.Separator className="mx-2 my-1 h-px bg-line" />
