// renderer/features/chat/use-follow.ts: the view follows new text only if it was at the end. Otherwise `behind` is true
// and a button leads there.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** How far from the end still counts as the end, in CSS pixels: about two lines. */
const nearEnd = 48

export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  subject: unknown,
) {
  const following = useRef(true)
  const [behind, setBehind] = useState(false)

  const toEnd = useCallback(() => {
    const element = scroller.current
    if (!element) return
    following.current = true
    element.scrollTop = element.scrollHeight
    setBehind(false)
  }, [scroller])

  // A chat opens at its end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another subject is the reason to go to the end
  useLayoutEffect(toEnd, [subject, toEnd])

  useEffect(() => {
    const element = scroller.current
    const inner = content.current
    if (!element || !inner) return
    const atEnd = () => element.scrollHeight - element.scrollTop - element.clientHeight <= nearEnd
    const onScroll = () => {
      following.current = atEnd()
      if (following.current) setBehind(false)
    }
    let height = inner.offsetHeight
    const grown = new ResizeObserver(() => {
      const more = inner.offsetHeight > height
      height = inner.offsetHeight
      if (following.current) element.scrollTop = element.scrollHeight
      else if (more && !atEnd()) setBehind(true)
    })
    element.addEventListener('scroll', onScroll, { passive: true })
    grown.observe(inner)
    return () => {
      element.removeEventListener('scroll', onScroll)
      grown.disconnect()
    }
  }, [scroller, content])

  /** Leaves the end without being at another place yet: a jump does. */
  const release = useCallback(() => {
    following.current = false
  }, [])

  return { behind, toEnd, release }
}
