// renderer/app/theme.ts: light, dark or as the system is. Remembered in this browser too, so that the first frame of the
// next start has the right ground before the engine has answered.
import type { Settings } from '../../engine/contract/settings.ts'

const key = 'hearth.theme'

export function applyTheme(theme: Settings['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function rememberTheme(theme: Settings['theme']): void {
  applyTheme(theme)
  localStorage.setItem(key, theme)
}

export function recallTheme(): void {
  const theme = localStorage.getItem(key)
  if (theme === 'light' || theme === 'dark') applyTheme(theme)
}
