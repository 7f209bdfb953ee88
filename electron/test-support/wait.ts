// electron/test-support/wait.ts: waits on facts, not on clocks.

/** Resolves with the first value of `look` that is neither undefined nor false; the test's own limit ends it. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const value = look()
    if (value !== undefined && value !== false) return value
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
