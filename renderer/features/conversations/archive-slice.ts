// renderer/features/conversations/archive-slice.ts: chats out of Hearth as files, and back.
import type { StateCreator } from 'zustand'
import { toFailure } from '../../../engine/contract/failure.ts'
import type { ConversationId } from '../../../engine/contract/ids.ts'
import type { ExportFormat } from '../../../engine/contract/thread.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'
import { plural } from '../../ui/format.ts'

export interface ArchiveSlice {
  /** How the last import went, for the settings page. */
  readonly imported: { readonly text: string; readonly failed: boolean } | null
  /** One chat, or with null all of them. */
  readonly exportChats: (conversation: ConversationId | null, format: ExportFormat) => Promise<void>
  readonly importChats: (file: File) => Promise<void>
}

export const createArchiveSlice =
  (client: Client): StateCreator<AppState, [], [], ArchiveSlice> =>
  (set, get) => ({
    imported: null,
    exportChats: async (conversation, format) => {
      try {
        const { name, type, text } = await client.call('archive.export', { conversation, format })
        saveFile(name, type, text)
        get().announce(`${name} is being saved`)
      } catch (error) {
        get().refuse(error)
      }
    },
    importChats: async (file) => {
      set({ imported: null })
      try {
        const { added, known } = await client.call('archive.import', { text: await file.text() })
        const there = known === 0 ? '' : ` ${plural(known, 'chat was', 'chats were')} here already.`
        const text =
          added.length === 0 && known === 0
            ? 'The file holds no chats.'
            : `${plural(added.length, 'chat')} added.${there}`
        set({ imported: { text, failed: false } })
        get().announce(text)
      } catch (error) {
        const { message, remedy } = toFailure(error)
        set({ imported: { text: [message, remedy].filter(Boolean).join(' '), failed: true } })
      }
    },
  })

/** Hands a text to the browser as a download, which asks where to or puts it into the folder that the person chose. */
function saveFile(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
