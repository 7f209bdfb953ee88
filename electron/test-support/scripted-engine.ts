// electron/test-support/scripted-engine.ts: a real process that speaks the shell's protocol and knows three commands.
// It stands in for engine/host where a test is about the shell alone.
//
// HEARTH_ENGINE_FAULT: `start` ends at once with code 7, `fatal` says why first, `deaf` ignores a shutdown.
import { appendFileSync } from 'node:fs'

type Incoming = {
  kind: string
  port: number
  message?: { type?: string; id?: number; command?: string; input?: unknown }
}

const fault = process.env.HEARTH_ENGINE_FAULT
const note = (line: string) => {
  if (process.env.HEARTH_ENGINE_NOTES !== undefined) appendFileSync(process.env.HEARTH_ENGINE_NOTES, `${line}\n`)
}
const send = (message: unknown) => process.send?.(message)
const post = (port: number, message: unknown) => send({ kind: 'port-message', port, message })

note(`start ${process.pid}`)
if (fault === 'start') process.exit(7)
if (fault === 'fatal') {
  const failure = { code: 'storage-newer', message: 'Version 1 was expected, but version 9 was found.' }
  process.send?.({ kind: 'fatal', failure }, () => process.exit(1))
}

process.on('disconnect', () => process.exit(0))
process.on('message', ({ kind, port, message }: Incoming) => {
  switch (kind) {
    case 'port-open':
      post(port, { type: 'hello', protocol: 1, version: `pid ${process.pid}` })
      return
    case 'port-close':
      note(`close ${port}`)
      return
    case 'shutdown':
      if (fault === 'deaf') return
      note('shutdown')
      process.exit(0)
      return
    case 'port-message':
      if (message?.command === 'echo') post(port, { type: 'result', id: message.id, output: message.input })
      if (message?.command === 'close-me') send({ kind: 'port-close', port })
      if (message?.command === 'flood') {
        for (let i = 0; i < 200; i++) post(port, { type: 'result', id: i, output: 'x'.repeat(1024 * 1024) })
      }
      return
  }
})
if (fault !== 'fatal') send({ kind: 'ready' })
