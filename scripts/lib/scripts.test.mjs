// The parts of `npm start` and `npm test` that decide something, each by itself.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from './command.mjs'
import { doctestCounts, playwrightCounts, single, sum, vitestCounts } from './counts.mjs'
import { findElectron, wantsElectron } from './electron-binary.mjs'
import { electronArguments, startFlags, webShellArguments } from './flags.mjs'
import { hashInputs } from './inputs.mjs'
import { findNode24 } from './node24.mjs'
import { lockStamp } from './packages.mjs'
import { chooseSteps } from './steps.mjs'

let folder
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-scripts-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true }))
const write = (name, text) => {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  fs.writeFileSync(path.join(folder, name), text)
}

describe('Node 24', () => {
  const old = { versions: { node: '20.20.2' }, execPath: '/usr/bin/node' }

  test('comes from the packages where they bring one', () => {
    write('node', '')
    expect(findNode24(path.join(folder, 'node'), old)).toBe(path.join(folder, 'node'))
  })

  test('is the running one when that is new enough, and else a sentence says what to do', () => {
    expect(findNode24(path.join(folder, 'none'), { ...old, versions: { node: '24.0.0' } })).toBe('/usr/bin/node')
    expect(() => findNode24(path.join(folder, 'none'), old)).toThrow(
      'Hearth needs Node 24 or newer, but this is Node 20.20.2. Install it from https://nodejs.org and run this again.',
    )
  })
})

describe('Electron', () => {
  test('is there only when its package names a program that exists', () => {
    expect(findElectron(folder, {})).toBeNull()
    write('path.txt', 'electron')
    expect(findElectron(folder, {})).toBeNull()
    write('dist/electron', '')
    expect(findElectron(folder, {})).toBe(path.join(folder, 'dist', 'electron'))
  })

  test('may lie in a folder that ELECTRON_OVERRIDE_DIST_PATH names', () => {
    write('path.txt', 'electron')
    write('elsewhere/electron', '')
    const environment = { ELECTRON_OVERRIDE_DIST_PATH: path.join(folder, 'elsewhere') }
    expect(findElectron(folder, environment)).toBe(path.join(folder, 'elsewhere', 'electron'))
    expect(findElectron(folder, { ELECTRON_OVERRIDE_DIST_PATH: path.join(folder, 'nowhere') })).toBeNull()
  })

  test('is fetched on a Mac and on Windows, and on Linux only when asked', () => {
    expect(wantsElectron('darwin', {})).toBe(true)
    expect(wantsElectron('win32', {})).toBe(true)
    expect(wantsElectron('linux', {})).toBe(false)
    expect(wantsElectron('linux', { HEARTH_ELECTRON: '1' })).toBe(true)
  })
})

describe('flags', () => {
  test('reach the shell that runs', () => {
    const flags = startFlags(['--no-open', '--port', '7000', '--data', '/somewhere'])
    expect(webShellArguments(flags)).toEqual(['--data', '/somewhere', '--port', '7000', '--no-open'])
    expect(electronArguments('/app', flags)).toEqual(['/app', '--data=/somewhere'])
    expect(webShellArguments(startFlags([]))).toEqual(['--linger', '600'])
  })

  test('that nobody knows are refused', () => {
    expect(() => startFlags(['--nope'])).toThrow('npm start knows')
  })
})

describe('stamps', () => {
  test('the hash of inputs changes with content, names and missing files, and not with time or tests', () => {
    write('a/one.ts', '1')
    const first = hashInputs(folder, ['a', 'b.ts'])
    fs.utimesSync(path.join(folder, 'a/one.ts'), 1, 1)
    write('a/one.test.ts', 'a test')
    expect(hashInputs(folder, ['a', 'b.ts'])).toBe(first)
    write('a/one.ts', '2')
    const second = hashInputs(folder, ['a', 'b.ts'])
    expect(second).not.toBe(first)
    write('b.ts', '')
    const third = hashInputs(folder, ['a', 'b.ts'])
    expect(third).not.toBe(second)
    fs.renameSync(path.join(folder, 'a/one.ts'), path.join(folder, 'a/two.ts'))
    expect(hashInputs(folder, ['a', 'b.ts'])).not.toBe(third)
  })

  test('the packages are stale when the lock file changes by one byte', () => {
    write('lock', '{}')
    const first = lockStamp(path.join(folder, 'lock'))
    write('lock', '{ }')
    expect(lockStamp(path.join(folder, 'lock'))).not.toBe(first)
  })
})

