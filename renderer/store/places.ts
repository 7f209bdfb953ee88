// renderer/store/places.ts: the pages beside the chats, once: what each is called, its icon and its key. The sidebar, the
// keys and the palette read them here; which component a page is, the app knows.
import { ChartLine, type LucideIcon, NotebookText } from 'lucide-react'

export type Place = 'memory' | 'insights'

export interface PlaceEntry {
  readonly page: Place
  readonly name: string
  readonly icon: LucideIcon
  /** With Command; where the browser owns that, with Ctrl-Option. */
  readonly key: string
}

/** In the order of the sidebar. */
export const places: readonly PlaceEntry[] = [
  { page: 'memory', name: 'Memory', icon: NotebookText, key: '1' },
  { page: 'insights', name: 'Insights', icon: ChartLine, key: '4' },
]
