// renderer/features/chat/Question.tsx: the person's own words, in serif, and what can be done with them.
import { Ellipsis, FileText, Link, PencilLine, Trash2 } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import type { MessageId } from '../../../engine/contract/ids.ts'
import { useApp } from '../../store/use-app.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { bytes, clock, plural } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/Menu.tsx'
import { BranchSwitch } from './BranchSwitch.tsx'
import { copyLink } from './copy.ts'
import { PlainText } from './PlainText.tsx'
import { Slot } from './Slot.tsx'
import { useFree } from './use-free.ts'
import { useLit } from './use-lit.ts'

export function Question({ id, first }: { readonly id: MessageId; readonly first: boolean }) {
  const message = useApp((state) => state.messages[id])
  const waiting = useApp((state) => state.sending[id] !== undefined)
  const editing = useApp((state) => state.editing?.message === id)
  const away = useApp((state) => state.connection.state !== 'ready')
  const waking = useApp((state) => (state.model.state === 'loading' ? state.model.name : null))
  const lit = useLit(id)
  if (!message) return null
  return (
    <article
      aria-label={`You, ${clock(message.createdAt)}`}
      data-message={id}
      data-state={editing ? 'editing' : waiting ? 'sending' : 'sent'}
      tabIndex={-1}
      className={first ? 'group rounded-2' : 'group mt-5 rounded-2'}
    >
      {editing ? (
        <EditField message={message} />
      ) : (
        <div className="flex items-start gap-3">
          <div className="min-w-0 flex-1">
            <Attached message={message} />
            <div className="font-serif text-you whitespace-pre-wrap [overflow-wrap:anywhere]">
              <PlainText text={message.text} lit={lit} />
            </div>
          </div>
          <span className="flex flex-none items-center gap-0.5">
            {!waiting && <Deeds message={message} />}
            <BranchSwitch message={message} />
          </span>
        </div>
      )}
      {waiting && (away || waking) && (
        <p className="mt-1 text-xs text-ink-3">
          {away
            ? 'Kept here. It goes as soon as the engine answers.'
            : `Kept here. It goes as soon as ${waking} is awake.`}
        </p>
      )}
      <Slot name="notes" message={message} />
    </article>
  )
}

function Deeds({ message }: { readonly message: Message }) {
  const edit = useApp((state) => state.edit)
  const removeMessage = useApp((state) => state.removeMessage)
  const announce = useApp((state) => state.announce)
  const free = useFree()
  return (
    <span className="quick flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-[[data-popup-open]]:opacity-100">
      {free && (
        <IconButton small label="Edit" onClick={() => edit(message.id)}>
          <Icon of={PencilLine} size="small" />
        </IconButton>
      )}
      <Menu small label="Message menu" icon={Ellipsis}>
        <MenuItem icon={Link} onClick={() => void copyLink(message, announce)}>
          Copy link
        </MenuItem>
        {free && (
          <>
            <MenuLine />
            <MenuItem danger icon={Trash2} onClick={() => void removeMessage(message.id)}>
              Delete from here on
            </MenuItem>
          </>
        )}
      </Menu>
    </span>
  )
}

/** The words again, to be said otherwise. The message stays as it is, on a branch of its own. */
function EditField({ message }: { readonly message: Message }) {
  const words = useApp((state) => state.editing?.words ?? null)
  const edit = useApp((state) => state.edit)
  const askInstead = useApp((state) => state.askInstead)
  const follows = useApp((state) => state.order.length - state.order.indexOf(message.id) - 1)
  const [text, setText] = useState(words ?? message.text)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length)
  }, [])
  const leave = () => {
    edit(null)
    document.querySelector<HTMLElement>('[data-pane=composer] textarea')?.focus()
  }
  const send = () => {
    if (text.trim() === '') return
    askInstead(message.id, text.trim())
    document.querySelector<HTMLElement>('[data-pane=composer] textarea')?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') leave()
    else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) send()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <form
      aria-label="Edit your message"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="-mx-3 rounded-3 border border-line-strong bg-raised px-3 py-2.5"
    >
      <textarea
        ref={field}
        aria-label="Your message"
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="scrolls field-sizing-content max-h-[40vh] w-full resize-none bg-transparent font-serif text-you outline-none"
      />
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1 text-xs text-ink-3">
          {follows > 1
            ? `A new branch. The ${plural(follows, 'message')} below stay on this one.`
            : 'A new branch. This one stays.'}
        </span>
        <Button look="quiet" onClick={leave}>
          Cancel
        </Button>
        <Button type="submit" aria-disabled={text.trim() === ''}>
          Send
        </Button>
      </div>
    </form>
  )
}

/** The files that came with a message. */
function Attached({ message }: { readonly message: Message }) {
  if (message.attachments.length === 0) return null
  return (
    <ul aria-label="Attached" className="mb-1.5 flex flex-wrap gap-1.5">
      {message.attachments.map(({ id, name, bytes: size, pages }) => (
        <li
          key={id}
          className="edge flex h-7 max-w-full items-center gap-1.5 rounded-full px-2.5 text-xs text-ink-2 tabular-nums"
        >
          <Icon of={FileText} size="small" className="text-ink-3" />
          <span className="min-w-0 truncate text-ink">{name}</span>
          {pages === null ? bytes(size) : plural(pages, 'page')}
        </li>
      ))}
    </ul>
  )
}
