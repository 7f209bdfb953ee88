// engine/prompt/tool-syntax.ts: how Gemma 4 writes tools, calls and results: `call:name{key:<|"|>text<|"|>,n:2}`. There is no
// escaping: a text runs to the next quote mark, which is a token of its own, so what goes into one must be guarded.
// Source: the chat template inside the model files of Gemma 4 (`tokenizer.chat_template`).

export const opensCall = '<|tool_call>'
export const closesCall = '<tool_call|>'
export const opensResponse = '<|tool_response>'
export const closesResponse = '<tool_response|>'
export const quote = '<|"|>'

/** Whether a model knows these marks, and so was made to call tools in this way. */
export const canCallTools = ({ markers }: { readonly markers: readonly string[] }): boolean =>
  [opensCall, closesCall, closesResponse, quote].every((mark) => markers.includes(mark))

/** A value as the model reads it. `protect` guards every text and key; see guard.ts. */
export function printValue(value: unknown, protect: (text: string) => string): string {
  if (typeof value === 'string') return `${quote}${protect(value)}${quote}`
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map((inner) => printValue(inner, protect)).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
    const sorted = entries.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    return `{${sorted.map(([key, inner]) => `${protect(plainKey(key))}:${printValue(inner, protect)}`).join(',')}}`
  }
  return 'null'
}

/** Keys are not quoted, so one that could end itself is written without what would. */
const plainKey = (key: string): string => key.replace(/[{}[\],:<>|"\s]+/g, '_')

export function printResponse(name: string, value: unknown, protect: (text: string) => string): string {
  const fields = value !== null && typeof value === 'object' && !Array.isArray(value) ? value : { value }
  return `${opensResponse}response:${protect(plainKey(name))}${printValue(fields, protect)}${closesResponse}`
}

export function printCall(name: string, args: unknown, protect: (text: string) => string): string {
  const fields = args !== null && typeof args === 'object' && !Array.isArray(args) ? args : {}
  return `${opensCall}call:${protect(plainKey(name))}${printValue(fields, protect)}${closesCall}`
}

export type ParsedCall =
  | { readonly ok: true; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly name: string; readonly problem: string }

const deepest = 32

/**
 * Reads the text between the marks of a call. Mends what models get wrong and what has one meaning only: a missing last
 * brace or quote mark, quotes as in JSON, a bare word. Anything else is a problem in words, for the model.
 */
export function parseCall(text: string): ParsedCall {
  const head = /^\s*call\s*:\s*([^\s{]*)\s*/.exec(text)
  const name = head?.[1] ?? ''
  const bad = (problem: string): ParsedCall => ({ ok: false, name, problem })
  if (head === null || !/^[A-Za-z0-9_.-]{1,128}$/.test(name))
    return bad('A call such as call:name{key:value} was expected.')
  let at = head[0].length
  const skip = () => {
    while (at < text.length && /\s/.test(text[at] ?? '')) at++
  }
  const take = (mark: string): boolean => {
    skip()
    if (!text.startsWith(mark, at)) return false
    at += mark.length
    return true
  }
  const textUntil = (end: string): string => {
    const close = text.indexOf(end, at)
    // The last text may lack its end; what closes the call then closes it too.
    const stop = close >= 0 ? close : Math.max(at, text.length - (/[}\]\s]*$/.exec(text.slice(at))?.[0].length ?? 0))
    const found = text.slice(at, stop)
    at = close >= 0 ? close + end.length : stop
    return found
  }
  const key = (): string => {
    if (take(quote)) return textUntil(quote)
    if (take('"')) return jsonText('"')
    const found = /^[^:{}[\],]*/.exec(text.slice(at))?.[0] ?? ''
    at += found.length
    return found.trim()
  }
  const jsonText = (end: string): string => {
    let found = ''
    while (at < text.length && text[at] !== end) {
      if (text[at] === '\\' && at + 1 < text.length) {
        const escaped = text[at + 1] ?? ''
        const plain = ({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' } as Record<string, string>)[escaped]
        const code = escaped === 'u' ? /^[0-9a-fA-F]{4}/.exec(text.slice(at + 2))?.[0] : undefined
        found += code === undefined ? (plain ?? escaped) : String.fromCharCode(Number.parseInt(code, 16))
        at += 2 + (code?.length ?? 0)
      } else found += text[at++]
    }
    at++
    return found
  }
  const value = (depth: number): unknown => {
    if (depth > deepest) throw new Error(`Values at most ${deepest} deep were expected.`)
    if (take(quote)) return textUntil(quote)
    if (take('"')) return jsonText('"')
    if (take("'")) return jsonText("'")
    if (take('{')) return object(depth + 1)
    if (take('[')) {
      const items: unknown[] = []
      for (;;) {
        if (take(']')) return items
        if (at >= text.length) return items
        items.push(value(depth + 1))
        if (!take(',')) {
          if (take(']') || at >= text.length) return items
          throw new Error(`\`,\` or \`]\` was expected at "${text.slice(at, at + 20)}".`)
        }
      }
    }
    const bare = /^[^,{}[\]]*/.exec(text.slice(at))?.[0] ?? ''
    at += bare.length
    const word = bare.trim()
    if (word === 'true' || word === 'false') return word === 'true'
    if (word === 'null' || word === 'None') return null
    if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word)) return Number(word)
    if (word === '') throw new Error('A value was expected, and there is none.')
    return word
  }
  const object = (depth: number): Record<string, unknown> => {
    const entries: [string, unknown][] = []
    for (;;) {
      if (take('}') || at >= text.length) break
      const name = key()
      if (!take(':')) throw new Error(`\`:\` was expected after "${name.slice(0, 40)}".`)
      entries.push([name, value(depth)])
      if (take(',')) continue
      if (take('}') || at >= text.length) break
      throw new Error(`\`,\` or \`}\` was expected at "${text.slice(at, at + 20)}".`)
    }
    return Object.fromEntries(entries) // the last of two with one name stays
  }
  if (!take('{')) return at >= text.length ? { ok: true, name, arguments: {} } : bad('`{` was expected after the name.')
  try {
    const args = object(0)
    skip()
    if (at < text.length) return bad(`Nothing was expected after the last \`}\`, found "${text.slice(at, at + 20)}".`)
    return { ok: true, name, arguments: args }
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error))
  }
}
