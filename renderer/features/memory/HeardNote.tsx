// renderer/features/memory/HeardNote.tsx: under the person's own message, what it did to memory, and taking it back. The
// chat mounts it below a question, `<HeardNote message />`; it draws nothing where nothing was heard.
import { Bookmark } from 'lucide-react'
import { useEffect } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { Icon } from '../../ui/Icon.tsx'
import type { Heard } from './memory-fold.ts'
import { short } from './words.ts'

const none: readonly Heard[] = []

const did: Readonly<Record<Heard['did'], string>> = {
  remembered: 'Will remember',
  confirmed: 'Knew that, and is surer now',
  corrected: 'Corrected',
  forgetting: 'Will forget in a minute',
  nothing: 'Nothing like that is known, so there is nothing to forget.',
}

export function HeardNote({ message }: { readonly message: Message }) {
  const heard = useApp((state) => state.memory.heard[message.id] ?? none)
  const version = useApp((state) => state.memory.version)
  const readUsed = useApp((state) => state.memoryActions.readUsed)
  const { conversation } = message
  // What was heard before this window was opened is asked for, with the chips of the conversation.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the reason to ask again
  useEffect(() => {
    void readUsed(conversation)
  }, [conversation, readUsed, version])
  return heard.map((one) => <Note key={one.act} heard={one} />)
}

function Note({ heard }: { readonly heard: Heard }) {
  const { open, undoHeard } = useApp((state) => state.memoryActions)
  const button = 'quick rounded-1 underline decoration-line-strong underline-offset-3 hover:text-ink'
  return (
    <div
      data-state="heard"
      data-did={heard.did}
      className="mt-1 flex flex-wrap items-baseline gap-x-1.5 font-sans text-xs text-ink-2"
    >
      <Icon of={Bookmark} size="tiny" className="self-center text-ink-3" />
      <span>
        {did[heard.did]}
        {heard.memories.length > 0 && ': '}
      </span>
      {heard.memories.map(({ memory, text }) => (
        <button key={memory} type="button" className={button} onClick={() => open(memory)}>
          {short(text, 80)}
        </button>
      ))}
      {heard.did !== 'nothing' && ' '}
      {heard.did !== 'nothing' && (
        <button type="button" className={`${button} text-ink-3`} onClick={() => void undoHeard(heard)}>
          Undo
        </button>
      )}
    </div>
  )
}
