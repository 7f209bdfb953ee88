// electron/preload/preload.ts: the one script that sees both Electron and the page. Built as a single CommonJS file,
// as a sandboxed preload must be. It exposes `bridge` and nothing else: no ipcRenderer, no channel names.
import { contextBridge, ipcRenderer } from 'electron'
import { type Bridge, portMessage } from '../../engine/contract/bridge.ts'
import { askForPort, takePort } from '../ipc-channels.ts'

ipcRenderer.on(takePort, (event) => {
  const [port] = event.ports
  if (port !== undefined) window.postMessage(portMessage, location.origin, [port])
})

const bridge: Bridge = {
  platform: process.platform,
  port: () => ipcRenderer.send(askForPort),
}
contextBridge.exposeInMainWorld('bridge', bridge)
