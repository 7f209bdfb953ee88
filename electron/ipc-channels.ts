// electron/ipc-channels.ts: the two messages between a window's preload and the main process.

/** Preload to main: the page asks for a port. */
export const askForPort = 'hearth:ask-for-port'
/** Main to preload: here is one, in `event.ports`. */
export const takePort = 'hearth:take-port'
