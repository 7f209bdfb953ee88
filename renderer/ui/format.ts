// renderer/ui/format.ts: numbers and times as a person reads them. British, 24 hours, decimal units.

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

export const clock = (at: number) => time.format(at)

/** `Today, 10:40`, `Yesterday, 10:40`, `8 Nov`, `8 Nov 2024`. */
export function when(at: number, now: number): string {
  const date = new Date(at)
  const today = new Date(now)
  const days = Math.round((midnight(today) - midnight(date)) / 86_400_000)
  if (days === 0) return `Today, ${clock(at)}`
  if (days === 1) return `Yesterday, ${clock(at)}`
  return date.getFullYear() === today.getFullYear() ? day.format(at) : dayAndYear.format(at)
}

const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

/** `14 ms`, `0.28 s`, `1.5 s`, `24 s`: two digits that mean something. */
export function seconds(ms: number): string {
  if (ms < 99.5) return `${count(ms)} ms`
  const s = ms / 1000
  return `${s < 0.995 ? s.toFixed(2) : s < 9.95 ? s.toFixed(1) : whole.format(s)} s`
}

export const count = (value: number) => whole.format(value)

export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e8 ? 0 : 1)} MB`
  return `${count(value / 1e3)} KB`
}

export function parameters(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} billion`
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} million`
  return count(value)
}

export const plural = (value: number, one: string, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`

export const words = (text: string) => text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
