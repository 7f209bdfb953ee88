// renderer/ui/Button.tsx: the buttons. `primary` is ember and there is at most one in view; `quiet` has no edge.
import { Tooltip } from '@base-ui/react/tooltip'
import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: 'plain' | 'primary' | 'quiet'
  readonly size?: 'normal' | 'large'
}

export function Button({ look = 'plain', size = 'normal', className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={clsx(
        'quick inline-flex items-center justify-center gap-1.5 rounded-2 font-medium whitespace-nowrap',
        'disabled:text-ink-off aria-disabled:text-ink-off',
        size === 'large' ? 'h-9 px-4.5 text-md' : 'h-7 px-3 text-sm',
        look === 'plain' && 'edge-lift bg-raised text-ink enabled:hover:bg-hover',
        look === 'primary' && 'bg-ember text-on-ember shadow-1 enabled:hover:bg-ember-hover',
        look === 'quiet' && 'text-ink-2 enabled:hover:bg-hover enabled:hover:text-ink',
        className,
      )}
      {...rest}
    />
  )
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does; read aloud and shown in the tooltip. */
  readonly label: string
  readonly keys?: string
  readonly small?: boolean
  readonly children: ReactNode
}

export function IconButton({ label, keys, small = false, className, children, ...rest }: IconButtonProps) {
  return (
    <Tip text={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        className={clsx(
          'quick grid flex-none place-items-center rounded-2 hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink',
          small ? 'size-6.5 text-ink-3' : 'size-7 text-ink-2',
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tip>
  )
}

/** A tooltip. It repeats what the label says, so it is hidden from screen readers. */
export function Tip({
  text,
  keys,
  children,
}: {
  readonly text: string
  readonly keys?: string | undefined
  readonly children: React.ReactElement<Record<string, unknown>>
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger delay={500} render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} style={{ zIndex: 'var(--z-popover)' }}>
          <Tooltip.Popup aria-hidden="true" className="rise rounded-2 bg-ink px-2 py-1 text-xs text-surface shadow-2">
            {text}
            {keys && <span className="ml-2 opacity-70">{keys}</span>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
