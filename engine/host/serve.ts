// engine/host/serve.ts: the contract over a port: parse, handle, answer; and events, in batches.
import { z } from 'zod'
import { type CommandName, commands } from '../contract/commands.ts'
import type { AppEvent } from '../contract/events.ts'
import { HearthError, toFailure } from '../contract/failure.ts'
import { type Port, protocolVersion, toHost } from '../contract/wire.ts'
import { type Log, traceOf } from './log.ts'
import { createOutbox } from './outbox.ts'

/** What is served. All windows see the same. */
export type Served = {
  readonly version: string
  /**
   * `input` follows the command's schema. Answers at once: what an answer says and the events before it must be one
   * moment, or a window would count the same text twice. Throws `HearthError`.
   */
  handle(command: CommandName, input: unknown): unknown
  /** Answers how to end it. */
  subscribe(listener: (event: AppEvent) => void): () => void
}

/** Serves one window until its port closes. Nothing that a window sends can make this throw. */
export function serve(port: Port, served: Served, log: Log): void {
  const outbox = createOutbox((message) => port.post(message))
  const unsubscribe = served.subscribe(outbox.add)
  port.onClose(() => {
    unsubscribe()
    outbox.close()
  })
  port.onMessage((raw) => {
    const message = toHost.safeParse(raw)
    if (!message.success) {
      const id = z.object({ id: z.number().int() }).safeParse(raw)
      log('bad-message', {})
      if (id.success)
        port.post({ type: 'failed', id: id.data.id, failure: badRequest('message', message.error).failure })
      return
    }
    if (message.data.type === 'ack') return outbox.acknowledge(message.data.batch)
    const { id, command, input } = message.data
    const answer = answerTo(served, command, input, log)
    outbox.drain()
    port.post({ ...answer, id })
  })
  port.post({ type: 'hello', protocol: protocolVersion, version: served.version })
}

function answerTo({ handle }: Served, command: string, input: unknown, log: Log) {
  try {
    return { type: 'result', output: handle(...parse(command, input)) } as const
  } catch (error) {
    const failure = toFailure(error)
    if (!(error instanceof HearthError)) log('call-failed', { command, ...traceOf(error) })
    else log('call-refused', { command: isCommand(command) ? command : 'unknown', failure: failure.code })
    return { type: 'failed', failure } as const
  }
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name)

function parse(command: string, input: unknown): [CommandName, unknown] {
  if (!isCommand(command))
    throw new HearthError('bad-request', 'A command of this version was expected, and this one is unknown.')
  const parsed = commands[command].input.safeParse(input)
  if (!parsed.success) throw badRequest(command, parsed.error)
  return [command, parsed.data]
}

const badRequest = (what: string, error: z.ZodError): HearthError => {
  const issue = error.issues[0]
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
  return new HearthError('bad-request', `${what} does not follow the contract${where}: ${issue?.message ?? 'unknown'}.`)
}
