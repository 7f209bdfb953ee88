import { expect, test } from 'vitest'
import type { GpuVerdict } from '../contract/gpu.ts'
import { gpu } from './doctor.ts'

const addonSaying = (verdict: GpuVerdict) => ({
  checkGpu: async () =>
    JSON.stringify({
      key: 'k',
      device: 'metal (Apple M2)',
      verdict,
      steps: [
        { name: 'rows', verdict: 'green', detail: '12 cases' },
        { name: 'speed', verdict, detail: 'reads weights at 30 GB/s' },
      ],
    }),
})

test('without Metal the doctor says so and finds nothing wrong', async () => {
  const never = { checkGpu: () => Promise.reject(new Error('was asked')) }
  expect(await gpu(never, false)).toEqual({ detail: expect.stringContaining('No Metal here') })
})

test('green and amber are in order, with a line a step', async () => {
  const { detail } = await gpu(addonSaying('amber'), true)
  expect(detail.split('\n')).toEqual([
    'amber: metal (Apple M2)',
    'green rows: 12 cases',
    'amber speed: reads weights at 30 GB/s',
  ])
  expect((await gpu(addonSaying('green'), true)).detail).toMatch(/^green: metal/)
})

test('red is a failure with the whole report and a next step', async () => {
  await expect(gpu(addonSaying('red'), true)).rejects.toMatchObject({
    failure: {
      code: 'engine-failed',
      message: expect.stringContaining('red   speed: reads weights'),
      remedy: expect.stringContaining('The CPU answers'),
    },
  })
})
