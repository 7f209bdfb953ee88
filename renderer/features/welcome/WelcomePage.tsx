// renderer/features/welcome/WelcomePage.tsx: the first screen: where words stay, and what the starter model is, honestly.
import { Check, CircleSlash, Minus } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { bytes } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { computer } from '../../ui/platform.ts'
import { Wordmark } from '../../ui/Wordmark.tsx'
import { WelcomeModel } from './WelcomeModel.tsx'

const limits = [
  { icon: Check, word: 'Can', text: 'Chat a little, and recall what you said in the same chat.' },
  { icon: Minus, word: 'So-so', text: 'Lists and short texts. Look them over before you use them.' },
  { icon: CircleSlash, word: 'Cannot', text: 'Know facts or news, write long texts, see files or the web.' },
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
              <dl className="mt-3.5 grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 border-t border-line pt-3.5">
                {limits.map(({ icon, word, text }) => (
                  <div key={word} className="contents">
                    <dt className="flex items-center gap-2 font-medium">
                      <Icon of={icon} className="text-ink-3" />
                      {word}
                    </dt>
                    <dd className="text-ink-2">{text}</dd>
                  </div>
                ))}
              </dl>
            )}
          </section>
          <p className="mt-4 max-w-[62ch] text-ink-2">
            For real work, give Hearth a larger Gemma 4 file that you have. You can do that at any time in Settings.
          </p>
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
