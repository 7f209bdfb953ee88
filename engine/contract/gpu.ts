// engine/contract/gpu.ts: whether this machine's GPU may answer. It is checked once against the CPU, step by step, and
// again when Hearth, the system or the machine is another.
import { z } from 'zod'

/** Green: right. Amber: right, but slower than this chip should be. Red: wrong or gone, so the CPU answers. */
export const gpuVerdict = z.enum(['green', 'amber', 'red'])
export type GpuVerdict = z.infer<typeof gpuVerdict>

/** Holds no words of the person and nothing about them: it may be shown to others. */
export const gpuReport = z.object({
  /** Program, system and machine that it holds for. */
  key: z.string(),
  /** `metal (Apple M2 Pro)`; empty where none could be opened. */
  device: z.string(),
  verdict: gpuVerdict,
  steps: z.array(z.object({ name: z.string(), verdict: gpuVerdict, detail: z.string() })),
})
export type GpuReport = z.infer<typeof gpuReport>

export const gpuState = z.discriminatedUnion('state', [
  /** There is none that Hearth can use; `why` is a sentence. */
  z.object({ state: z.literal('none'), why: z.string() }),
  /** Until it ends, models are loaded for the CPU. */
  z.object({ state: z.literal('checking') }),
  z.object({ state: z.literal('checked'), report: gpuReport, checkedAt: z.number() }),
  /** The check itself did not end as it should; the CPU answers. */
  z.object({ state: z.literal('failed'), why: z.string() }),
])
export type GpuState = z.infer<typeof gpuState>

const none = z.object({})

export const gpuCommands = {
  'gpu.state': { input: none, output: gpuState },
  /** Checks once more. The answer comes as `gpu-changed`. */
  'gpu.check': { input: none, output: gpuState },
} as const

export const gpuEvents = [z.object({ type: z.literal('gpu-changed'), gpu: gpuState })] as const
