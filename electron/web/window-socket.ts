// electron/web/window-socket.ts: one browser tab. Its WebSocket stays open while engines come and go; messages are
// passed on as they are, and the engine checks them.
import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { Failure } from '../../engine/contract/failure.ts'
import type { Port, ToWindow } from '../../engine/contract/wire.ts'
import type { SupervisedWindow } from '../supervisor.ts'
import type { ChildEngine } from './child-engine.ts'

/** The longest message a tab may send: a 4,000,000 character text, escaped at its worst, fits. */
export const longestMessageBytes = 32 * 1024 * 1024
/** A tab that leaves more than this unread is dropped; it comes back by itself and asks for a new snapshot. */
export const mostUnreadBytes = 64 * 1024 * 1024

const call = z.object({ type: z.literal('call'), id: z.number() })

const engineAway: Failure = {
  code: 'engine-crashed',
  message: 'The engine was expected to answer, but it is not running at the moment.',
  remedy: 'Hearth starts it again by itself; try once more when it is back.',
}

/** Codes of RFC 6455 §7.4.1. */
const close = { engineClosed: 1001, invalid: 1007 } as const

export function windowSocket(socket: WebSocket): SupervisedWindow<ChildEngine> & { closed(): void } {
  let port: Port | undefined
  let lost = false

  function send(message: unknown): void {
    if (socket.readyState !== socket.OPEN) return
    // Not a polite close: its frame would wait behind everything that is unread.
    if (socket.bufferedAmount > mostUnreadBytes) socket.terminate()
    else socket.send(JSON.stringify(message))
  }

  socket.on('message', (data, isBinary) => {
    let message: unknown
    try {
      if (isBinary) throw new Error('text was expected')
      message = JSON.parse(data.toString())
    } catch {
      return socket.close(close.invalid, 'JSON text was expected')
    }
    if (port !== undefined) return port.post(message)
    // Nobody would ever answer this call, so the shell does.
    const parsed = call.safeParse(message)
    if (parsed.success) send({ type: 'failed', id: parsed.data.id, failure: engineAway } satisfies ToWindow)
  })

  return {
    attach(engine) {
      port?.close()
      const opened = engine.openPort()
      port = opened
      opened.onMessage(send)
      opened.onClose(() => {
        if (port !== opened) return
        port = undefined
        // When the engine has ended, `engineLost` follows in the same turn; else the engine refused this tab.
        setImmediate(() => {
          if (port === undefined && !lost) socket.close(close.engineClosed, 'the engine closed this port')
        })
      })
      lost = false
    },
    engineLost(message) {
      lost = true
      port = undefined
      send(message)
    },
    closed() {
      port?.close()
      port = undefined
    },
  }
}
