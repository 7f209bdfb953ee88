// renderer/features/tools/StepLines.tsx: the steps of one reply: a line each, folded, with what was said and what came
// back; a step that waits is a card.
import { Collapsible } from '@base-ui/react/collapsible'
import { ChevronRight } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import type { ToolStep } from '../../../engine/contract/tools.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { ApprovalCard } from './ApprovalCard.tsx'
import { originWords, stateWords } from './step-words.ts'
import { stepsOf } from './tools-slice.ts'

function useSteps(message: Message): readonly ToolStep[] {
  const steps = useApp((state) => state.steps)
  return useMemo(() => stepsOf(steps, message.id), [steps, message.id])
}

export function StepLines({ message }: { readonly message: Message }) {
  const steps = useSteps(message)
  if (steps.length === 0) return null
  return (
    <ul aria-label="What was done" className="mb-1.5">
      {steps.map((step) => (
        <li key={step.id}>
          <StepLine step={step} />
        </li>
      ))}
    </ul>
  )
}

export function WaitingCards({ message }: { readonly message: Message }) {
  const steps = useSteps(message)
  const announce = useApp((state) => state.announce)
  const waiting = steps.filter(({ status }) => status === 'waiting')
  const question = waiting.at(-1)?.plan?.question
  useEffect(() => {
    if (question !== undefined) announce(`Waiting for you: ${question}`)
  }, [question, announce])
  return waiting.map((step) => step.plan && <ApprovalCard key={step.plan.hash} step={step} plan={step.plan} />)
}

function StepLine({ step }: { readonly step: ToolStep }) {
  const { cancel, undo, replan } = useApp((state) => state.stepActions)
  const problem = useApp((state) => state.stepProblems[step.id])
  const again = step.status === 'expired' || step.status === 'mismatch' || step.status === 'failed'
  const said = stateWords(step)
  return (
    <Collapsible.Root data-step={step.id} data-state={step.status}>
      <div className="flex flex-wrap items-center gap-x-2 text-xs">
        <Collapsible.Trigger className="quick group/fold -ml-1 inline-flex min-h-6.5 min-w-0 items-center gap-1.5 rounded-2 px-1 text-left text-ink-2 [overflow-wrap:anywhere] hover:bg-hover hover:text-ink">
          <Icon
            of={ChevronRight}
            size="small"
            className="flex-none text-ink-3 transition-transform duration-(--t-base) group-data-[panel-open]/fold:rotate-90"
          />
          {step.words.charAt(0).toUpperCase() + step.words.slice(1)}
        </Collapsible.Trigger>
        {said !== '' && <span className="text-ink-2">{said}</span>}
        {step.status === 'running' && (
          <Button look="quiet" onClick={() => void cancel(step.id)}>
            Stop
          </Button>
        )}
        {again && step.plan !== null && (
          <Button look="quiet" onClick={() => void replan(step.id)}>
            Plan again
          </Button>
        )}
        {step.undo?.state === 'possible' && step.endedAt !== null && (
          <Button look="quiet" onClick={() => void undo(step.id)}>
            Undo
          </Button>
        )}
      </div>
      {problem && step.status !== 'waiting' && (
        <p role="alert" className="text-xs text-danger">
          {`${problem.message} ${problem.remedy ?? ''}`.trim()}
        </p>
      )}
      <Collapsible.Panel>
        <div className="scrolls mt-1 mb-2 max-h-[40vh] border-l-2 border-line pl-4 font-mono text-xs whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
          <div>{step.arguments}</div>
          {step.failure && <div className="mt-1 text-danger">{step.failure.message}</div>}
          {step.result && (
            <div className="mt-1 text-ink">
              {step.result.text}
              {step.result.cut && ' … (cut)'}
            </div>
          )}
          {step.result && step.result.origins.length > 0 && (
            <div className="mt-1 font-sans">From {step.result.origins.map(originWords).join(', ')}</div>
          )}
        </div>
      </Collapsible.Panel>
    </Collapsible.Root>
  )
}
