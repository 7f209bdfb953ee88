// renderer/features/memory/ReceiptSlip.tsx: what remains of a forget: counts, checks and times. Nothing of the content.
import clsx from 'clsx'
import type { ReactNode } from 'react'
import type { ForgetReceipt } from '../../../engine/contract/memory.ts'
import { clock, plural } from '../../ui/format.ts'
import { checkTitle, checkWords, day, lineWords, receiptName, verbWords } from './words.ts'

export function ReceiptSlip({ receipt }: { readonly receipt: ForgetReceipt }) {
  const { id, at, memories, lines, checks } = receipt
  return (
    <article
      aria-label={`Forget receipt, ${day(at)}, ${clock(at)}`}
      className="edge-lift rounded-3 bg-raised px-4.5 pt-4"
    >
      <header className="flex items-start justify-between gap-3">
        <div>
          <h4 className="text-lg font-strong tracking-tight">Forget receipt</h4>
          <p className="text-xs text-ink-2 tabular-nums">
            {day(at)}, {clock(at)}. {plural(memories, 'memory', 'memories')}
          </p>
        </div>
        <span className="pt-1 font-mono text-2xs text-ink-3">{receiptName(id)}</span>
      </header>
      <Section title="What was done" hidden>
        {lines
          .filter(({ count }) => count > 0)
          .map((line) => (
            <Row key={`${line.store} ${line.verb}`} name={lineWords(line)} value={verbWords(line)} />
          ))}
      </Section>
      <Section title="How it was checked">
        {checks.map((check) => (
          <Row
            key={check.store}
            name={checkTitle(check.store)}
            value={checkWords(check)}
            tone={check.passed ? 'good' : 'bad'}
          />
        ))}
      </Section>
    </article>
  )
}

function Section({
  title,
  hidden = false,
  children,
}: {
  readonly title: string
  readonly hidden?: boolean
  readonly children: ReactNode
}) {
  return (
    <section className="-mx-4.5 mt-3 border-t border-dashed border-line px-4.5 pt-2.5 pb-0.5 last:pb-3">
      <h5 className={hidden ? 'sr-only' : 'mb-0.5 text-xs font-strong'}>{title}</h5>
      <dl className="text-xs leading-5.5 tabular-nums">{children}</dl>
    </section>
  )
}

function Row({
  name,
  value,
  tone = 'plain',
}: {
  readonly name: string
  readonly value: string
  readonly tone?: 'plain' | 'good' | 'bad'
}) {
  return (
    <div className="flex gap-3">
      <dt className="min-w-0 flex-1 text-ink-2">{name}</dt>
      <dd className={clsx('flex-none', tone === 'good' && 'text-good', tone === 'bad' && 'font-medium text-danger')}>
        {value}
      </dd>
    </div>
  )
}
