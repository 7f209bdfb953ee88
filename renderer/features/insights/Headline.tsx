// renderer/features/insights/Headline.tsx: the one sentence of the page. The reason in it is earned, see figures.ts.
import type { Insights } from '../../../engine/contract/learning.ts'
import { plural } from '../../ui/format.ts'
import { dayOf } from './Charts.tsx'
import { type Cause, enoughReplies, headline } from './figures.ts'

const because: Readonly<Record<Cause, string>> = {
  you: ', because it knows how you write.',
  drafter: ', thanks to its drafter.',
  drafting: ', with drafting.',
}
const gained: Readonly<Record<Cause, string>> = {
  you: 'Most of the gain comes from your own phrases.',
  drafter: 'Most of the gain comes from the small model that drafts.',
  drafting: 'The gain comes from several sources together.',
}

export function Headline({ replies, points }: Pick<Insights, 'replies' | 'points'>) {
  const said = headline({ replies, points })
  const since = points.find((point) => point.replies > 0)?.at
  const counted = `${plural(replies, 'reply', 'replies')}${since === undefined ? '' : ` since ${dayOf(since)}`}.`
  const big = 'max-w-[32ch] text-2xl tracking-[-0.02em] max-side:text-xl'
  switch (said.kind) {
    case 'new':
      return (
        <div data-state="new">
          <h1 className={big}>After {enoughReplies} replies this page has something to say.</h1>
          <p className="mt-2 max-w-[60ch] text-md text-ink-2">
            No reply was written in this time. Speed, where the words came from, and what was learned from you will
            stand here, all counted on this computer and nowhere else.
          </p>
        </div>
      )
    case 'early':
      return (
        <div data-state="early">
          <h1 className={big}>After {enoughReplies} replies this page has something to say.</h1>
          <p className="mt-2 text-md text-ink-2">{counted} Here is what they show so far.</p>
        </div>
      )
    case 'same':
      return (
        <div data-state="same">
          <h1 className={big}>About as fast as plain so far. It learns as you write.</h1>
          <p className="mt-2 text-md text-ink-2">{counted}</p>
        </div>
      )
    case 'faster':
      return (
        <div data-state="faster">
          <h1 className={big}>
            Your assistant is <span className="text-ember-ink">{said.gain.toFixed(1)}× faster</span> than plain
            {because[said.cause]}
          </h1>
          <p className="mt-2 text-md text-ink-2">
            {counted} {gained[said.cause]} The text stays the same, it just arrives sooner.
          </p>
        </div>
      )
  }
}
