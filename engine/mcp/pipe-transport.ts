// engine/mcp/pipe-transport.ts: a server as a program of its own, spoken to over its pipes. What it may send is bounded: a
// line, a second's worth of messages, and what it says to nobody in particular. A program that goes beyond is ended.
import { type ChildProcess, spawn } from 'node:child_process'
import { deserializeMessage, serializeMessage, type Transport } from '@modelcontextprotocol/client'
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio'
import { allowProcess } from '../egress/seal.ts'

type Message = Parameters<Transport['send']>[0]

export type PipeOptions = {
  /** Program and arguments, maybe in a sandbox. */
  readonly argv: readonly string[]
  readonly folder: string | null
  readonly environment: Readonly<Record<string, string>>
  /** What it writes for people, line by line. */
  readonly onLine: (text: string) => void
  readonly limits?: Partial<PipeLimits>
}

export type PipeLimits = {
  /** Bytes of one message. */
  readonly message: number
  /** Messages in one second. */
  readonly messagesPerSecond: number
  /** Bytes in one second, of both streams. */
  readonly bytesPerSecond: number
  /** Lines that are no messages, in a row. */
  readonly nonsense: number
}

export const pipeLimits: PipeLimits = {
  message: 10_000_000,
  messagesPerSecond: 500,
  bytesPerSecond: 50_000_000,
  nonsense: 100,
}

/** How long a program may take to end by itself once its input is closed; then it is told, then it is killed. */
const endMs = 1000

export class PipeTransport implements Transport {
  onclose?: (() => void) | undefined
  onerror?: ((error: Error) => void) | undefined
  onmessage?: Transport['onmessage']
  readonly #options: PipeOptions
  readonly #limits: PipeLimits
  #child: ChildProcess | null = null
  #buffer: Buffer[] = []
  #buffered = 0
  #second = { from: 0, messages: 0, bytes: 0 }
  #nonsense = 0
  #ended = Promise.withResolvers<void>()
  #over = false
  /** Why it was ended by us. */
  reason: string | null = null

  constructor(options: PipeOptions) {
    this.#options = options
    this.#limits = { ...pipeLimits, ...options.limits }
  }

  /** The program is not there any more. */
  get ended(): boolean {
    return this.#over
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): Promise<void> {
    const [program = '', ...rest] = this.#options.argv
    const started = Promise.withResolvers<void>()
    const child = allowProcess(() =>
      spawn(program, rest, {
        cwd: this.#options.folder ?? undefined,
        env: { ...getDefaultEnvironment(), ...this.#options.environment },
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true, // a group of its own, so that what it starts ends with it
      }),
    )
    this.#child = child
    child.on('spawn', () => started.resolve())
    child.on('error', (error) => {
      started.reject(new Error(`${program} could not be started: ${error.message}`))
      this.#finish()
    })
    child.on('close', () => this.#finish())
    child.stdout?.on('data', (chunk: Buffer) => this.#take(chunk))
    child.stdin?.on('error', (error) => this.onerror?.(error)) // it closed its end; `close` follows
    this.#listenToErrors(child)
    return started.promise
  }

  send(message: Message): Promise<void> {
    const input = this.#child?.stdin
    if (this.#over || !input?.writable) return Promise.reject(new Error('The server has ended.'))
    return new Promise((resolve, reject) =>
      input.write(serializeMessage(message), (error) => (error ? reject(error) : resolve())),
    )
  }

  async close(): Promise<void> {
    const child = this.#child
    if (child === null || this.#over) return
    child.stdin?.end()
    const gone = this.#ended.promise
    if (await isWithin(gone, endMs)) return
    this.#signal('SIGTERM')
    if (await isWithin(gone, endMs)) return
    this.#signal('SIGKILL')
    await isWithin(gone, endMs)
    this.#finish()
  }

  /** Ends it at once, with a reason. */
  kill(reason: string): void {
    if (this.#over) return
    this.reason ??= reason
    this.#buffer = []
    this.#buffered = 0
    this.#child?.stdout?.removeAllListeners('data').resume()
    this.#signal('SIGKILL')
    this.onerror?.(new Error(reason))
  }

  #signal(name: 'SIGTERM' | 'SIGKILL'): void {
    const pid = this.#child?.pid
    if (pid === undefined) return
    try {
      process.kill(-pid, name)
    } catch {
      this.#child?.kill(name)
    }
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#signal('SIGKILL') // whoever is left of the group
    this.#ended.resolve()
    this.onclose?.()
  }

  /** Counts against this second. False once it is too much. */
  #count(messages: number, bytes: number): boolean {
    const now = performance.now()
    if (now - this.#second.from > 1000) this.#second = { from: now, messages: 0, bytes: 0 }
    this.#second.messages += messages
    this.#second.bytes += bytes
    if (this.#second.messages > this.#limits.messagesPerSecond)
      this.kill('The server sent more messages than can be read.')
    else if (this.#second.bytes > this.#limits.bytesPerSecond) this.kill('The server sent more than can be read.')
    else return true
    return false
  }

  #take(chunk: Buffer): void {
    if (this.reason !== null || !this.#count(0, chunk.length)) return
    let rest = chunk
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      this.#buffer.push(rest.subarray(0, at))
      rest = rest.subarray(at + 1)
      const line = Buffer.concat(this.#buffer)
      this.#buffer = []
      this.#buffered = 0
      if (line.length > this.#limits.message) {
        this.kill('The server sent a message that is too large.')
        return
      }
      if (line.length > 0 && !this.#deliver(line.toString('utf8'))) return
    }
    if (rest.length > 0) this.#buffer.push(rest)
    this.#buffered += rest.length
    if (this.#buffered > this.#limits.message) this.kill('The server sent a message that is too large.')
  }

  /** False when it was ended. */
  #deliver(line: string): boolean {
    if (!this.#count(1, 0)) return false
    let message: Message
    try {
      message = deserializeMessage(line)
    } catch {
      this.#options.onLine(`not a message: ${line.slice(0, 200)}`)
      if (++this.#nonsense > this.#limits.nonsense) this.kill('The server does not speak the protocol.')
      return this.reason === null
    }
    this.#nonsense = 0
    this.onmessage?.(message)
    return true
  }

  #listenToErrors(child: ChildProcess): void {
    let line = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.reason !== null || !this.#count(0, text.length)) return
      const lines = (line + text).split('\n')
      line = (lines.pop() ?? '').slice(-2000)
      for (const whole of lines.slice(-200)) this.#options.onLine(whole)
    })
    child.stderr?.on('end', () => {
      if (line !== '') this.#options.onLine(line)
    })
  }
}

function isWithin(done: Promise<void>, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), limitMs)
    void done.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
