// renderer/features/chat/markdown/Link.tsx: addresses that a model wrote. A link is a button that asks first, so that no
// click, middle click or preview opens it unasked; a picture is named and never fetched.
import { ImageOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { readLink } from '../../../store/links.ts'
import { useApp } from '../../../store/use-app.ts'
import { Icon } from '../../../ui/Icon.tsx'

interface LinkProps {
  readonly href?: string | undefined
  readonly children?: ReactNode
}

export function Link({ href, children }: LinkProps) {
  const askToOpen = useApp((state) => state.askToOpen)
  const jumpTo = useApp((state) => state.jumpTo)
  if (!href || href.startsWith('#fn') || href.startsWith('#user-content')) return <span>{children}</span>
  const inside = readLink(href)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a real link could be opened without being asked about
    <button
      type="button"
      role="link"
      title={href}
      onClick={() => (inside ? void jumpTo(inside.conversation, inside.message, []) : askToOpen(href))}
      className="quick inline rounded-1 text-left underline decoration-line-strong underline-offset-3 hover:decoration-ink"
    >
      {children}
    </button>
  )
}

interface PictureProps {
  readonly src?: string | Blob | undefined
  readonly alt?: string | undefined
}

export function Picture({ src, alt }: PictureProps) {
  const address = typeof src === 'string' ? src : ''
  return (
    <span className="edge inline-flex max-w-full items-center gap-1.5 rounded-2 px-2 py-0.5 align-middle text-xs text-ink-2">
      <Icon of={ImageOff} size="small" className="text-ink-3" />
      <span className="min-w-0 truncate">
        {alt === undefined || alt === '' ? 'A picture' : `Picture: ${alt}`}, not loaded
        {hostOf(address) !== '' && ` from ${hostOf(address)}`}
      </span>
    </span>
  )
}

function hostOf(address: string): string {
  try {
    return new URL(address).host
  } catch {
    return ''
  }
}