describe('counts', () => {
  test('vitest: failures carry their message, skips their reason, and a file that cannot load fails', () => {
    const test = (status, fullName, failureMessages = []) => ({ status, fullName, failureMessages })
    const report = {
      testResults: [
        {
          name: 'a.test.ts',
          status: 'failed',
          assertionResults: [test('passed', 'one'), test('failed', 'two', ['why'])],
        },
        { name: 'b.test.ts', status: 'passed', assertionResults: [test('skipped', 'three [skipped: needs root]')] },
        { name: 'c.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    }
    expect(vitestCounts(report)).toEqual({
      passed: 1,
      failures: ['a.test.ts > two\nwhy', 'c.test.ts\nno such module'],
      skips: [{ name: 'three', reason: 'needs root' }],
    })
  })

  test('playwright: a flaky test is a failure, and a skip keeps its reason', () => {
    const spec = (title, status, annotations = []) => ({
      title,
      tests: [
        {
          projectName: 'web',
          status,
          annotations,
          results: [{ errors: status === 'expected' ? [] : [{ message: 'why' }] }],
        },
      ],
    })
    const specs = [
      spec('one', 'expected'),
      spec('two', 'unexpected'),
      spec('three', 'flaky'),
      spec('four', 'skipped', [{ type: 'skip', description: 'needs a Mac' }]),
    ]
    expect(playwrightCounts({ suites: [{ title: 'a.spec.ts', suites: [{ title: 'chat', specs }] }] })).toEqual({
      passed: 1,
      failures: ['web > a.spec.ts > chat > two\nwhy', 'web > a.spec.ts > chat > three (flaky)\nwhy'],
      skips: [{ name: 'web > a.spec.ts > chat > four', reason: 'needs a Mac' }],
    })
  })

  test('doctest: its summary is read, and a program that dies before it is a failure', () => {
    const summary = (passed, failed) =>
      `SKIP drafter vectors: no drafting yet\n[doctest] test cases: ${passed + failed} | ${passed} passed | ${failed} failed | 0 skipped\n`
    const skips = [{ name: 'test-core > drafter vectors', reason: 'no drafting yet' }]
    expect(doctestCounts('test-core', { code: 0, output: summary(7, 0) })).toEqual({ passed: 7, failures: [], skips })
    expect(doctestCounts('test-core', { code: 1, output: summary(5, 2) }).failures).toHaveLength(2)
    const crash = doctestCounts('test-core', { code: 1, output: 'AddressSanitizer: heap-use-after-free' })
    expect(crash.failures).toEqual([
      'test-core ended with code 1 before its summary\nAddressSanitizer: heap-use-after-free',
    ])
    // A leak is found after the summary.
    expect(doctestCounts('test-core', { code: 23, output: summary(7, 0) }).failures).toHaveLength(1)
  })

  test('are added up over the steps', () => {
    const failed = single('types', { code: 2, output: 'TS2322' })
    expect(sum([single('lint', { code: 0, output: '' }), failed])).toEqual({
      passed: 1,
      failures: ['types\nTS2322'],
      skips: [],
    })
  })
})

test('named steps run in the order of all, with the build that they need, and unknown names are refused', () => {
  expect(chooseSteps([])).toEqual(['types', 'lint', 'build', 'unit', 'native', 'metal', 'e2e'])
  expect(chooseSteps(['e2e', 'types'])).toEqual(['types', 'build', 'e2e'])
  expect(chooseSteps(['native'])).toEqual(['native'])
  expect(chooseSteps(['unti'])).toBeNull()
})

test('a command that cannot start, fails or hangs is told apart by its code and says so', async () => {
  expect((await runCommand(path.join(folder, 'none'), [])).code).toBe(127)
  expect(await runCommand(process.execPath, ['-e', 'console.log(1); process.exit(3)'])).toMatchObject({
    code: 3,
    output: '1\n',
  })
  const hung = await runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { limitMs: 200 })
  expect(hung.output).toContain('SIGKILL')
})
