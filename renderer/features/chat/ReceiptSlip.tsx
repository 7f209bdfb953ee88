// renderer/features/chat/ReceiptSlip.tsx: what a reply cost, in a fixed order: time, tokens at a time, sources, facts. Only
// what was measured is shown; the rest is a dash.
import clsx from 'clsx'
import { Braces, Eye } from 'lucide-react'
import type { Message, TurnStats } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { bytes, count, plural, seconds, when, words } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { copyText } from './copy.ts'
import { RhythmStrip, sourceColours } from './RhythmStrip.tsx'
import { sharesOf, sourceWords, sumOf, tokensAtATime } from './receipt-facts.ts'
import { isTemporaryChat } from './use-temporary.ts'

const rule = '-mx-4.5 mt-3.5 border-t border-dashed border-line px-4.5 pt-3'

export function ReceiptSlip({ message, stats }: { readonly message: Message; readonly stats: TurnStats }) {
  const temporary = useApp(isTemporaryChat)
  return (
    <div className="rounded-4 bg-raised p-4.5 pb-3.5 shadow-[inset_0_0_0_1px_var(--line),var(--shadow-1)]">
      <div className="flex items-start justify-between gap-4">
        <div>
          <p className="text-xl tabular-nums">{inSeconds(stats.totalMs)}</p>
          <p className="text-xs text-ink-2">{plural(words(message.text), 'word')}</p>
        </div>
        <p className="text-right text-2xs text-ink-3">
          {when(message.createdAt, Date.now())}
          <br />
          {message.model ?? '–'}
        </p>
      </div>
      <Split stats={stats} />
      <Sources message={message} stats={stats} />
      <dl className={clsx(rule, 'grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 text-xs leading-5')}>
        <Row name="Written" value={plural(stats.newTokens, 'token')} />
        <Row name="Speed" value={`${count(stats.tokensPerSecond)} tokens a second`} />
        <Row name="Drafted, kept" value={drafted(stats)} />
        <Row name="Read" value={plural(stats.promptTokens, 'token')} />
        <Row name="Reused from before" value={`${count(stats.reusedTokens)} of ${count(stats.promptTokens)}`} />
        {stats.thoughtTokens !== undefined && (
          <Row name="Thinking, counted apart" value={plural(stats.thoughtTokens, 'token')} />
        )}
        <Row name="Memory" value={stats.memory ? bytes(stats.memory.residentBytes) : '–'} />
        {stats.memory && <Row name="Of that, this chat" value={bytes(stats.memory.keysValuesBytes)} />}
        <Row name="Energy" value="–" />
        {temporary && <Row name="Recorded" value="Not recorded" />}
      </dl>
      <Deeds message={message} stats={stats} />
    </div>
  )
}

const inSeconds = (ms: number) => (ms < 99.5 ? `${count(ms)} ms` : seconds(ms).replace(/ s$/, ' seconds'))

function drafted({ drafted: all, accepted }: TurnStats): string {
  const guessed = sumOf(all)
  if (all === undefined) return '–'
  const kept = sumOf(accepted)
  return guessed === 0 ? 'None' : `${count(kept)} of ${count(guessed)}, ${Math.round((kept * 100) / guessed)}%`
}

/** How the seconds split into waiting, thinking and writing. The words below say the same. */
function Split({ stats }: { readonly stats: TurnStats }) {
  const thinkingMs = stats.thoughtMs ?? 0
  const writingMs = Math.max(0, stats.totalMs - stats.firstTokenMs - thinkingMs)
  const parts = [
    { name: 'First token', ms: stats.firstTokenMs, colour: 'bg-ink-3' },
    ...(thinkingMs > 0 ? [{ name: 'Thinking', ms: thinkingMs, colour: 'bg-src-model' }] : []),
    { name: 'Writing', ms: writingMs, colour: 'bg-ember' },
  ]
  return (
    <div className="mt-3.5">
      <div aria-hidden="true" className="flex h-2 gap-0.5 *:rounded-[1px] *:first:rounded-l-1 *:last:rounded-r-1">
        {parts.map(({ name, ms, colour }) => (
          <i key={name} className={colour} style={{ flexGrow: ms, minWidth: 3 }} />
        ))}
      </div>
      <p className="mt-1.5 flex justify-between text-2xs text-ink-3 tabular-nums">
        {parts.map(({ name, ms }) => (
          <span key={name}>{`${name} ${seconds(ms)}`}</span>
        ))}
      </p>
    </div>
  )
}

function Sources({ message, stats }: { readonly message: Message; readonly stats: TurnStats }) {
  const marks = useApp((state) => state.marks[message.id] ?? null)
  const shares = sharesOf(stats)
  const atATime = tokensAtATime(stats)
  if (shares.length === 0 && atATime === null) return null
  return (
    <div className={rule}>
      {atATime !== null && (
        <p className="flex items-baseline justify-between gap-3 text-xs">
          <b className="font-strong tabular-nums">{`${atATime.toFixed(1)} tokens at a time`}</b>
          <span className="text-ink-2 tabular-nums">{`${plural(stats.passes ?? 0, 'pass', 'passes')}`}</span>
        </p>
      )}
      {marks !== null && marks.sources.length > 0 && <RhythmStrip marks={marks} />}
      <dl className="mt-2 text-xs leading-6">
        {shares.map(({ source, tokens, percent }) => (
          <div key={source} className="flex items-center gap-2">
            <dt className="flex min-w-0 flex-1 items-center gap-2 text-ink-2">
              <i aria-hidden="true" className={clsx('size-2 flex-none rounded-[2px]', sourceColours[source])} />
              {sourceWords[source]}
            </dt>
            <dd className="tabular-nums">
              {count(tokens)} <span className="text-ink-3">{percent}%</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function Deeds({ message, stats }: { readonly message: Message; readonly stats: TurnStats }) {
  const tint = useApp((state) => state.tint)
  const setTint = useApp((state) => state.setTint)
  const readMarks = useApp((state) => state.readMarks)
  const known = useApp((state) => state.marks[message.id] ?? null)
  const announce = useApp((state) => state.announce)
  const button =
    'quick inline-flex h-7 items-center gap-1.5 rounded-2 px-2 text-xs text-ink-2 hover:bg-hover hover:text-ink aria-pressed:bg-selected aria-pressed:text-ink disabled:text-ink-off'
  const json = () => JSON.stringify({ id: message.id, model: message.model, stats, context: message.context }, null, 2)
  return (
    <div className="-mx-2 mt-2.5 flex flex-wrap items-center gap-1">
      <button
        type="button"
        aria-pressed={tint}
        disabled={known === null}
        className={button}
        onClick={() => {
          setTint(!tint)
          readMarks(message.id)
        }}
      >
        <Icon of={Eye} size="small" />
        Tint the text
      </button>
      <button type="button" className={button} onClick={() => void copyText(json(), announce)}>
        <Icon of={Braces} size="small" />
        Copy as JSON
      </button>
    </div>
  )
}

function Row({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="text-right tabular-nums">{value}</dd>
    </>
  )
}
