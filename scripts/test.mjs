// scripts/test.mjs: `npm test`. Everything on a bare clone, or the steps that are named: `npm test -- unit e2e`.
// Ends with one line of counts; each failure and each skip is listed before it. Runs on Node 18.

import { nothing, sum } from './lib/counts.mjs'
import { prepareMachine } from './lib/machine.mjs'
import { findNode24 } from './lib/node24.mjs'
import { installPackages, packagesAreInstalled } from './lib/packages.mjs'
import { isProblem, Problem } from './lib/problem.mjs'
import { withProgress } from './lib/progress.mjs'
import { chooseSteps, steps } from './lib/steps.mjs'

const say = (line) => process.stdout.write(`${line}\n`)

async function main() {
  const chosen = chooseSteps(process.argv.slice(2))
  if (chosen === null)
    throw new Problem(`The steps are ${Object.keys(steps).join(', ')}; found ${process.argv.slice(2).join(' ')}.`)
  if (!packagesAreInstalled()) await withProgress('Installing packages', installPackages)
  const node = findNode24()
  await withProgress('Looking at the machine', () => prepareMachine(chosen, say))

  const results = []
  for (const [index, name] of chosen.entries()) {
    const title = `[${index + 1}/${chosen.length}] ${name}`
    const counts = await withProgress(title, (detail) =>
      steps[name]({ node, say: detail }).catch((error) => ({
        ...nothing(),
        failures: [`${name}\n${isProblem(error) ? error.message : error.stack}`],
      })),
    )
    results.push(counts)
    say(`${title}: ${countLine(counts)}`)
    // At once, and not only at the end: whoever waits can start reading.
    for (const failure of counts.failures) say(`\n✗ ${failure}\n`)
  }
  const total = sum(results)
  for (const { name, reason } of total.skips) say(`skipped  ${name}: ${reason}`)
  for (const failure of total.failures) say(`failed   ${failure.split('\n')[0]}`)
  say(countLine(total))
  process.exitCode = total.failures.length === 0 ? 0 : 1
}

const countLine = ({ passed, failures, skips }) =>
  `${passed} passed, ${failures.length} failed, ${skips.length} skipped`

main().catch((error) => {
  process.stderr.write(`${isProblem(error) ? error.message : error.stack}\n`)
  process.exit(1)
})
