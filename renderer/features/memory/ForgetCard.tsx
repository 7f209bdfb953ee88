// renderer/features/memory/ForgetCard.tsx: forgetting, from what it will touch to the receipt. In the drawer, in the
// dialog for everything, and in the popover of a chip.
import { Check, CircleCheck, TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { ForgetLine, ForgetPlan } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { type Forgetting, wholeReceipt } from './memory-fold.ts'
import { ReceiptSlip } from './ReceiptSlip.tsx'
import { lineWords, verbWords } from './words.ts'

interface ForgetCardProps {
  readonly forgetting: Forgetting
  /** Of the question: `Forget this?`, `Forget these 3?`. */
  readonly title: string
  readonly onClose: () => void
}

export function ForgetCard({ forgetting, title, onClose }: ForgetCardProps) {
  const { forget, forgetAgain, closeForget } = useApp((state) => state.memoryActions)
  const announce = useApp((state) => state.announce)
  const heading = useRef<HTMLHeadingElement>(null)
  const card = useRef<HTMLElement>(null)
  const { stage, plan, failure } = forgetting
  const receipt = wholeReceipt(forgetting)
  const close = () => {
    closeForget()
    onClose()
  }

  // The question takes the focus and not its button, so that a stray Return forgets nothing. So does the end.
  useEffect(() => {
    if (stage === 'asking' || stage === 'done' || stage === 'failed') {
      heading.current?.focus({ preventScroll: true })
      card.current?.scrollIntoView?.({ block: 'nearest' })
    }
    if (stage === 'running') announce('Forgetting')
  }, [stage, announce])
  const complete = receipt?.complete ?? false
  useEffect(() => {
    if (stage === 'done') announce(complete ? 'Forgotten, and checked' : 'Not fully forgotten')
  }, [stage, complete, announce])

  if (stage === 'failed') {
    return (
      <div data-state="forget-failed">
        <h3 ref={heading} tabIndex={-1} className="sr-only">
          Not forgotten
        </h3>
        <Notice
          urgent
          icon={TriangleAlert}
          tone="danger"
          title={failure?.message ?? 'Forgetting stopped before its end.'}
          actions={
            <>
              <Button onClick={forgetAgain}>Try again</Button>
              <Button look="quiet" onClick={close}>
                Close
              </Button>
            </>
          }
        >
          {failure?.remedy} No reply uses it meanwhile.
        </Notice>
      </div>
    )
  }
  if (stage === 'done' && receipt) {
    return (
      <div data-state={receipt.complete ? 'forgotten' : 'not-forgotten'}>
        {receipt.complete ? (
          <h3 ref={heading} tabIndex={-1} className="mb-3 flex items-center gap-2 text-good outline-none">
            <Icon of={CircleCheck} />
            Forgotten, and checked
          </h3>
        ) : (
          <div className="mb-3">
            <h3 ref={heading} tabIndex={-1} className="sr-only">
              Not fully forgotten
            </h3>
            <Notice
              urgent
              icon={TriangleAlert}
              tone="danger"
              title="Not fully forgotten"
              actions={<Button onClick={forgetAgain}>Try again</Button>}
            >
              What is still found is listed below. Nothing uses it meanwhile.
            </Notice>
          </div>
        )}
        <ReceiptSlip receipt={receipt} />
        <p className="mt-3 text-xs text-ink-2">
          The receipt holds counts and times, never the content.
          {plan &&
            plan.messages.length > 0 &&
            ' Your messages are still in their chats, and are not learned from again.'}
        </p>
        <Button className="mt-3" onClick={close}>
          Done
        </Button>
      </div>
    )
  }
  return (
    <section
      ref={card}
      aria-labelledby="forget-title"
      aria-busy={stage === 'planning' || stage === 'running'}
      data-state={stage === 'running' ? 'forgetting' : 'forget-plan'}
      className="edge rounded-4 bg-raised px-4 py-3.5"
    >
      <h3 ref={heading} id="forget-title" tabIndex={-1} className="outline-none">
        {stage === 'running' ? 'Forgetting' : title}
      </h3>
      {plan === null ? (
        <p className="mt-2 text-xs text-ink-2">Looking at what it touches</p>
      ) : (
        <PlanLines plan={plan} steps={forgetting.steps} running={stage === 'running'} />
      )}
      {stage !== 'running' && (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <Button data-forget="" className="text-danger!" disabled={stage === 'planning'} onClick={forget}>
            Forget
          </Button>
          <Button look="quiet" onClick={close}>
            Keep
          </Button>
          <span className="text-xs text-ink-3">This cannot be undone</span>
        </div>
      )}
    </section>
  )
}

function PlanLines({
  plan,
  steps,
  running,
}: {
  readonly plan: ForgetPlan
  readonly steps: readonly ForgetLine[]
  readonly running: boolean
}) {
  const done = (line: ForgetLine) => steps.some(({ store, verb }) => store === line.store && verb === line.verb)
  const titles = [...new Set(plan.messages.map(({ title }) => title))]
  return (
    <>
      <ul className="mt-2 text-xs leading-5.5 text-ink-2 tabular-nums">
        {plan.lines.map((line) => (
          <li key={`${line.store} ${line.verb}`} data-state={done(line) ? 'done' : 'waiting'} className="flex gap-3">
            <span className="min-w-0 flex-1">
              {lineWords(line)}
              {line.note && line.store !== 'messages' && (
                <span className="block leading-4 text-ink-3">{line.note}</span>
              )}
            </span>
            <span className="flex flex-none items-center gap-1 text-ink-3">
              {running && done(line) && <Icon of={Check} size="tiny" className="text-good" />}
              {verbWords(line)}
              {running && <span className="sr-only">{done(line) ? ', done' : ', waiting'}</span>}
            </span>
          </li>
        ))}
      </ul>
      {titles.length > 0 && !running && (
        <p className="mt-1.5 text-xs text-ink-3 [overflow-wrap:anywhere]">
          Said in{' '}
          {titles
            .slice(0, 3)
            .map((title) => `“${title.replace(/[.\s]+$/, '')}”`)
            .join(', ')}
          {titles.length > 3 && ` and ${plural(titles.length - 3, 'other chat')}`}. Delete the messages there if they
          are to go too.
        </p>
      )}
    </>
  )
}
