// renderer/features/chat/files-slice.ts: files that are about to be sent with a message: read here, in the page, so that a
// file that means harm is taken apart in a sandbox. They wait beside the draft of their chat, in this window only.
import type { StateCreator } from 'zustand'
import { type AttachmentId, type NewAttachment, newAttachmentId } from '../../../engine/contract/attachment.ts'
import type { AppState } from '../../store/store.ts'
import { draftKey } from './chat-slice.ts'
import { readFile } from './read-file.ts'

export interface PendingFile {
  readonly id: AttachmentId
  readonly name: string
  readonly bytes: number
  readonly state: 'reading' | 'ready' | 'refused'
  /** What is sent; null until it is ready. */
  readonly file: NewAttachment | null
  /** Why it cannot be sent. */
  readonly reason: string | null
}

export interface FilesSlice {
  /** By draft. */
  readonly files: Readonly<Record<string, readonly PendingFile[]>>
  readonly attach: (files: readonly File[]) => void
  readonly detach: (id: AttachmentId) => void
  /** Takes what is ready out of the draft, to be sent. */
  readonly takeFiles: () => readonly NewAttachment[]
  readonly putFilesBack: (files: readonly NewAttachment[]) => void
}

/** As many as one message may have. */
export const mostFiles = 20

export const createFilesSlice: StateCreator<AppState, [], [], FilesSlice> = (set, get) => {
  const put = (key: string, change: (files: readonly PendingFile[]) => readonly PendingFile[]) =>
    set((state) => ({ files: { ...state.files, [key]: change(state.files[key] ?? []) } }))
  const of = () => get().files[draftKey(get())] ?? []

  return {
    files: {},
    attach: (files) => {
      const key = draftKey(get())
      for (const file of files) {
        if ((get().files[key] ?? []).length >= mostFiles) {
          get().announce(`A message can have ${mostFiles} files`)
          return
        }
        const id = newAttachmentId()
        const { name, size } = file
        put(key, (all) => [...all, { id, name, bytes: size, state: 'reading', file: null, reason: null }])
        const settle = (change: Partial<PendingFile>) =>
          put(key, (all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)))
        readFile(file).then(
          (read) => {
            settle({ state: 'ready', file: { ...read, id } })
            get().announce(`${name} is attached`)
          },
          (error: unknown) => {
            const reason = error instanceof Error ? error.message : 'This file cannot be read.'
            settle({ state: 'refused', reason })
            get().announce(`${name}: ${reason}`)
          },
        )
      }
    },
    detach: (id) => put(draftKey(get()), (all) => all.filter((one) => one.id !== id)),
    takeFiles: () => {
      const ready = of().flatMap(({ file }) => file ?? [])
      put(draftKey(get()), () => [])
      return ready
    },
    putFilesBack: (files) => {
      if (files.length === 0) return
      put(draftKey(get()), (all) => [
        ...files.map(
          (file): PendingFile => ({
            id: file.id,
            name: file.name,
            bytes: file.bytes,
            state: 'ready',
            file,
            reason: null,
          }),
        ),
        ...all,
      ])
    },
  }
}
