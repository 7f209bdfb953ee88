// renderer/store/storage.ts: small things that must outlive a reload of this tab (drafts, unanswered sends), as JSON in
// session storage. What cannot be read or written is as if it were not there: the database is the real memory.

export function readTab<T>(key: string, fallback: T): T {
  try {
    const text = sessionStorage.getItem(key)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function writeTab(key: string, value: unknown): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(value))
  } catch {
    // No room or not allowed: the value stays in memory, and only a reload would lose it.
  }
}
