// renderer/features/tools/ApprovalCard.tsx: a plan that waits for the person. The button runs this plan and no other: the
// answer carries its hash. The title takes the first focus, so that a stray Return approves nothing.
import { Check, FilePen } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import type { Decision, Plan, ToolStep } from '../../../engine/contract/tools.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { matches, spell } from '../../ui/platform.ts'
import { Select } from '../../ui/Select.tsx'
import { PlanPreview } from './PlanPreview.tsx'
import { effectWords, originWords, planFacts } from './step-words.ts'

const dayMs = 86_400_000

export function ApprovalCard({ step, plan }: { readonly step: ToolStep; readonly plan: Plan }) {
  const { decide } = useApp((state) => state.stepActions)
  const problem = useApp((state) => state.stepProblems[step.id])
  const [always, setAlways] = useState(false)
  const say = (decision: Decision) => void decide(step, decision)
  const onKeyDown = (event: KeyboardEvent) => {
    if (always) return // a rule is made with its own button
    if (matches(event.nativeEvent, { key: 'enter' })) say({ kind: 'once' })
    else if (matches(event.nativeEvent, { key: 'backspace' })) say({ kind: 'refuse' })
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <section
      aria-label={plan.question}
      data-state="waiting"
      data-approval={step.id}
      onKeyDown={onKeyDown}
      className="mt-3 overflow-hidden rounded-4 bg-raised shadow-[inset_0_0_0_1px_var(--ember)]"
    >
      <div className="px-4 py-3">
        <div className="flex items-start gap-3">
          <Icon of={FilePen} className="mt-0.5 text-ink-2" />
          <h3 tabIndex={-1} className="min-w-0 flex-1 font-strong [overflow-wrap:anywhere]">
            {plan.question}
          </h3>
          <span className="text-xs font-medium text-ember-ink">Waiting for you</span>
        </div>
        <ul className="mt-1 ml-7 text-xs text-ink-2 [overflow-wrap:anywhere]">
          {plan.effects.map((effect) => (
            <li key={effectWords(effect)}>{effectWords(effect)}</li>
          ))}
        </ul>
        <ul className="mt-1.5 ml-7 flex flex-wrap gap-x-4 text-xs text-ink-2">
          {planFacts(plan).map((fact) => (
            <li key={fact} className="flex items-center gap-1">
              <Icon of={Check} size="small" />
              {fact}
            </li>
          ))}
        </ul>
        {plan.because.length > 0 && (
          <p className="mt-2 ml-7 text-xs text-caution [overflow-wrap:anywhere]">
            Asked because this reply has read {plan.because.map(originWords).join(', ')}. The idea may have come from
            there.
          </p>
        )}
      </div>
      {plan.previews.map((preview, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list of one plan never changes
        <PlanPreview key={at} preview={preview} />
      ))}
      {problem && (
        <p role="alert" className="px-4 pt-2.5 text-xs text-danger">
          {`${problem.message} ${problem.remedy ?? ''}`.trim()}
        </p>
      )}
      {always ? (
        <AlwaysForm step={step} plan={plan} onSay={say} onBack={() => setAlways(false)} />
      ) : (
        <div className="flex flex-wrap items-center gap-2 px-4 py-3">
          <Button look="primary" onClick={() => say({ kind: 'once' })}>
            Allow once <Keys of={spell({ key: 'enter' })} />
          </Button>
          {plan.patterns.length > 0 && (
            <>
              <Button onClick={() => say({ kind: 'chat' })}>Allow in this chat</Button>
              <Button onClick={() => setAlways(true)}>Always…</Button>
            </>
          )}
          <span className="flex-1" />
          <Button look="quiet" onClick={() => say({ kind: 'refuse' })}>
            Don’t allow <Keys of={spell({ key: 'backspace' })} />
          </Button>
        </div>
      )}
    </section>
  )
}

const Keys = ({ of }: { readonly of: string }) => (
  <span aria-hidden="true" className="text-2xs">
    {of}
  </span>
)

interface AlwaysFormProps {
  readonly step: ToolStep
  readonly plan: Plan
  readonly onSay: (decision: Decision) => void
  readonly onBack: () => void
}

/** A rule, as narrow as it can be unless the person widens it, and ended after 30 days unless they say otherwise. */
function AlwaysForm({ step, plan, onSay, onBack }: AlwaysFormProps) {
  const [chosen, setChosen] = useState('0')
  const [where, setWhere] = useState<'chat' | 'all'>('chat')
  const [days, setDays] = useState<'1' | '30' | 'never'>('30')
  const allow = () => {
    const pattern = plan.patterns[Number(chosen)]?.pattern
    if (pattern === undefined) return
    onSay({
      kind: 'always',
      pattern,
      conversation: where === 'chat' ? step.conversation : null,
      until: days === 'never' ? null : Date.now() + Number(days) * dayMs,
    })
  }
  return (
    <div className="px-4 py-3">
      <p className="mb-2 font-medium">Without asking, Hearth may</p>
      <div className="flex flex-wrap items-center gap-2">
        <Select
          label="Do"
          value={chosen}
          options={plan.patterns.map(({ words }, at) => ({ value: String(at), name: words }))}
          onChange={setChosen}
        />
        <Select
          label="Where"
          value={where}
          options={[
            { value: 'chat', name: 'In this chat' },
            { value: 'all', name: 'In every chat' },
          ]}
          onChange={setWhere}
        />
        <Select
          label="Until"
          value={days}
          options={[
            { value: '1', name: 'For a day' },
            { value: '30', name: 'For 30 days' },
            { value: 'never', name: 'Until I revoke it' },
          ]}
          onChange={setDays}
        />
      </div>
      <div className="mt-3 flex gap-2">
        <Button look="primary" onClick={allow}>
          Allow
        </Button>
        <Button look="quiet" onClick={onBack}>
          Back
        </Button>
      </div>
    </div>
  )
}
