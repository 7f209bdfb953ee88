// electron/main/menu.ts: the native menu. Only roles, so that every entry does what the platform expects.
import type { MenuItemConstructorOptions } from 'electron'

/** `developing`: adds reload and the developer tools, which a packaged app does not show. */
export function menuTemplate(platform: string, developing: boolean): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const tools: MenuItemConstructorOptions[] = [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }]
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    { label: 'File', submenu: [{ role: 'close' }, ...(mac ? [] : [{ role: 'quit' } as const])] },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(developing ? tools : []),
      ],
    },
    { role: 'windowMenu' },
  ]
}
