// e2e/bench/probe.ts: what is timed inside the page. `installProbe` is sent to it as text before any of its scripts run, so
// it may use nothing from outside itself.
//
// Work of a frame: from the moment the browser begins it to the moment it has been laid out and painted, which is when a
// message posted in it arrives. A token's way: from the socket to the end of the frame that first shows more of the reply.

export interface Frames {
  /** Milliseconds of work, one a frame, and from one frame to the next. */
  readonly work: readonly number[]
  readonly gaps: readonly number[]
  /** Of each batch with text: frames begun after it came until it was shown, and milliseconds. */
  readonly tokens: { readonly frames: readonly number[]; readonly waits: readonly number[] }
  readonly pixels: number
}

export interface Probe {
  begin(): void
  end(): Frames
  /** Scrolls the thread up for so many frames, 160 pixels in each: a hard flick, some ten screens a second. */
  scroll(frames: number): Promise<void>
  replyLength(): number
}

declare global {
  interface Window {
    probe: Probe
  }
}

export function installProbe(): void {
  let running = false
  let work: number[] = []
  let gaps: number[] = []
  let frames: number[] = []
  let waits: number[] = []
  let pixels = 0
  /** When the oldest text came that is not on screen yet, and the frames since. */
  let came: number | null = null
  let since = 0
  let shown = 0

  const replyLength = () => {
    const all = document.querySelectorAll('[data-words]')
    return all[all.length - 1]?.textContent?.length ?? 0
  }

  const Original = window.WebSocket
  window.WebSocket = class extends Original {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      this.addEventListener('message', ({ data }) => {
        if (!running || typeof data !== 'string' || !data.includes('"turn-delta"') || came !== null) return
        came = performance.now()
        since = 0
      })
    }
  }

  const painted = new MessageChannel()
  let begun = 0
  painted.port1.onmessage = () => {
    if (!running) return
    const now = performance.now()
    work.push(now - begun)
    if (came === null || came > begun) return
    since++
    const length = replyLength()
    if (length === shown) return
    shown = length
    frames.push(since)
    waits.push(now - came)
    came = null
  }
  let loop = 0
  const tick = (at: number) => {
    if (!running) return
    if (begun > 0) gaps.push(at - begun)
    begun = at
    painted.port2.postMessage(null)
    loop = requestAnimationFrame(tick)
  }

  window.probe = {
    replyLength,
    begin: () => {
      ;[work, gaps, frames, waits] = [[], [], [], []]
      ;[pixels, begun, came, shown] = [0, 0, null, replyLength()]
      running = true
      loop = requestAnimationFrame(tick)
    },
    end: () => {
      running = false
      cancelAnimationFrame(loop)
      return { work, gaps, tokens: { frames, waits }, pixels }
    },
    scroll: (count) =>
      new Promise((resolve) => {
        const log = document.querySelector('[role=log]')
        let left = count
        const step = () => {
          if (!log || left-- === 0) return resolve()
          const before = log.scrollTop
          log.scrollTop = before - 160
          pixels += Math.abs(log.scrollTop - before)
          requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      }),
  }
}
