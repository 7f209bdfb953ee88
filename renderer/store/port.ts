// renderer/store/port.ts: opens the port to the engine. In a window of our own the shell hands us a MessagePort;
// on loopback it is a WebSocket to the address this page came from. The rest of the face cannot tell which.
import { type Bridge, portMessage } from '../../engine/contract/bridge.ts'
import type { Port } from '../../engine/contract/wire.ts'

declare global {
  interface Window {
    readonly bridge?: Bridge
  }
}

const tokenKey = 'hearth.token'

/** Opens one port. Rejects when the engine cannot be reached; the client then tries again. */
export type Connect = () => Promise<Port>

/** The connector that fits where this page runs. */
export function connectHere(): Connect {
  const { bridge } = window
  if (bridge) return () => connectBridge(bridge)
  const token = takeToken(location, sessionStorage)
  return () => connectSocket(`ws://${location.host}/port`, token)
}

/** Moves the token from the fragment of the address into this tab's own storage, so that it is not on screen. */
export function takeToken(from: Location, storage: Storage): string {
  const match = /^#t=([\w-]+)$/.exec(from.hash)
  if (match?.[1]) {
    storage.setItem(tokenKey, match[1])
    history.replaceState(null, '', from.pathname + from.search)
  }
  return storage.getItem(tokenKey) ?? ''
}

function connectBridge(bridge: Bridge): Promise<Port> {
  return new Promise((resolve, reject) => {
    const receive = (event: MessageEvent) => {
      const channel = event.ports[0]
      // Only our own preload can post here: the page embeds nothing and opens nothing.
      if (event.source !== window || event.data !== portMessage || !channel) return
      window.removeEventListener('message', receive)
      resolve(wrapMessagePort(channel))
    }
    window.addEventListener('message', receive)
    Promise.resolve(bridge.port()).catch((error: unknown) => {
      window.removeEventListener('message', receive)
      reject(error)
    })
  })
}

export function wrapMessagePort(channel: MessagePort): Port {
  return {
    post: (message) => channel.postMessage(message),
    onMessage: (listener) => {
      channel.onmessage = (event) => listener(event.data)
      channel.start()
    },
    onClose: (listener) => channel.addEventListener('close', listener),
    close: () => channel.close(),
  }
}

function connectSocket(address: string, token: string): Promise<Port> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, ['hearth.1', `t.${token}`])
    socket.onerror = () => reject(new Error(`expected an engine at ${address}, found none; is Hearth still running?`))
    socket.onopen = () => resolve(wrapSocket(socket))
  })
}

function wrapSocket(socket: WebSocket): Port {
  // The host may speak in the same breath as it accepts, before the client listens: keep what came early.
  const early: unknown[] = []
  let deliver = (message: unknown): void => {
    early.push(message)
  }
  socket.onmessage = (event) => deliver(parse(event.data))
  return {
    post: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
    },
    onMessage: (listener) => {
      deliver = listener
      for (const message of early.splice(0)) listener(message)
    },
    onClose: (listener) => socket.addEventListener('close', listener),
    close: () => socket.close(),
  }
}

function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data))
  } catch {
    return undefined // the client refuses it, like any message that does not follow the contract
  }
}
