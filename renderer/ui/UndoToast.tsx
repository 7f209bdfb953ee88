// renderer/ui/UndoToast.tsx: says what was done and offers to take it back for ten seconds. The clock stands still while
// the pointer or the focus is on it.
import { Trash2, Undo2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from './Button.tsx'
import { Icon } from './Icon.tsx'

export const undoMs = 10_000

interface UndoToastProps {
  readonly text: string
  readonly keys: string
  readonly onUndo: () => void
  readonly onExpire: () => void
}

export function UndoToast({ text, keys, onUndo, onExpire }: UndoToastProps) {
  const [pointed, setPointed] = useState(false)
  const [focused, setFocused] = useState(false)
  const left = useRef(undoMs)
  const expire = useRef(onExpire)
  expire.current = onExpire
  const held = pointed || focused

  useEffect(() => {
    if (held) return
    const startedAt = performance.now()
    const timer = setTimeout(() => expire.current(), left.current)
    return () => {
      clearTimeout(timer)
      left.current -= performance.now() - startedAt
    }
  }, [held])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing only stops the clock; the button is the control
    <div
      data-state={held ? 'held' : 'counting'}
      className="popup flex items-center gap-3 py-3 pr-3 pl-4 shadow-3"
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      <Icon of={Trash2} className="text-ink-3" />
      <span className="min-w-0 flex-1 truncate">{text}</span>
      <Button onClick={onUndo}>
        <Icon of={Undo2} />
        Undo
        <span aria-hidden="true" className="text-2xs text-ink-3">
          {keys}
        </span>
      </Button>
    </div>
  )
}
