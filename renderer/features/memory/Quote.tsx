// renderer/features/memory/Quote.tsx: the words that a memory rests on, in the face of who said them, with the exact span
// marked, and the way to the message.
import clsx from 'clsx'
import { ArrowUpRight } from 'lucide-react'
import type { Evidence, MemoryOrigin } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'
import { MarkedText } from '../../ui/MarkedText.tsx'
import { day } from './words.ts'

interface QuoteProps {
  readonly evidence: Evidence
  /** Serif is the person's own words; what a tool or a file says is not. */
  readonly origin: MemoryOrigin
}

export function Quote({ evidence, origin }: QuoteProps) {
  const jumpTo = useApp((state) => state.jumpTo)
  const { message, conversation, title, quote, mark, speaks, at } = evidence
  const own = origin === 'typed' || origin === 'inferred'
  const unsaid = own ? 'You wrote it here' : origin === 'tool' ? 'From a tool' : 'From a file'
  const where = title === null ? day(at) : `${day(at)}, ${title}`
  if (quote === '') {
    return <p className="text-xs text-ink-3">{day(at)}. The message is deleted, so its words are gone too.</p>
  }
  return (
    <>
      <p className={clsx('[overflow-wrap:anywhere]', own ? 'font-serif text-[1rem]/6' : 'text-md')}>
        “<MarkedText text={quote} marks={[mark]} />”
      </p>
      <div className="mt-1 flex items-center gap-2 text-xs text-ink-3">
        <span className="min-w-0 flex-1 truncate">
          {speaks === 'against' && <b className="font-medium text-caution">Speaks against it. </b>}
          {message === null ? `${unsaid}, ${day(at)}` : where}
        </span>
        {message !== null && conversation !== null && (
          <button
            type="button"
            aria-label={`Show in “${title ?? 'the chat'}”`}
            onClick={() => void jumpTo(conversation, message, [quote.slice(...mark)])}
            className="quick -mr-1.5 inline-flex h-6 flex-none items-center gap-1 rounded-1 px-1.5 text-ink-2 hover:bg-hover hover:text-ink"
          >
            Show
            <Icon of={ArrowUpRight} size="small" />
          </button>
        )}
      </div>
    </>
  )
}
