// electron/data-folder.ts: where a person's conversations live when the web shell runs. A pure function of its inputs.
import path from 'node:path'

export type DataFolderInput = {
  /** From `--data`. */
  readonly flag: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly home: string
}

/** `--data`, else HEARTH_DATA, else the platform's place for application data (XDG base directories on Linux). */
export function dataFolder({ flag, environment, platform, home }: DataFolderInput): string {
  const chosen = flag ?? environment.HEARTH_DATA
  if (chosen !== undefined && chosen !== '') return path.resolve(chosen)
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Hearth')
  if (platform === 'win32') return path.join(environment.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'Hearth')
  const xdg = environment.XDG_DATA_HOME
  // The XDG specification says that a relative path is to be ignored.
  const base = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'share')
  return path.join(base, 'hearth')
}
