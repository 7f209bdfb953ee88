// renderer/features/chat/UnderRow.tsx: below a finished reply: what it used, copy, thumbs, try again, the receipt. Shown
// always under the last one, on hover or focus under the others.
import clsx from 'clsx'
import { AlignLeft, Check, Copy, Ellipsis, Link, RefreshCw, ThumbsDown, ThumbsUp, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { IconButton } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/Menu.tsx'
import { BranchSwitch } from './BranchSwitch.tsx'
import { copyLink, copyText, readWords } from './copy.ts'
import { Receipt } from './Receipt.tsx'
import { Slot } from './Slot.tsx'
import { useFree } from './use-free.ts'

export function UnderRow({ message, last }: { readonly message: Message; readonly last: boolean }) {
  const tryAgain = useApp((state) => state.tryAgain)
  const free = useFree()
  const shown = last || message.siblings.length > 1
  const hasWords = message.text !== ''
  return (
    <div
      data-under=""
      className={clsx(
        'mt-2 flex min-h-7 flex-wrap items-center gap-1.5',
        !shown &&
          'quick opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-[[data-popup-open]]:opacity-100',
      )}
    >
      <BranchSwitch message={message} />
      <Slot name="chips" message={message} />
      <span className="flex-1" />
      {hasWords && <CopyButton message={message} />}
      {hasWords && <Thumbs message={message} />}
      {free && (message.status === 'done' || !last) && (
        <IconButton small label="Try again" onClick={() => void tryAgain(message.id)}>
          <Icon of={RefreshCw} size="small" />
        </IconButton>
      )}
      <More message={message} free={free} />
      {message.stats && <Receipt message={message} stats={message.stats} />}
    </div>
  )
}

function CopyButton({ message }: { readonly message: Message }) {
  const announce = useApp((state) => state.announce)
  const tellCopied = useApp((state) => state.tellCopied)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    if (!(await copyText(message.text, announce))) return
    setCopied(true)
    tellCopied(message.id)
  }
  return (
    <IconButton small label={copied ? 'Copied' : 'Copy'} onClick={() => void copy()}>
      <Icon of={copied ? Check : Copy} size="small" />
    </IconButton>
  )
}

function Thumbs({ message }: { readonly message: Message }) {
  const thumb = useApp((state) => state.thumbs[message.id] ?? null)
  const giveThumb = useApp((state) => state.giveThumb)
  const button = (which: 'up' | 'down', label: string) => (
    <IconButton
      small
      label={label}
      aria-pressed={thumb === which}
      className={thumb === which ? 'bg-selected text-ink [&_svg]:fill-current' : undefined}
      onClick={() => giveThumb(message.id, thumb === which ? null : which)}
    >
      <Icon of={which === 'up' ? ThumbsUp : ThumbsDown} size="small" />
    </IconButton>
  )
  return (
    <>
      {button('up', 'Good reply')}
      {button('down', 'Bad reply')}
    </>
  )
}

function More({ message, free }: { readonly message: Message; readonly free: boolean }) {
  const announce = useApp((state) => state.announce)
  const removeMessage = useApp((state) => state.removeMessage)
  const tellCopied = useApp((state) => state.tellCopied)
  const copyWords = async () => {
    if (await copyText(readWords(message.id) || message.text, announce)) tellCopied(message.id)
  }
  return (
    <Menu small label="Reply menu" icon={Ellipsis}>
      {message.text !== '' && (
        <>
          <MenuItem icon={Copy} onClick={() => void copyText(message.text, announce)}>
            Copy as Markdown
          </MenuItem>
          <MenuItem icon={AlignLeft} onClick={() => void copyWords()}>
            Copy as plain text
          </MenuItem>
        </>
      )}
      <MenuItem icon={Link} onClick={() => void copyLink(message, announce)}>
        Copy link
      </MenuItem>
      {free && (
        <>
          <MenuLine />
          <MenuItem danger icon={Trash2} onClick={() => void removeMessage(message.id)}>
            Delete this reply
          </MenuItem>
        </>
      )}
    </Menu>
  )
}
