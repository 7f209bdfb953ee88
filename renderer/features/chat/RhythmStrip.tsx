// renderer/features/chat/RhythmStrip.tsx: one column per pass of the model, one cell per token, coloured by who guessed it.
import type { TokenMarks } from '../../../engine/contract/thread.ts'
import { count, plural } from '../../ui/format.ts'
import { passesOf, type Source, sourceWords, stripOf } from './receipt-facts.ts'

export const sourceColours: Readonly<Record<Source, string>> = {
  you: 'bg-src-you',
  chat: 'bg-src-chat',
  drafter: 'bg-src-drafter',
  form: 'bg-ink-3',
  plain: 'bg-src-model',
}
/** From the bottom up: what the model computed itself, then what was guessed. */
const stacked: readonly Source[] = ['plain', 'form', 'drafter', 'chat', 'you']
const tallest = 8

export function RhythmStrip({ marks }: { readonly marks: TokenMarks }) {
  const passes = passesOf(marks)
  const { columns, averaged } = stripOf(passes)
  const tokens = marks.sources.length
  const totals = new Map<Source, number>()
  for (const source of passes.flat()) totals.set(source, (totals.get(source) ?? 0) + 1)
  const said = [...totals].map(([source, amount]) => `${sourceWords[source].toLowerCase()} ${count(amount)}`).join(', ')
  return (
    <>
      <div
        role="img"
        aria-label={`${plural(tokens, 'token')} in ${plural(passes.length, 'pass', 'passes')}: ${said}`}
        className="mt-2 flex h-14 items-end gap-px overflow-hidden"
      >
        {columns.map((column, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other name than its place
          <span key={at} className="flex max-w-1.5 min-w-px flex-1 flex-col-reverse gap-px">
            {stacked.flatMap((source) =>
              cellsOf(column[source] ?? 0).map((height, cell) => (
                <i
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  key={`${source}${cell}`}
                  className={sourceColours[source]}
                  style={{ height: `${height * 0.375}rem` }}
                />
              )),
            )}
          </span>
        ))}
      </div>
      <p className="mt-1.5 text-2xs text-ink-3">
        {averaged > 1
          ? `One column for ${averaged} passes of the model, averaged. Taller means more confirmed at once.`
          : 'One column per pass of the model. Taller means more confirmed at once.'}
      </p>
    </>
  )
}

/** Whole cells and the part of one that is left, at most as many as there is room for. */
function cellsOf(tokens: number): number[] {
  const whole = Math.min(tallest, Math.floor(tokens))
  const rest = tokens - Math.floor(tokens)
  return [...Array.from({ length: whole }, () => 1), ...(rest > 0.05 && whole < tallest ? [rest] : [])]
}
