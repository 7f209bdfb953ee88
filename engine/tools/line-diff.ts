// engine/tools/line-diff.ts: what changes between two texts, as the lines of a unified diff.
// Source: E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986; greedy form.

export type LineDiff = { readonly text: string; readonly added: number; readonly removed: number }

type Line = { readonly sign: ' ' | '+' | '-'; readonly text: string; readonly before: number; readonly after: number }

/** Lines round a change. */
const around = 3
/** Differences that are worked out exactly; beyond it the middle is shown as replaced whole. */
const mostSteps = 2000

export function lineDiff(before: string, after: string): LineDiff {
  const lines = compare(split(before), split(after))
  const added = lines.filter(({ sign }) => sign === '+').length
  const removed = lines.filter(({ sign }) => sign === '-').length
  return { text: hunks(lines), added, removed }
}

const split = (text: string): string[] => {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function compare(a: readonly string[], b: readonly string[]): Line[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const same = (from: number, count: number, shift: number): Line[] =>
    a.slice(from, from + count).map((text, i) => ({ sign: ' ', text, before: from + i, after: from + i + shift }))
  const middle = myers(a.slice(start, a.length - end), b.slice(start, b.length - end))
  return [
    ...same(0, start, 0),
    ...middle.map((line) => ({ ...line, before: line.before + start, after: line.after + start })),
    ...same(a.length - end, end, b.length - a.length),
  ]
}

function myers(a: readonly string[], b: readonly string[]): Line[] {
  const trace: Map<number, number>[] = []
  let front = new Map<number, number>([[1, 0]])
  for (let steps = 0; steps <= Math.min(a.length + b.length, mostSteps); steps++) {
    const next = new Map<number, number>()
    trace.push(front)
    for (let k = -steps; k <= steps; k += 2) {
      const down = k === -steps || (k !== steps && (front.get(k - 1) ?? -1) < (front.get(k + 1) ?? -1))
      let x = down ? (front.get(k + 1) ?? 0) : (front.get(k - 1) ?? 0) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      next.set(k, x)
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace)
    }
    front = next
  }
  return [
    ...a.map((text, i): Line => ({ sign: '-', text, before: i, after: 0 })),
    ...b.map((text, i): Line => ({ sign: '+', text, before: a.length, after: i })),
  ]
}

function walkBack(a: readonly string[], b: readonly string[], trace: readonly Map<number, number>[]): Line[] {
  const lines: Line[] = []
  let [x, y] = [a.length, b.length]
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const front = trace[steps] ?? new Map<number, number>()
    const k = x - y
    const down = k === -steps || (k !== steps && (front.get(k - 1) ?? -1) < (front.get(k + 1) ?? -1))
    const fromK = down ? k + 1 : k - 1
    const fromX = front.get(fromK) ?? 0
    const fromY = fromX - fromK
    while (x > fromX && y > fromY) {
      x--
      y--
      lines.push({ sign: ' ', text: a[x] ?? '', before: x, after: y })
    }
    if (steps === 0) break
    if (down) lines.push({ sign: '+', text: b[--y] ?? '', before: x, after: y })
    else lines.push({ sign: '-', text: a[--x] ?? '', before: x, after: y })
  }
  return lines.reverse()
}

function hunks(lines: readonly Line[]): string {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - around), i + around + 1).some(({ sign }) => sign !== ' '),
  )
  const out: string[] = []
  let open = false
  lines.forEach((line, i) => {
    if (near[i] !== true) {
      open = false
      return
    }
    if (!open) out.push(`@@ -${line.before + 1} +${line.after + 1} @@`)
    open = true
    out.push(`${line.sign}${line.text}`)
  })
  return out.join('\n')
}
