// renderer/features/welcome/WelcomePage.tsx: the first screen: where words stay, and what the starter model is, honestly.
import clsx from 'clsx'
import { Check, CircleSlash, Download, File, FolderOpen, type LucideIcon, Minus } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { bytes } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { computer } from '../../ui/platform.ts'
import { Wordmark } from '../../ui/Wordmark.tsx'
import { WelcomeModel } from './WelcomeModel.tsx'

const limits = [
  { icon: Check, word: 'Can', text: 'Talk a little, recall what you told it, make a list of what you name.' },
  { icon: Minus, word: 'So-so', text: 'Answer from a few sentences that you give it. Look its answers over.' },
  {
    icon: CircleSlash,
    word: 'Cannot',
    text: 'Know facts or news, write long texts, speak another language than English.',
  },
] as const

/** Where a larger model comes from. Hearth itself fetches none: whoever wants one brings it. */
const ways = [
  { icon: File, word: 'A file', text: 'Any Gemma 4 file in GGUF format that you have, wherever it lies.' },
  {
    icon: FolderOpen,
    word: 'Another app',
    text: 'LM Studio, Jan and llama.cpp keep such files. Hearth uses them there.',
  },
  {
    icon: Download,
    word: 'A download',
    text: 'Gemma 4 E2B is 3.3 GB. Fetch it with your browser; Hearth does not.',
  },
] as const

export function WelcomePage() {
  const model = useApp((state) => state.model)
  const updateSettings = useApp((state) => state.updateSettings)
  const go = useApp((state) => state.go)
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  const leave = (page: 'chat' | 'settings') => {
    go(page)
    void updateSettings({ welcomed: true })
  }
  const starter = model.state === 'ready' && model.info.starter
  const name =
    model.state === 'ready' || model.state === 'resting'
      ? model.info.name
      : model.state === 'none'
        ? 'No model yet'
        : model.name
  return (
    <div
      data-state="welcome"
      className="grid h-full grid-cols-[27rem_minmax(0,1fr)] max-wide:grid-cols-[20rem_minmax(0,1fr)] max-side:overflow-y-auto max-side:grid-cols-1 max-side:content-start"
    >
      <header className="flex flex-col border-line bg-canvas px-12 py-10 max-wide:px-8 max-side:border-b max-side:py-6 side:border-r">
        <Wordmark className="h-8.5 self-start" />
        <div className="my-auto py-8 max-side:pt-5 max-side:pb-0">
          <h1 ref={title} tabIndex={-1} className="text-2xl tracking-[-0.02em] outline-none">
            What you say here stays here.
          </h1>
          <p className="mt-4 max-w-[34ch] text-md text-ink-2">
            Hearth thinks on this {computer}. It needs no account and no internet.
          </p>
        </div>
      </header>
      <main className="scrolls flex px-12 py-10 max-wide:px-8 max-side:py-6">
        <div className="m-auto w-full max-w-measure">
          <h2 className="text-xl">
            {starter || model.state === 'loading' ? 'A small model to start with' : 'The model'}
          </h2>
          <p className="mt-1 text-md text-ink-2">
            {starter ? 'It comes with Hearth: nothing to download, ready at once.' : 'It does the thinking.'}
          </p>
          <section aria-label={name} className="edge-lift mt-5 rounded-4 bg-raised px-5 py-4.5">
            <div className="flex flex-wrap items-center gap-2">
              <h3 className="text-lg">{name}</h3>
              {starter && (
                <span className="rounded-1 bg-sunken px-1.75 text-xs leading-5 text-ink-2">Starter model</span>
              )}
              {model.state === 'ready' && (
                <span className="ml-auto text-ink-2 tabular-nums">{bytes(model.info.fileBytes)}</span>
              )}
            </div>
            <WelcomeModel />
            {(starter || model.state === 'loading') && (
              <Terms of={limits} className="mt-3.5 border-t border-line pt-3.5" />
            )}
          </section>
          <section aria-labelledby="larger" className="mt-6">
            <h3 id="larger" className="text-md font-medium">
              For real work: a larger Gemma 4
            </h3>
            <p className="mt-1 text-ink-2">
              Gemma 4 E2B is the smallest of them. Choose a file now, or at any time in Settings.
            </p>
            <Terms of={ways} className="mt-3 px-5" />
          </section>
          <div className="mt-6 flex flex-wrap items-center gap-2">
            <Button look="primary" size="large" onClick={() => leave('chat')}>
              Start chatting
            </Button>
            <Button look="quiet" size="large" onClick={() => leave('settings')}>
              Use a file
            </Button>
          </div>
        </div>
      </main>
    </div>
  )
}

type Term = { readonly icon: LucideIcon; readonly word: string; readonly text: string }

function Terms({ of, className }: { readonly of: readonly Term[]; readonly className: string }) {
  return (
    <dl className={clsx('grid grid-cols-[auto_1fr] gap-x-4 gap-y-2', className)}>
      {of.map(({ icon, word, text }) => (
        <div key={word} className="contents">
          <dt className="flex items-center gap-2 self-start font-medium">
            <Icon of={icon} className="text-ink-3" />
            {word}
          </dt>
          <dd className="text-ink-2">{text}</dd>
        </div>
      ))}
    </dl>
  )
}
