// engine/contract/bridge.ts: what the desktop window finds as `window.bridge`; absent in the web shell.
// The port to the engine cannot pass through it (contextBridge copies values), so it arrives as a window message:
// `event.source === window`, `event.data === portMessage`, one MessagePort in `event.ports`, not yet started.

/** The data of the window message that carries a port. */
export const portMessage = 'hearth-port'

export type Bridge = {
  /** `process.platform`: on `darwin` the page leaves room for the window buttons. */
  readonly platform: string
  /**
   * Asks for one fresh port; it comes when there is something to say on it. While the engine is away that is an
   * `engine-lost` message of wire.ts. A port closes with its engine, or when a new engine is there: then ask again.
   */
  port(): void
}
