// renderer/ui/Dot.tsx: lit means alive. Always beside words that say the same.
import clsx from 'clsx'

export function Dot({ lit, breathing = false }: { readonly lit: boolean; readonly breathing?: boolean }) {
  return (
    <i
      aria-hidden="true"
      className={clsx(
        'mx-1 size-2 flex-none rounded-full',
        lit ? 'bg-ember' : 'shadow-[inset_0_0_0_1.5px_var(--ink-3)]',
        breathing && 'breathe',
      )}
    />
  )
}
