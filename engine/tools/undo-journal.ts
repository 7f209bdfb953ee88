// engine/tools/undo-journal.ts: what was there before a step changed it, kept for 30 days so that it can be put back.
// A step's entries are written before the change is made: a process that ends in between has lost nothing.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type StepId, stepId } from '../contract/tools.ts'
import { ToolError } from './tool.ts'

/** How to take one change back. `after`: the hash of what must be there now, null for nothing. */
export const undoEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    /** Name of the kept bytes in the step's folder; null: there was no file. */
    kept: z.string().nullable(),
    after: z.string().nullable(),
  }),
  z.object({ kind: z.literal('note'), id: z.string() }),
  z.object({ kind: z.literal('reminder'), id: z.string() }),
  z.object({ kind: z.literal('memory'), id: z.string() }),
])
export type UndoEntry = z.infer<typeof undoEntry>

export type UndoJournal = {
  /** `bytes`: what is there now and will be changed; null for no file. */
  keepFile(step: StepId, path: string, bytes: Uint8Array | null, after: string | null): void
  keepRow(step: StepId, entry: Exclude<UndoEntry, { kind: 'file' }>): void
  /** Newest first. */
  entries(step: StepId): readonly UndoEntry[]
  bytes(step: StepId, kept: string): Promise<Buffer>
  forget(step: StepId): void
  /** Removes what is older than `before` (unix milliseconds). */
  tidy(before: number): void
}

export const undoDays = 30
const list = z.array(undoEntry)

export function openUndoJournal(folder: string): UndoJournal {
  const folderOf = (step: StepId) => join(folder, stepId.parse(step))
  const read = (step: StepId): UndoEntry[] => {
    try {
      return list.parse(JSON.parse(readFileSync(join(folderOf(step), 'entries.json'), 'utf8')))
    } catch {
      return []
    }
  }
  const add = (step: StepId, entry: UndoEntry) => {
    mkdirSync(folderOf(step), { recursive: true, mode: 0o700 })
    writeFileSync(join(folderOf(step), 'entries.json'), JSON.stringify([entry, ...read(step)]), {
      mode: 0o600,
      flush: true,
    })
  }
  return {
    keepFile: (step, path, bytes, after) => {
      const kept = bytes === null ? null : `${read(step).length}.bytes`
      mkdirSync(folderOf(step), { recursive: true, mode: 0o700 })
      if (bytes !== null && kept !== null)
        writeFileSync(join(folderOf(step), kept), bytes, { mode: 0o600, flush: true })
      add(step, { kind: 'file', path, kept, after })
    },
    keepRow: add,
    entries: read,
    bytes: async (step, kept) => {
      if (!/^\d+\.bytes$/.test(kept)) throw new ToolError('What was there before was not kept.')
      return readFile(join(folderOf(step), kept)).catch(() => {
        throw new ToolError('What was there before is not kept any more.')
      })
    },
    forget: (step) => rmSync(folderOf(step), { recursive: true, force: true }),
    tidy: (before) => {
      let names: string[] = []
      try {
        names = readdirSync(folder)
      } catch {
        return // nothing was ever kept
      }
      for (const name of names) {
        const path = join(folder, name)
        if (stepId.safeParse(name).success && statSync(path).mtimeMs < before)
          rmSync(path, { recursive: true, force: true })
      }
    },
  }
}
