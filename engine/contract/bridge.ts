// engine/contract/bridge.ts: what the desktop window finds as `window.bridge`; absent in the web shell.
// The port to the engine cannot pass through it (contextBridge copies values), so it arrives as a window message:
// `event.source === window`, `event.data === portMessage`, one MessagePort in `event.ports`, not yet started.

/** The data of the window message that carries a port to the engine. */
export const portMessage = 'hearth-port'

export type Bridge = {
  /** `process.platform`: on `darwin` the title bar leaves room for the window buttons. */
  readonly platform: string
  /**
   * Asks for a port. One comes now and another after every restart of the engine; the newest replaces the ones before.
   * `onEngineLost` gets the `engine-lost` message of wire.ts as it is in the web shell. Call it once, after listening.
   */
  connect(onEngineLost: (message: unknown) => void): void
}
