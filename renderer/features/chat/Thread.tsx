// renderer/features/chat/Thread.tsx: the turns of a chat. One stop for Tab; arrows move between turns, Tab goes into one.
// A long chat draws only what is near the view.
import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, memo, useCallback, useEffect, useRef } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { MessageId } from '../../../engine/contract/ids.ts'
import { useApp, useAppStore } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'
import { DigestCard } from './DigestCard.tsx'
import { Question } from './Question.tsx'
import { Reply } from './Reply.tsx'
import { useFollow } from './use-follow.ts'
import { useSpoken } from './use-spoken.ts'

/** Shorter chats are whole in the page, so that the browser's own find and select-all see all of them. */
const wholeUpTo = 200
/** How far beyond the view is drawn, in CSS pixels: about one screen. */
const drawnAround = 800

export function Thread() {
  const order = useApp((state) => state.order)
  const open = useApp((state) => state.open)
  const jump = useApp((state) => state.jump)
  const digested = useApp((state) => state.digest?.upto ?? null)
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const virtual = useRef<VirtualizerHandle>(null)
  const { behind, toEnd, release } = useFollow(scroller, content, open)
  useSpoken()

  // What the person just said is where they want to be.
  const asked = useApp((state) => Object.keys(state.sending).length)
  useEffect(() => {
    if (asked > 0) toEnd()
  }, [asked, toEnd])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a jump goes where the message was when it was asked for
  useEffect(() => {
    if (!jump) return
    release()
    virtual.current?.scrollToIndex(order.indexOf(jump.message), { align: 'center' })
    let tries = 0
    // A message far away is drawn a frame or two after the list has gone there.
    const light = () => {
      const target = scroller.current?.querySelector<HTMLElement>(`[data-message="${jump.message}"]`)
      if (!target) {
        if (tries++ < 20) frame = requestAnimationFrame(light)
        return
      }
      const still = virtual.current !== null || window.matchMedia('(prefers-reduced-motion: reduce)').matches
      const hit = target.querySelector('mark') ?? target
      hit.scrollIntoView({ block: 'center', behavior: still ? 'auto' : 'smooth' })
      target.focus({ preventScroll: true })
    }
    let frame = 0
    light()
    return () => cancelAnimationFrame(frame)
  }, [jump, release])

  const turn = useCallback(
    (id: MessageId, at: number) => (
      <Turn key={id} id={id} first={at === 0} last={at === order.length - 1} digested={id === digested} />
    ),
    [order.length, digested],
  )
  return (
    <div className="scroll-shade min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label="Conversation"
        data-pane="thread"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the log scrolls, so the keyboard must reach it
        tabIndex={0}
        onKeyDown={(event) => moveBetweenTurns(event, scroller.current)}
        className="scrolls h-full px-8 pt-3 -outline-offset-2 max-side:px-5"
      >
        <div ref={content} className="mx-auto w-full max-w-measure pb-8">
          {order.length <= wholeUpTo ? (
            order.map(turn)
          ) : (
            <Virtualizer ref={virtual} data={order} scrollRef={scroller} bufferSize={drawnAround} startMargin={12}>
              {turn}
            </Virtualizer>
          )}
        </div>
      </div>
      {behind && (
        <button
          type="button"
          onClick={toEnd}
          className="popup rise absolute bottom-3 left-1/2 z-10 flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full px-3 text-xs font-medium"
        >
          <Icon of={ArrowDown} size="small" />
          New text below
        </button>
      )}
    </div>
  )
}

interface TurnProps {
  readonly id: MessageId
  readonly first: boolean
  readonly last: boolean
  /** A summary stands for this message and all before it. */
  readonly digested: boolean
}

const Turn = memo(function Turn({ id, first, last, digested }: TurnProps) {
  const store = useAppStore()
  return (
    <>
      {store.getState().messages[id]?.role === 'user' ? (
        <Question id={id} first={first} />
      ) : (
        <Reply id={id} last={last} />
      )}
      {digested && <DigestCard />}
    </>
  )
})

function moveBetweenTurns(event: KeyboardEvent, scroller: HTMLElement | null) {
  const down = event.key === 'ArrowDown'
  if (!scroller || (!down && event.key !== 'ArrowUp') || event.metaKey || event.ctrlKey || event.shiftKey) return
  if (event.target instanceof HTMLElement && event.target.closest('button, input, textarea, pre, [role=region]')) return
  event.preventDefault()
  stepTurn(scroller, down)
}

/** Focuses the next or previous turn; with none focused, the last one. */
export function stepTurn(scroller: ParentNode, down: boolean) {
  const turns = [...scroller.querySelectorAll<HTMLElement>('[data-message]')]
  const at = turns.findIndex((turn) => turn.contains(document.activeElement))
  const next = at < 0 ? turns.at(-1) : turns[Math.min(turns.length - 1, Math.max(0, at + (down ? 1 : -1)))]
  next?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: 'nearest' })
}
