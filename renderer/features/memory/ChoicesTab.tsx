// renderer/features/memory/ChoicesTab.tsx: what Hearth learned about how to answer: for each sort of question how long, in
// what form, thinking or not, guessing ahead or not; with what that rests on, and a way to decide it oneself.
import { AlertDialog } from '@base-ui/react/alert-dialog'
import { ChevronRight, RotateCcw, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Choice, ChoiceName, QuestionClass } from '../../../engine/contract/learning.ts'
import { useApp } from '../../store/use-app.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { count, plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Notice } from '../../ui/Notice.tsx'
import { Select } from '../../ui/Select.tsx'

const choiceNames: Readonly<Record<ChoiceName, string>> = {
  length: 'How long answers are',
  format: 'The form of answers',
  thinking: 'Thinking before answering',
  drafting: 'Guessing ahead, for speed',
}
const classNames: Readonly<Record<QuestionClass, string>> = {
  code: 'Code',
  maths: 'Maths',
  writing: 'Writing',
  question: 'Questions',
  chat: 'Talk',
}
const order: readonly ChoiceName[] = ['length', 'format', 'thinking', 'drafting']

export function ChoicesTab() {
  const { all, failure, version } = useApp((state) => state.choices)
  const { read, reset } = useApp((state) => state.choicesActions)
  const ready = useApp((state) => state.connection.state === 'ready')
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the reason to ask again
  useEffect(() => {
    if (ready) void read()
  }, [read, ready, version])
  if (all === null && failure === null) return <div aria-busy="true" className="h-40" />
  const learned = (all ?? []).filter((choice) => isLearned(choice)).length
  return (
    <div data-state="choices">
      {failure && (
        <div className="mt-4">
          <Notice
            urgent
            icon={TriangleAlert}
            tone="danger"
            title={failure.message}
            actions={<Button onClick={() => void read()}>Try again</Button>}
          >
            {failure.remedy ?? 'Nothing was changed.'}
          </Notice>
        </div>
      )}
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="mr-auto max-w-[62ch] min-w-60 flex-[1_0_60%] text-ink-2">
          Thumbs, copying, trying again, editing and stopping teach Hearth how you like your answers.{' '}
          {learned === 0 ? 'Nothing is learned yet.' : `So far ${plural(learned, 'choice is', 'choices are')} learned.`}
        </p>
        <ResetAll
          disabled={learned === 0 && !(all ?? []).some(({ fixed }) => fixed !== null)}
          onReset={() => void reset(null)}
        />
      </div>
      {order.map((name) => {
        const members = (all ?? []).filter(({ choice }) => choice === name)
        if (members.length === 0) return null
        return (
          <section key={name} aria-label={choiceNames[name]} className="mt-5">
            <h2 className="mb-1 text-xs text-ink-2">{choiceNames[name]}</h2>
            <ChoiceRows members={members} />
          </section>
        )
      })}
    </div>
  )
}

/** Before anybody reacted, the usual way is certain. */
const isLearned = ({ arms }: Choice) => arms.filter(({ chance }) => chance > 0).length > 1

const triedOf = ({ arms }: Choice) => arms.reduce((sum, { tried }) => sum + tried, 0)

/** The option that is taken most likely. */
const likeliest = ({ arms }: Choice) =>
  arms.reduce((best, arm) => (best && best.chance >= arm.chance ? best : arm), arms[0])

/** What is learned or decided stands in sight, the rest behind one line. */
function ChoiceRows({ members }: { readonly members: readonly Choice[] }) {
  const [all, setAll] = useState(false)
  const told = members.filter((choice) => isLearned(choice) || choice.fixed !== null)
  const untold = members.filter((choice) => !told.includes(choice))
  return (
    <ul>
      {told.map((choice) => (
        <ChoiceRow key={choice.class} choice={choice} />
      ))}
      {untold.length > 0 && (
        <li className="border-t border-line first:border-0">
          <button
            type="button"
            aria-expanded={all}
            onClick={() => setAll(!all)}
            className="quick flex min-h-10 w-full items-center gap-3 text-ink-2 hover:text-ink"
          >
            <Icon
              of={ChevronRight}
              size="small"
              className={all ? '-ml-0.5 rotate-90 text-ink-3' : '-ml-0.5 text-ink-3'}
            />
            <span>
              {untold[0]?.arms[0]?.label} <span className="text-ink-3">for {listed(untold)}, nothing learned yet</span>
            </span>
          </button>
        </li>
      )}
      {all && untold.map((choice) => <ChoiceRow key={choice.class} choice={choice} />)}
    </ul>
  )
}

const listed = (choices: readonly Choice[]) =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(
    choices.map((choice) => classNames[choice.class].toLowerCase()),
  )

