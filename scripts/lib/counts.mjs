// scripts/lib/counts.mjs: what each test program reports, as one shape.

/**
 * @typedef {{ name: string, reason: string }} Skip
 * @typedef {{ passed: number, failures: string[], skips: Skip[] }} Counts `failures`: one text each, ready to print.
 */

/** @returns {Counts} */
export const nothing = () => ({ passed: 0, failures: [], skips: [] })

/** @param {readonly Counts[]} all @returns {Counts} */
export const sum = (all) => ({
  passed: all.reduce((total, { passed }) => total + passed, 0),
  failures: all.flatMap(({ failures }) => failures),
  skips: all.flatMap(({ skips }) => skips),
})

/** A check that is one program: it passes or it fails. @returns {Counts} */
export const single = (name, { code, output }) =>
  code === 0 ? { ...nothing(), passed: 1 } : { ...nothing(), failures: [`${name}\n${output.trimEnd()}`] }

/** Vitest keeps no reason, so it stands in the title: `does this [skipped: needs that]`. @returns {Skip} */
function saidAloud(title, status) {
  const said = /\s*\[skipped: (.+)\]/.exec(title)
  return said === null
    ? { name: title, reason: `marked ${status} in its file, which gives no reason` }
    : { name: title.replace(said[0], ''), reason: said[1] }
}

/** Vitest's JSON reporter. A file that could not be loaded has no tests and counts as one failure. @returns {Counts} */
export function vitestCounts(report) {
  const counts = nothing()
  for (const file of report.testResults) {
    let failed = 0
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'passed') counts.passed += 1
      else if (status === 'failed') {
        failed += 1
        counts.failures.push(`${file.name} > ${fullName}\n${(failureMessages ?? []).join('\n')}`)
      } else counts.skips.push(saidAloud(fullName, status))
    }
    if (file.status === 'failed' && failed === 0) counts.failures.push(`${file.name}\n${file.message}`)
  }
  return counts
}

/** Playwright's JSON reporter. @returns {Counts} */
export function playwrightCounts(report) {
  const counts = nothing()
  for (const { message } of report.errors ?? []) counts.failures.push(`playwright\n${message}`)
  const walk = (suite, path) => {
    for (const inner of suite.suites ?? []) walk(inner, [...path, inner.title])
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        const name = [test.projectName, ...path, spec.title].filter(Boolean).join(' > ')
        if (test.status === 'expected') counts.passed += 1
        else if (test.status === 'skipped') {
          const note = test.annotations?.find(({ type }) => type === 'skip' || type === 'fixme')
          counts.skips.push({ name, reason: note?.description ?? 'marked skip in its file' })
        } else {
          // A test that passed only when it was tried again is not one to trust.
          const messages = test.results.flatMap(({ errors }) => errors.map(({ message }) => message))
          counts.failures.push(`${name}${test.status === 'flaky' ? ' (flaky)' : ''}\n${messages.join('\n')}`)
        }
      }
    }
  }
  for (const suite of report.suites ?? []) walk(suite, [suite.title])
  return counts
}

/**
 * A doctest program. A line `SKIP name: reason` on its output is a skip said aloud. @returns {Counts}
 * @param {string} name @param {{ code: number, output: string }} result
 */
export function doctestCounts(name, { code, output }) {
  const counts = nothing()
  for (const [, skipped, reason] of output.matchAll(/^SKIP ([^:\n]+): (.+)$/gm)) {
    counts.skips.push({ name: `${name} > ${skipped}`, reason })
  }
  const summary = /^\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed/m.exec(output)
  if (summary !== null) counts.passed = Number(summary[1])
  const failed = Number(summary?.[2] ?? 0)
  // One failed test case may have printed much; the output is shown once and the rest are counted by name.
  for (let i = 0; i < failed; i++)
    counts.failures.push(i === 0 ? `${name}\n${output.trimEnd()}` : `${name} (see above)`)
  if (failed === 0 && (code !== 0 || summary === null)) {
    counts.failures.push(`${name} ended with code ${code} before its summary\n${output.trimEnd()}`)
  }
  return counts
}
