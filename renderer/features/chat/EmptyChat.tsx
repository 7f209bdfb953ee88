// renderer/features/chat/EmptyChat.tsx: a chat with nothing in it yet: a greeting, chats to pick up, and, with the
// starter model, an honest word about what it is.

import { Sprout } from 'lucide-react'
import { openings } from '../../../engine/contract/starter.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'

export function greeting(hour: number): string {
  if (hour < 5 || hour >= 18) return 'Good evening.'
  return hour < 12 ? 'Good morning.' : 'Good afternoon.'
}

export function EmptyChat() {
  const conversations = useApp((state) => state.conversations)
  const openConversation = useApp((state) => state.openConversation)
  const setDraft = useApp((state) => state.setDraft)
  const starter = useApp((state) =>
    state.model.state === 'ready' && state.model.info.starter ? state.model.info.name : null,
  )
  const go = useApp((state) => state.go)
  const recent = conversations.slice(0, 3)
  return (
    <section
      aria-label="New chat"
      data-state="empty"
      className="scrolls flex min-h-0 flex-1 flex-col px-8 py-6 max-side:px-5"
    >
      <div className="mx-auto my-auto w-full max-w-measure">
        <h1 className="text-xl">{greeting(new Date().getHours())}</h1>
        <p className="mt-1 text-md text-ink-2">
          {recent.length > 0 ? 'Pick up where you were, or just start typing.' : 'Just start typing.'}
        </p>
        <ul className="mt-4 flex flex-wrap gap-2">
          {recent.length > 0
            ? recent.map(({ id, title }) => (
                <li key={id} className="min-w-0">
                  <Chip text={title} onClick={() => void openConversation(id)} />
                </li>
              ))
            : starter &&
              openings.map(({ text }) => (
                <li key={text}>
                  <Chip
                    text={text}
                    onClick={() => {
                      setDraft(text)
                      document.querySelector<HTMLElement>('[data-pane=composer] textarea')?.focus()
                    }}
                  />
                </li>
              ))}
        </ul>
        {starter && (
          <div className="mt-8 flex gap-3 border-t border-line pt-4 text-ink-2">
            <Icon of={Sprout} className="mt-0.5 text-ink-3" />
            <p className="max-w-[58ch]">
              <b className="font-medium text-ink">{starter} is a small starter model.</b> It can talk a little, recall
              what you told it, make lists and answer from a few sentences that you give it. It knows nothing of the
              world and cannot write long texts; Gemma 4 E2B can.{' '}
              <button
                type="button"
                onClick={() => go('settings')}
                className="quick rounded-1 underline decoration-line-strong underline-offset-3 hover:text-ink"
              >
                Use a larger model
              </button>
            </p>
          </div>
        )}
      </div>
    </section>
  )
}

function Chip({ text, onClick }: { readonly text: string; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="edge quick block h-7 max-w-72 truncate rounded-full px-3 text-xs text-ink-2 hover:bg-hover hover:text-ink"
    >
      {text}
    </button>
  )
}
