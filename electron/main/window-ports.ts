// electron/main/window-ports.ts: hands ports to windows that ask. A page asks once per port; while the engine is away
// it gets a port to us, on which we say so, and which closes when there is an engine again.
import { type IpcMain, type IpcMainEvent, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import { askForPort, takePort } from '../ipc-channels.ts'
import type { SupervisedWindow, Supervisor } from '../supervisor.ts'
import { pageOrigin } from './page-protocol.ts'
import type { UtilityEngine } from './utility-engine.ts'

export function servePorts(ipc: IpcMain, supervisor: Supervisor<UtilityEngine>): void {
  const forgetters = new Map<WebContents, () => void>()
  ipc.on(askForPort, (event) => {
    if (!isOurPage(event)) return
    const contents = event.sender
    const known = forgetters.get(contents)
    if (known === undefined) contents.once('destroyed', () => forget(contents))
    known?.()
    const request = portRequest(contents)
    const remove = supervisor.add(request)
    forgetters.set(contents, () => {
      remove()
      request.withdraw()
    })
  })

  function forget(contents: WebContents): void {
    forgetters.get(contents)?.()
    forgetters.delete(contents)
  }
}

/** Only the page itself: its main frame, at our origin. */
function isOurPage({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && senderFrame.url.startsWith(`${pageOrigin}/`)
}

/** One question of one page: answered once, with the first port there is. */
function portRequest(contents: WebContents): SupervisedWindow<UtilityEngine> & { withdraw(): void } {
  let answered = false
  let notice: MessagePortMain | undefined
  return {
    attach(engine) {
      if (!answered) contents.postMessage(takePort, null, [engine.openPort()])
      answered = true
      notice?.close() // the page asks again, and then meets the engine
      notice = undefined
    },
    engineLost(message) {
      if (answered && notice === undefined) return // its port closes with the engine; it will ask
      if (notice === undefined) {
        const { port1, port2 } = new MessageChannelMain()
        notice = port1
        answered = true
        contents.postMessage(takePort, null, [port2])
      }
      notice.postMessage(message)
    },
    withdraw() {
      notice?.close()
      notice = undefined
    },
  }
}
