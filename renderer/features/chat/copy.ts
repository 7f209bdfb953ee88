// renderer/features/chat/copy.ts: what is copied of a message: its Markdown, its words as they are read, or a link to it.
import type { Message } from '../../../engine/contract/conversation.ts'

type Announce = (text: string) => void

/** Says whether it worked: a page without the focus may not write to the clipboard. */
export async function copyText(text: string, announce: Announce, done = 'Copied'): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    announce(done)
    return true
  } catch {
    announce('Not copied')
    return false
  }
}

/**
 * The address of a message. In our own window one that only Hearth knows; in a browser that of this page. Both are
 * understood by the search field and by the address line.
 */
export function linkTo({ conversation, id }: Pick<Message, 'conversation' | 'id'>): string {
  const place = `c/${conversation}/m/${id}`
  return 'bridge' in window ? `hearth://${place}` : `${location.origin}${location.pathname}#/${place}`
}

export const copyLink = (message: Pick<Message, 'conversation' | 'id'>, announce: Announce) =>
  copyText(linkTo(message), announce, 'Link copied')

/** The words of a reply as they stand on the screen, without its marks. */
export function readWords(id: string): string {
  const words = document.querySelector<HTMLElement>(`[data-message="${id}"] [data-words]`)
  return words?.innerText.trim() ?? ''
}
