// renderer/ui/platform.ts: what differs between a Mac and other computers, and between our own window and a browser.

const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform)
const inBrowser = typeof window !== 'undefined' && !('bridge' in window)

/** The word for this machine in sentences. */
export const computer = isMac ? 'Mac' : 'computer'

/** A key that the browser keeps for itself (new window, tabs, history) is Ctrl-Option there. */
export type Chord = {
  readonly key: string
  readonly shift?: boolean
  readonly alt?: boolean
  readonly browserOwns?: boolean
}

export function matches(event: KeyboardEvent, chord: Chord): boolean {
  const same = event.key.toLowerCase() === chord.key || event.code === codes[chord.key]
  if (!same) return false
  if (chord.alt) return event.altKey && !event.metaKey && !event.ctrlKey
  if (chord.browserOwns && inBrowser)
    return event.ctrlKey && event.altKey && !event.metaKey && event.shiftKey === Boolean(chord.shift)
  const command = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
  return command && event.shiftKey === Boolean(chord.shift) && !event.altKey
}

/** With Option held the letter can change, so these are known by their place on the keyboard too. */
const codes: Readonly<Record<string, string>> = {
  n: 'KeyN',
  '0': 'Digit0',
  '1': 'Digit1',
  '2': 'Digit2',
  '3': 'Digit3',
  '4': 'Digit4',
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '\\': 'Backslash',
  '/': 'Slash',
  ',': 'Comma',
}

const names: Readonly<Record<string, string>> = { arrowup: '↑', arrowdown: '↓', enter: '↩', backspace: '⌫' }

/** The chord as it works here, for tooltips and the map of keys. */
export function spell(chord: Chord): string {
  const key = names[chord.key] ?? chord.key.toUpperCase()
  if (chord.alt) return isMac ? `⌥${key}` : `Alt ${key}`
  if (chord.browserOwns && inBrowser)
    return isMac ? `⌃⌥${chord.shift ? '⇧' : ''}${key}` : `Ctrl Alt ${chord.shift ? 'Shift ' : ''}${key}`
  if (isMac) return `${chord.shift ? '⇧' : ''}⌘${key}`
  return `Ctrl ${chord.shift ? 'Shift ' : ''}${key}`
}
