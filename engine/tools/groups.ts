// engine/tools/groups.ts: the built-in tools as the Tools page lists them.
import type { GroupId } from '../contract/tools.ts'
import { command } from './built-in/command.ts'
import { files } from './built-in/files.ts'
import { notes } from './built-in/notes.ts'
import { sums } from './built-in/sums.ts'
import { webPage } from './built-in/web-page.ts'
import type { Tool } from './tool.ts'

export type Group = {
  readonly id: GroupId
  readonly title: string
  readonly description: string
  /** Until the person chooses. */
  readonly enabled: boolean
}

export const groups: readonly Group[] = [
  {
    id: 'files',
    title: 'Files',
    description: 'Reads and changes files in the folders you choose. Every change is tried on a copy first.',
    enabled: true,
  },
  {
    id: 'sums',
    title: 'Sums, dates and time',
    description: 'Works out sums exactly, reads the clock, counts days. Touches nothing.',
    enabled: true,
  },
  { id: 'notes', title: 'Notes', description: 'Keeps notes for you, and finds them again.', enabled: true },
  { id: 'reminders', title: 'Reminders and timers', description: 'Reminds you when the time has come.', enabled: true },
  {
    id: 'memory',
    title: 'Memory',
    description: 'Remembers what you say about yourself. You see and change it under Memory.',
    enabled: true,
  },
  {
    id: 'web',
    title: 'Web page',
    description: 'Fetches one page when you allow its site. Sends the address, and no words from the chat.',
    enabled: false,
  },
  {
    id: 'command',
    title: 'Commands',
    description: 'Runs a command in a folder you granted: on a copy first, without a network.',
    enabled: false,
  },
]

/** In the order in which they are declared to a model: the same in every prompt, or nothing of it could be reused. */
export const builtInTools: readonly Tool[] = [...sums, ...notes, ...files, ...webPage, ...command]
