// engine/storage/insights.ts: what the insights page counts: what replies cost, what was learned, and what is stored.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type TurnStats, turnStats } from '../contract/conversation.ts'
import type { Insights } from '../contract/learning.ts'
import type { ReadableDatabase } from './database.ts'
import { memoryColumns, type StoredMemory } from './memories.ts'

export type InsightQueries = {
  /** Replies that were measured, oldest first. */
  replies(since: number, until: number): { readonly at: number; readonly stats: TurnStats }[]
  /** Memories that were learned or changed, newest first. */
  learned(since: number, until: number, limit: number): StoredMemory[]
  storage(): Insights['storage'][number][]
}

type What = Insights['storage'][number]['what']

/** Whose pages are whose, by the name of a table or index. What is in none of these is `other`. */
const owners: readonly (readonly [RegExp, What])[] = [
  [/_fts(?:_|$)/, 'search'],
  [
    /^(?:messages|conversations|attachments?|digests?|chunks?)|^sqlite_autoindex_(?:messages|conversations)/,
    'messages',
  ],
  [/memor|^forget_/, 'memory'],
  [/^(?:traces|spans)|_(?:traces|spans)_/, 'traces'],
  [/feedback|choice/, 'learning'],
]

export function createInsightQueries(db: ReadableDatabase, folder: string): InsightQueries {
  const replies = db.prepare<[number, number], { at: number; stats: string }>(`
    SELECT created_at AS at, stats FROM messages
    WHERE role = 'assistant' AND stats IS NOT NULL AND created_at >= ? AND created_at < ? ORDER BY created_at, seq`)
  const learned = db.prepare<[number, number, number], StoredMemory>(`
    SELECT ${memoryColumns} FROM memories m
    WHERE m.status IN ('active', 'held', 'disputed') AND m.updated_at >= ? AND m.updated_at < ?
    ORDER BY m.updated_at DESC, m.seq DESC LIMIT ?`)
  const pages = db.prepare<[], { name: string; bytes: number }>(
    'SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name',
  )
  const counts: Partial<Record<What, { get(): { n: number } | undefined }>> = {
    messages: db.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages'),
    memory: db.prepare<[], { n: number }>('SELECT count(*) AS n FROM memories'),
    traces: db.prepare<[], { n: number }>('SELECT count(*) AS n FROM traces'),
    learning: db.prepare<[], { n: number }>('SELECT count(*) AS n FROM feedback'),
  }

  return {
    replies: (since, until) =>
      replies.all(since, until).flatMap(({ at, stats }) => {
        const parsed = turnStats.safeParse(JSON.parse(stats))
        return parsed.success ? [{ at, stats: parsed.data }] : []
      }),
    learned: (since, until, limit) => learned.all(since, until, limit),
    storage: () => {
      const bytes = new Map<What, number>()
      const add = (what: What, more: number) => bytes.set(what, (bytes.get(what) ?? 0) + more)
      for (const page of pages.all()) add(owners.find(([names]) => names.test(page.name))?.[1] ?? 'other', page.bytes)
      const size = db.pragma('page_size', { simple: true }) as number
      add('free', size * (db.pragma('freelist_count', { simple: true }) as number))
      const snapshots = filesIn(join(folder, 'cache'))
      add('snapshots', snapshots.bytes)
      return [...bytes]
        .filter(([, total]) => total > 0)
        .sort(([, a], [, b]) => b - a)
        .map(([what, total]) => ({
          what,
          bytes: total,
          count: what === 'snapshots' ? snapshots.count : (counts[what]?.get()?.n ?? null),
        }))
    },
  }
}

function filesIn(folder: string): { bytes: number; count: number } {
  try {
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size)
    return { bytes: sizes.reduce((sum, size) => sum + size, 0), count: sizes.length }
  } catch {
    return { bytes: 0, count: 0 }
  }
}
