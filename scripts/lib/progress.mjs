// scripts/lib/progress.mjs: tells a waiting person that something happens. On a terminal one line that counts seconds;
// in a log a line now and then.

/**
 * Runs `task` under a line of its own and answers with what it answers.
 * @template T
 * @param {string} title
 * @param {(say: (detail: string) => void) => Promise<T>} task `say` shows what is being done at the moment.
 * @returns {Promise<T>}
 */
export async function withProgress(title, task) {
  const out = process.stderr
  const startedAt = performance.now()
  const seconds = () => Math.round((performance.now() - startedAt) / 1000)
  let detail = ''
  const draw = () => {
    const line = `${title} ${seconds()} s  ${detail}`.slice(0, Math.max(20, (out.columns ?? 80) - 1))
    out.write(`\r\x1b[2K${line}`)
  }
  if (!out.isTTY) out.write(`${title}\n`)
  const timer = out.isTTY
    ? setInterval(draw, 500)
    : setInterval(() => out.write(`  … ${seconds()} s  ${detail}\n`), 30_000)
  try {
    return await task((now) => {
      detail = now.trim()
    })
  } finally {
    clearInterval(timer)
    if (out.isTTY) out.write(`\r\x1b[2K${title} ${seconds()} s\n`)
  }
}
