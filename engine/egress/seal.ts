// engine/egress/seal.ts: closes every door of this process to the network and to other programs, and leaves two keys: the
// broker may connect, and the code that starts a server or a caged command may start a program. Everything else that
// tries (a library, a tool, a mistake) gets an error that says whom to ask.
//
// This holds against code that is careless, not against code that attacks from inside the process; for that, what is not
// ours runs in processes of its own.
import { AsyncLocalStorage } from 'node:async_hooks'
import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import worker from 'node:worker_threads'
import { HearthError } from '../contract/failure.ts'

const connecting = new AsyncLocalStorage<true>()
const starting = new AsyncLocalStorage<true>()

/** Runs `work`; connections that it opens are let through. For the broker alone. */
export const allowConnection = <T>(work: () => T): T => connecting.run(true, work)
/** Runs `work`; a program that it starts is let through. */
export const allowProcess = <T>(work: () => T): T => starting.run(true, work)

let sealed = false

/** Idempotent. Called once, first of all, by the engine process. */
export function sealProcess(refused: (what: string) => void = () => {}): void {
  if (sealed) return
  sealed = true
  const deny = (what: string): never => {
    refused(what)
    throw new HearthError(
      'internal',
      `${what} was tried outside the one place that may do that, so it was refused.`,
      'Ask the egress broker for a connection.',
    )
  }
  /** Replaces methods by ones that look at the key first. */
  const guard = (target: object, names: readonly string[], key: AsyncLocalStorage<true>, what: string) => {
    for (const name of names) {
      const real: unknown = Reflect.get(target, name)
      if (typeof real !== 'function') continue
      const guarded = function (this: unknown, ...args: unknown[]): unknown {
        if (key.getStore() !== true) return deny(what)
        return Reflect.apply(real, this, args)
      }
      Object.defineProperty(target, name, { value: guarded, writable: false, configurable: false, enumerable: true })
    }
  }
  guard(net.Socket.prototype, ['connect'], connecting, 'A connection')
  guard(net, ['createServer'], connecting, 'A server')
  guard(net.Server.prototype, ['listen'], connecting, 'A server')
  guard(dgram.Socket.prototype, ['send', 'bind', 'connect'], connecting, 'A datagram')
  const lookups = [
    'lookup',
    'lookupService',
    'resolve',
    'resolve4',
    'resolve6',
    'resolveAny',
    'resolveCaa',
    'resolveCname',
    'resolveMx',
    'resolveNaptr',
    'resolveNs',
    'resolvePtr',
    'resolveSoa',
    'resolveSrv',
    'resolveTlsa',
    'resolveTxt',
    'reverse',
  ]
  for (const target of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
    guard(target, lookups, connecting, 'A name lookup')
  guard(
    childProcess,
    ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'],
    starting,
    'Starting a program',
  )
  guard(childProcess.ChildProcess.prototype, ['spawn'], starting, 'Starting a program')
  // A worker has modules of its own, with open doors.
  Object.defineProperty(worker, 'Worker', {
    value: class {
      constructor() {
        deny('A worker')
      }
    },
    writable: false,
    configurable: false,
  })
  /** Called or constructed, it refuses. */
  function shut(): never {
    return deny('A request')
  }
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'WebSocketStream', 'XMLHttpRequest'])
    if (name in globalThis)
      Object.defineProperty(globalThis, name, {
        value: shut,
        writable: false,
        configurable: false,
      })
  for (const name of ['binding', '_linkedBinding', 'dlopen'])
    if (name !== 'dlopen') Object.defineProperty(process, name, { value: () => deny('A binding'), configurable: false })
  syncBuiltinESMExports()
}
