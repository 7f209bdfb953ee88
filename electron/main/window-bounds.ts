// electron/main/window-bounds.ts: the window opens where it was left, if that place still exists. All in screen points.
import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

export type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export type Bounds = { readonly width: number; readonly height: number; readonly x?: number; readonly y?: number }

export const smallest = { width: 720, height: 560 } as const
export const standard = { width: 1440, height: 900 } as const

const savedBounds = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
})

/** `displays`: the work areas of the screens that are connected now. */
export function fitBounds(saved: unknown, displays: readonly Rectangle[]): Bounds {
  const parsed = savedBounds.safeParse(saved)
  if (!parsed.success) return standard
  const { x, y } = parsed.data
  const width = Math.max(smallest.width, parsed.data.width)
  const height = Math.max(smallest.height, parsed.data.height)
  // The title bar must be in reach: a hundred points of it, on some screen.
  const reachable = displays.some(
    (area) =>
      x + width >= area.x + 100 && x <= area.x + area.width - 100 && y >= area.y && y <= area.y + area.height - 100,
  )
  return reachable ? { x, y, width, height } : { width, height }
}

export function readBounds(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

export function writeBounds(file: string, bounds: Rectangle): void {
  try {
    writeFileSync(file, JSON.stringify(bounds))
  } catch {
    // A full or read-only disk: the window opens at its standard size next time, and that is all.
  }
}
