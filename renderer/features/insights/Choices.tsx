// renderer/features/insights/Choices.tsx: what it tried for the person and what came of it, and what they said about replies.
import type { Choice, FeedbackKind, Insights } from '../../../engine/contract/learning.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { count, plural } from '../../ui/format.ts'

const classNames: Readonly<Record<Choice['class'], string>> = {
  code: 'code',
  maths: 'maths',
  writing: 'writing',
  question: 'questions',
  chat: 'talk',
}

/** Before anybody reacted, the usual way is certain. */
const isLearned = ({ arms }: Choice) => arms.filter(({ chance }) => chance > 0).length > 1
const triedOf = ({ arms }: Choice) => arms.reduce((sum, { tried }) => sum + tried, 0)
const shown = 4

/** The choices that rest on most replies, each with the option it takes most often. */
export function Choices({ choices }: Pick<Insights, 'choices'>) {
  const go = useApp((state) => state.go)
  const show = useApp((state) => state.memoryActions.show)
  const tried = choices
    .filter((choice) => isLearned(choice) || choice.fixed !== null)
    .sort((a, b) => triedOf(b) - triedOf(a))
  return (
    <section aria-label="What it tried for you" className="min-w-0">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-sm">What it tried for you</h2>
          <p className="text-xs leading-4.5 text-ink-2">
            {tried.length === 0
              ? 'Nothing yet. Thumbs, copying and trying again teach it.'
              : 'By your reactions to its replies'}
          </p>
        </div>
        <Button
          onClick={() => {
            show('choices')
            go('memory')
          }}
        >
          See and reset
        </Button>
      </div>
      <ul className="mt-2">
        {tried.slice(0, shown).map((choice) => {
          const best = choice.arms.reduce((a, b) => (b.chance > a.chance ? b : a))
          const first = choice.arms[0]
          return (
            <li key={`${choice.class} ${choice.choice}`} className="border-t border-line py-2 first:border-0">
              <div className="flex items-baseline gap-3">
                <span className="min-w-0 flex-1">
                  {best.label} <span className="text-ink-3">for {classNames[choice.class]}</span>
                </span>
                <span className="flex-none text-xs text-ink-2">
                  {choice.fixed !== null ? 'You decided' : best.option === first?.option ? 'As before' : 'Learned'}
                </span>
              </div>
              <div aria-hidden="true" className="my-1.5 flex h-2 gap-0.5">
                {choice.arms.map((arm) => (
                  <i
                    key={arm.option}
                    className="rounded-[2px]"
                    style={{
                      flexGrow: Math.max(0.02, arm.chance),
                      background: arm.option === best.option ? 'var(--ember)' : 'var(--src-model)',
                    }}
                  />
                ))}
              </div>
              <p className="text-2xs text-ink-3 tabular-nums">
                Chosen {count(best.chance * 100)}% of the time, from {plural(triedOf(choice), 'reply', 'replies')}
              </p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

const reactions: readonly (readonly [FeedbackKind, string])[] = [
  ['up', 'Thumbs up'],
  ['down', 'Thumbs down'],
  ['copy', 'Copied'],
  ['retry', 'Tried again'],
  ['edit', 'Asked anew'],
  ['stop', 'Stopped'],
]

export function Reactions({ feedback }: Pick<Insights, 'feedback'>) {
  const total = reactions.reduce((sum, [kind]) => sum + feedback[kind], 0)
  return (
    <section aria-label="What you said about replies" className="min-w-0">
      <h2 className="text-sm">{plural(total, 'reaction')}</h2>
      <p className="text-xs leading-4.5 text-ink-2">What you did with the replies; each teaches a little</p>
      <dl className="mt-2 grid grid-cols-3 gap-x-4 gap-y-3">
        {reactions.map(([kind, name]) => (
          <div key={kind} className="flex flex-col-reverse">
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="text-lg tabular-nums">{count(feedback[kind])}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
