// renderer/features/chat/DigestCard.tsx: the summary that stands for the messages above it, where it begins to count. It can
// be edited and taken away; the messages stay.
import { FoldVertical, PencilLine, Trash2 } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Dot } from '../../ui/Dot.tsx'
import { plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { useFree } from './use-free.ts'

export function DigestCard() {
  const digest = useApp((state) => state.digest)
  const messages = useApp((state) => (state.digest ? state.order.indexOf(state.digest.upto) + 1 : 0))
  const removeDigest = useApp((state) => state.removeDigest)
  const free = useFree()
  const [editing, setEditing] = useState(false)
  if (digest === null) return null
  return (
    <section
      aria-label="Summary"
      data-state={digest.writing ? 'writing' : 'written'}
      className="my-5 rounded-3 bg-sunken px-4 py-3"
    >
      <div className="flex min-h-7 items-center gap-2 text-xs text-ink-2">
        {digest.writing ? <Dot lit breathing /> : <Icon of={FoldVertical} size="small" />}
        <h2 className="min-w-0 flex-1 text-xs font-medium tracking-normal">
          {digest.writing
            ? 'Summarising the oldest messages'
            : `Summary of the first ${plural(messages, 'message')}${digest.by === 'person' ? ', edited by you' : ''}`}
        </h2>
        {!digest.writing && !editing && free && (
          <>
            <IconButton small label="Edit the summary" className="text-ink-2" onClick={() => setEditing(true)}>
              <Icon of={PencilLine} size="small" />
            </IconButton>
            <IconButton small label="Remove the summary" className="text-ink-2" onClick={() => void removeDigest()}>
              <Icon of={Trash2} size="small" />
            </IconButton>
          </>
        )}
      </div>
      {editing ? (
        <DigestField text={digest.text} onDone={() => setEditing(false)} />
      ) : (
        <p className="text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">{digest.text}</p>
      )}
      {!digest.writing && (
        <p className="mt-1 text-xs text-ink-2">The model reads this instead. The messages above stay as they are.</p>
      )}
    </section>
  )
}

function DigestField({ text, onDone }: { readonly text: string; readonly onDone: () => void }) {
  const editDigest = useApp((state) => state.editDigest)
  const [words, setWords] = useState(text)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])
  const save = () => {
    if (words.trim() !== '' && words.trim() !== text) void editDigest(words.trim())
    onDone()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
    event.preventDefault()
    event.stopPropagation()
    onDone()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <textarea
        ref={field}
        aria-label="Summary"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={onKeyDown}
        className="scrolls field-sizing-content max-h-[40vh] w-full resize-none rounded-2 border border-line-field bg-raised px-2.5 py-2 font-serif text-you"
      />
      <div className="mt-2 flex justify-end gap-2">
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit">Save</Button>
      </div>
    </form>
  )
}
