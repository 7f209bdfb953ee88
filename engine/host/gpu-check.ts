// engine/host/gpu-check.ts: whether models may run on this machine's GPU: checked in the background at the first start,
// then remembered per program, system and machine.
//
// The native check leaves a note before each step (native/core/self_check.h). A step that ended this process is
// therefore red at the next start, and the GPU is left alone until one of the three is another.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type GpuState, gpuReport } from '../contract/gpu.ts'
import type { NativeAddon } from '../inference/addon.ts'
import type { Log } from './log.ts'

export type GpuCheck = {
  state(): GpuState
  /** Begins the check unless its result is known. Resolves when it is over; never rejects. */
  start(): Promise<void>
  /** Begins it anew, or joins the one that runs. Steps that never came back are tried again: somebody asked. */
  again(): Promise<void>
  /** What a model that is loaded now should run on. */
  backend(): 'metal' | 'cpu'
}

export type GpuCheckOptions = {
  readonly dataDir: string
  readonly addon: () => Pick<NativeAddon, 'checkGpu'>
  /** Names the addon's very bytes. */
  readonly build: () => string
  readonly emit: (gpu: GpuState) => void
  readonly log: Log
  readonly now: () => number
  readonly hasMetal?: boolean
  readonly machine?: string
  readonly limitMs?: number
}

/** Compiling takes seconds on a cold machine, the rest about three. What takes longer will not come back. */
const usualLimitMs = 120_000
const kept = z.object({ report: gpuReport, checkedAt: z.number() })

/** Macs with Apple silicon; what came before them is too slow to gain from. */
export const machineHasMetal = process.platform === 'darwin' && process.arch === 'arm64'
export const noMetal = 'No Metal here: this machine has no GPU of Apple silicon, so the CPU answers.'

export function createGpuCheck(options: GpuCheckOptions): GpuCheck {
  const { dataDir, addon, build, emit, log, now, hasMetal = machineHasMetal, limitMs = usualLimitMs } = options
  const folder = join(dataDir, 'gpu')
  const file = join(folder, 'check.json')
  const machine = options.machine ?? `${os.cpus()[0]?.model.trim() ?? 'unknown'}; ${os.version()}`
  let state: GpuState = hasMetal ? { state: 'checking' } : { state: 'none', why: noMetal }
  let running: Promise<void> | null = null

  const become = (next: GpuState) => {
    state = next
    log('gpu', { state: next.state, verdict: next.state === 'checked' ? next.report.verdict : undefined })
    emit(next)
  }

  const check = async () => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      chmodSync(folder, 0o700)
      const report = gpuReport.parse(JSON.parse(await within(limitMs, addon().checkGpu(folder, keyOf(build, machine)))))
      const result = { report, checkedAt: now() }
      write(file, JSON.stringify(result))
      become({ state: 'checked', ...result })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      become({ state: 'failed', why: `The GPU could not be checked: ${reason}` })
    }
  }
  const begin = () => {
    running ??= check().finally(() => {
      running = null
    })
    return running
  }

  return {
    state: () => state,
    start: async () => {
      if (!hasMetal) return
      const known = read(file)
      if (known !== null && known.report.key === safely(() => keyOf(build, machine)))
        become({ state: 'checked', ...known })
      else await begin()
    },
    again: async () => {
      if (!hasMetal) return
      if (running === null) {
        rmSync(folder, { recursive: true, force: true })
        become({ state: 'checking' })
      }
      await begin()
    },
    backend: () => (state.state === 'checked' && state.report.verdict !== 'red' ? 'metal' : 'cpu'),
  }
}

const keyOf = (build: () => string, machine: string) => `${build()}; ${machine}`

function safely<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}

/** A result that cannot be read is none. */
const read = (file: string) => safely(() => kept.parse(JSON.parse(readFileSync(file, 'utf8'))))

/** All of it or nothing. Where the disk is full, the check runs again at the next start. */
function write(file: string, text: string): void {
  safely(() => {
    writeFileSync(`${file}.part`, text, { mode: 0o600 })
    renameSync(`${file}.part`, file)
  })
}

/** The native thread cannot be ended from outside; its note stays, and that step is red from the next start on. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`it did not come back within ${Math.round(limitMs / 1000)} seconds.`)),
    limitMs,
  )
  timer.unref()
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
