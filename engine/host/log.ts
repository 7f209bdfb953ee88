// engine/host/log.ts: the one place that logs: JSON lines on stderr. Never a message, a title, a query or a path of the
// person: only names of events, codes and numbers.
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void

export const log: Log = (event, fields = {}) => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`)
}

/** An unexpected error without its message, which may quote what somebody wrote. */
export function traceOf(error: unknown): { error: string; code: unknown; stack: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, code: undefined, stack: [] }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return {
    error: error.name,
    code: 'code' in error ? error.code : undefined,
    stack: frames.slice(0, 12).map((line) => line.trim()),
  }
}