function ChoiceRow({ choice }: { readonly choice: Choice }) {
  const { fix, reset } = useApp((state) => state.choicesActions)
  const [open, setOpen] = useState(false)
  const tried = triedOf(choice)
  const best = likeliest(choice)
  const fixed = choice.arms.find(({ option }) => option === choice.fixed)
  const name = classNames[choice.class]
  const id = `choice-${choice.choice}-${choice.class}`
  const words = fixed
    ? 'You decided this'
    : !isLearned(choice)
      ? `Nothing learned yet, ${plural(tried, 'reply', 'replies')}`
      : `${count((best?.chance ?? 0) * 100)}% likely, from ${plural(tried, 'reply', 'replies')}`
  return (
    <li className="border-t border-line first:border-0" data-choice={`${choice.class}.${choice.choice}`}>
      <div className="grid min-h-10 grid-cols-[auto_minmax(0,1fr)_auto_1.75rem] items-center gap-x-3 gap-y-0.5 py-1.5">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          aria-label={`${choiceNames[choice.choice]}, ${name}: what it rests on`}
          onClick={() => setOpen(!open)}
          className="quick -ml-1.5 grid size-6 place-items-center rounded-1 text-ink-3 hover:bg-hover hover:text-ink"
        >
          <Icon of={ChevronRight} size="small" className={open ? 'rotate-90' : ''} />
        </button>
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <span className="w-20 flex-none text-ink-2">{name}</span>
          <span className="text-[0.875rem]/5">{(fixed ?? best)?.label}</span>
          <span className="text-xs text-ink-3 tabular-nums">{words}</span>
        </span>
        <Select
          label={`${choiceNames[choice.choice]}, ${name}`}
          value={choice.fixed ?? 'learned'}
          options={[
            { value: 'learned', name: 'As learned' },
            ...choice.arms.map(({ option, label }) => ({ value: option, name: `Always: ${label}` })),
          ]}
          onChange={(next) => void fix(choice, next === 'learned' ? null : next)}
        />
        {isLearned(choice) ? (
          <IconButton label={`Reset: ${choiceNames[choice.choice]}, ${name}`} onClick={() => void reset(choice)}>
            <Icon of={RotateCcw} size="small" />
          </IconButton>
        ) : (
          <span />
        )}
      </div>
      <div id={id} hidden={!open} className="pb-3 pl-7">
        <table className="w-full max-w-140 text-xs tabular-nums">
          <caption className="sr-only">
            What {choiceNames[choice.choice].toLowerCase()} rests on, for {name.toLowerCase()}
          </caption>
          <thead className="text-left text-ink-3">
            <tr>
              <th scope="col" className="py-1 font-medium">
                Option
              </th>
              {['Replies', 'Content', 'Not content', 'Chance'].map((title) => (
                <th key={title} scope="col" className="py-1 pl-3 text-right font-medium">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {choice.arms.map((arm) => (
              <tr key={arm.option} className="border-t border-line">
                <th scope="row" className="py-1 text-left font-normal">
                  {arm.label}
                </th>
                <td className="py-1 pl-3 text-right">{count(arm.tried)}</td>
                <td className="py-1 pl-3 text-right">{number(arm.alpha)}</td>
                <td className="py-1 pl-3 text-right">{number(arm.beta)}</td>
                <td className="py-1 pl-3 text-right">{count(arm.chance * 100)}%</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="mt-1 text-2xs text-ink-3">
          Content and not content are α and β of a Beta distribution, with what was assumed at the start in them.
        </p>
      </div>
    </li>
  )
}

const tenth = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })
const number = (value: number) => tenth.format(value)

function ResetAll({ disabled, onReset }: { readonly disabled: boolean; readonly onReset: () => void }) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger render={<Button disabled={disabled}>Reset all…</Button>} />
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="rise fixed inset-0 bg-scrim" style={{ zIndex: 'var(--z-dialog)' }} />
        <AlertDialog.Popup
          className="rise fixed top-[20vh] left-1/2 -ml-[min(12rem,50vw-1rem)] w-96 max-w-[calc(100vw-2rem)] rounded-5 bg-raised p-6 shadow-[0_0_0_1px_var(--line),var(--shadow-3)] outline-none"
          style={{ zIndex: 'var(--z-palette)' }}
        >
          <AlertDialog.Title className="text-lg">Reset all that was learned?</AlertDialog.Title>
          <AlertDialog.Description className="mt-1 text-ink-2">
            Hearth answers as on the first day and learns anew. Your thumbs and your memories stay.
          </AlertDialog.Description>
          <div className="mt-4 flex gap-2">
            <AlertDialog.Close render={<Button className="text-danger!" onClick={onReset} />}>
              Reset all
            </AlertDialog.Close>
            <AlertDialog.Close render={<Button look="quiet" />}>Keep</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
