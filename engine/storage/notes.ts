// engine/storage/notes.ts: what the person asked to be noted, and reminders and timers with their times.
import { z } from 'zod'
import { type Note, origin, type Reminder } from '../contract/tools.ts'
import type { WritableDatabase } from './database.ts'
import { toMatch } from './search.ts'

export type Notes = {
  add(note: Note): void
  /** All words of `query` occur, each maybe as a beginning; the best first. Every note, newest first, for no words. */
  find(query: string, limit: number): Note[]
  remove(id: string): boolean
}

export type Reminders = {
  add(reminder: Reminder): void
  /** Those with a time first, the soonest first. */
  all(): Reminder[]
  markShown(id: string, at: number): void
  remove(id: string): boolean
}

type NoteRow = { readonly id: string; readonly text: string; readonly createdAt: number; readonly origins: string }

export function createNotes(db: WritableDatabase): Notes {
  const insert = db.prepare<[string, string, number, string]>(
    'INSERT INTO notes (id, text, created_at, origins) VALUES (?, ?, ?, ?)',
  )
  const columns = 'n.id, n.text, n.created_at AS createdAt, n.origins'
  const all = db.prepare<[number], NoteRow>(`SELECT ${columns} FROM notes n ORDER BY n.seq DESC LIMIT ?`)
  const matching = db.prepare<[string, number], NoteRow>(`
    SELECT ${columns} FROM notes_fts f JOIN notes n ON n.seq = f.rowid
    WHERE notes_fts MATCH ? ORDER BY f.rank, n.seq DESC LIMIT ?`)
  const remove = db.prepare<[string]>('DELETE FROM notes WHERE id = ?')
  return {
    add: ({ id, text, createdAt, origins }) => void insert.run(id, text, createdAt, JSON.stringify(origins)),
    find: (query, limit) => {
      const wanted = toMatch(query)
      if (wanted === null && query.trim() !== '') return []
      const rows = wanted === null ? all.all(limit) : matching.all(wanted, limit)
      return rows.map((row) => ({ ...row, origins: z.array(origin).catch([]).parse(JSON.parse(row.origins)) }))
    },
    remove: (id) => remove.run(id).changes > 0,
  }
}

export function createReminders(db: WritableDatabase): Reminders {
  const insert = db.prepare(`
    INSERT INTO reminders (id, kind, text, said, due_at, created_at, shown_at)
    VALUES (@id, @kind, @text, @when, @dueAt, @createdAt, @shownAt)`)
  const all = db.prepare<[], Reminder>(`
    SELECT id, kind, text, said AS "when", due_at AS dueAt, created_at AS createdAt, shown_at AS shownAt
    FROM reminders ORDER BY due_at IS NULL, due_at, id`)
  const shown = db.prepare<[number, string]>('UPDATE reminders SET shown_at = ? WHERE id = ?')
  const remove = db.prepare<[string]>('DELETE FROM reminders WHERE id = ?')
  return {
    add: (reminder) => void insert.run(reminder),
    all: () => all.all(),
    markShown: (id, at) => void shown.run(at, id),
    remove: (id) => remove.run(id).changes > 0,
  }
}
