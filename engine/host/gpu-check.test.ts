import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { GpuReport, GpuState, GpuVerdict } from '../contract/gpu.ts'
import { tempFolder } from '../storage/test-support.ts'
import { createGpuCheck, type GpuCheckOptions } from './gpu-check.ts'
import { quiet } from './test-support.ts'

const report = (key: string, verdict: GpuVerdict = 'green'): GpuReport => ({
  key,
  device: 'metal (Apple M2)',
  verdict,
  steps: [{ name: 'rows', verdict, detail: '12 cases' }],
})

/** A check over an addon that answers `answer`; `asked` lists the keys it was asked with. */
function checkOf(answer: (key: string) => Promise<string>, more: Partial<GpuCheckOptions> = {}) {
  const asked: string[] = []
  const told: GpuState[] = []
  const check = createGpuCheck({
    dataDir: tempFolder(),
    addon: () => ({
      checkGpu: (_folder, key = '') => {
        asked.push(key)
        return answer(key)
      },
    }),
    build: () => 'build 1',
    emit: (gpu) => void told.push(gpu),
    log: quiet,
    now: () => 5,
    hasMetal: true,
    machine: 'Apple M2; Darwin 24',
    ...more,
  })
  return { check, asked, told }
}
const answering = (verdict: GpuVerdict) => async (key: string) => JSON.stringify(report(key, verdict))

test('without Metal nothing is asked, and the state says so', async () => {
  const { check, asked } = checkOf(answering('green'), { hasMetal: false })
  await check.start()
  await check.again()
  expect(asked).toEqual([])
  expect(check.state()).toMatchObject({ state: 'none', why: expect.stringContaining('No Metal here') })
  expect(check.backend()).toBe('cpu')
})

test.each([
  ['green', 'metal'],
  ['amber', 'metal'],
  ['red', 'cpu'],
] as const)('%s: models run on %s, and before it is known on the CPU', async (verdict, backend) => {
  const { check, told } = checkOf(answering(verdict))
  expect(check.backend()).toBe('cpu')
  await check.start()
  expect(check.backend()).toBe(backend)
  expect(told).toEqual([{ state: 'checked', checkedAt: 5, report: report('build 1; Apple M2; Darwin 24', verdict) }])
})

test('a result is kept per build, system and machine, and another of these checks again', async () => {
  const dataDir = tempFolder()
  const first = checkOf(answering('amber'), { dataDir })
  await first.check.start()
  const same = checkOf(answering('green'), { dataDir })
  await same.check.start()
  expect(same.asked).toEqual([])
  expect(same.check.state()).toMatchObject({ state: 'checked', report: { verdict: 'amber' } })
  for (const other of [
    { build: () => 'build 2' },
    { machine: 'Apple M3; Darwin 24' },
    { machine: 'Apple M2; Darwin 25' },
  ]) {
    const { check, asked } = checkOf(answering('green'), { dataDir, ...other })
    await check.start()
    expect(asked).toHaveLength(1)
  }
})

test('what was kept and cannot be read is checked anew', async () => {
  const dataDir = tempFolder()
  mkdirSync(join(dataDir, 'gpu'))
  writeFileSync(join(dataDir, 'gpu', 'check.json'), '{"report":')
  const { check, asked } = checkOf(answering('green'), { dataDir })
  await check.start()
  expect(asked).toHaveLength(1)
  expect(JSON.parse(readFileSync(join(dataDir, 'gpu', 'check.json'), 'utf8'))).toMatchObject({ checkedAt: 5 })
})

test.each<[string, () => Promise<string>, RegExp]>([
  ['rejects', () => Promise.reject(new Error('no thread')), /no thread/],
  ['answers no report', async () => '{"verdict":"blue"}', /could not be checked/],
  ['never comes back', () => new Promise<string>(() => {}), /did not come back/],
])('a check that %s leaves the CPU answering and is not kept', async (_name, answer, why) => {
  const dataDir = tempFolder()
  const { check } = checkOf(answer, { dataDir, limitMs: 20 })
  await check.start()
  expect(check.state()).toMatchObject({ state: 'failed', why: expect.stringMatching(why) })
  expect(check.backend()).toBe('cpu')
  expect(existsSync(join(dataDir, 'gpu', 'check.json'))).toBe(false)
})

test('asked for again, it forgets its notes, says that it checks, and runs once for two who ask', async () => {
  const dataDir = tempFolder()
  const { check, asked, told } = checkOf(answering('green'), { dataDir })
  await check.start()
  writeFileSync(join(dataDir, 'gpu', 'gpu-check-attention.running'), 'build 1')
  await Promise.all([check.again(), check.again()])
  expect(asked).toHaveLength(2)
  expect(told.map(({ state }) => state)).toEqual(['checked', 'checking', 'checked'])
  expect(existsSync(join(dataDir, 'gpu', 'gpu-check-attention.running'))).toBe(false)
})
