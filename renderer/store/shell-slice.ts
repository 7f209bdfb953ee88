// renderer/store/shell-slice.ts: where the person is in the window, and what is said to a screen reader.
// No product data: everything here is gone with the window.
import type { StateCreator } from 'zustand'
import type { Place } from './places.ts'
import type { SettingsPageName } from './settings-index.ts'
import type { AppState } from './store.ts'

export type Page = 'chat' | 'settings' | Place
export type Overlay = 'palette' | 'keys'

export interface ShellSlice {
  readonly page: Page
  readonly settingsPage: SettingsPageName
  readonly overlay: Overlay | null
  /** Wide windows: is the column folded away. */
  readonly sidebarFolded: boolean
  /** Narrow windows: does the sidebar lie over the content. */
  readonly sidebarOver: boolean
  /** The last words for the polite live region; `turn` makes the same words count as new. */
  readonly said: { readonly text: string; readonly turn: number }
  readonly go: (page: Page) => void
  readonly goSettings: (page: SettingsPageName) => void
  readonly show: (overlay: Overlay | null) => void
  readonly toggleSidebar: (narrow: boolean) => void
  readonly hideSidebarOver: () => void
  readonly announce: (text: string) => void
}

export const createShellSlice: StateCreator<AppState, [], [], ShellSlice> = (set) => ({
  page: 'chat',
  settingsPage: 'general',
  overlay: null,
  sidebarFolded: false,
  sidebarOver: false,
  said: { text: '', turn: 0 },
  go: (page) => set({ page, overlay: null, sidebarOver: false }),
  goSettings: (settingsPage) => set({ page: 'settings', settingsPage, overlay: null, sidebarOver: false }),
  show: (overlay) => set({ overlay }),
  toggleSidebar: (narrow) =>
    set((state) => (narrow ? { sidebarOver: !state.sidebarOver } : { sidebarFolded: !state.sidebarFolded })),
  hideSidebarOver: () => set({ sidebarOver: false }),
  announce: (text) => set((state) => ({ said: { text, turn: state.said.turn + 1 } })),
})
