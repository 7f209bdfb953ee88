// engine/egress/ways-out.ts: a program for egress.test.ts. It seals itself and then tries every way out it can think of to the
// port that it is given, and prints what came of each.
import childProcess from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { lookup as named } from 'node:dns/promises'
import http, { get as namedGet } from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net, { connect as namedConnect } from 'node:net'
import tls from 'node:tls'
import worker from 'node:worker_threads'
import { allowConnection, allowProcess, sealProcess } from './seal.ts'

const port = Number(process.argv[2])
const url = `http://127.0.0.1:${port}`
sealProcess()

/** Resolves when something came back; what is refused throws or emits an error. */
const emitter = (make: () => NodeJS.EventEmitter) =>
  new Promise((resolve, reject) => {
    const made = make()
    for (const name of ['connect', 'secureConnect', 'response', 'listening', 'exit', 'online', 'message'])
      made.once(name, resolve)
    made.once('error', reject)
  })

const global = globalThis as unknown as Record<string, new (url: string) => unknown>
const construct = (name: string) => {
  const Made = global[name]
  if (Made === undefined) throw new Error('refused: it does not exist')
  return new Made(url)
}
const ways: Readonly<Record<string, () => unknown>> = {
  fetch: () => fetch(url),
  'net.connect': () => emitter(() => net.connect(port, '127.0.0.1')),
  'net.connect, imported by name': () => emitter(() => namedConnect(port, '127.0.0.1')),
  'new net.Socket': () => emitter(() => new net.Socket().connect(port, '127.0.0.1')),
  'http.get': () => emitter(() => http.get(url)),
  'http.get, imported by name': () => emitter(() => namedGet(url)),
  'http.request with an agent of its own': () =>
    emitter(() => http.request(url, { agent: new http.Agent() }).end() as never),
  'https.request': () => emitter(() => https.request(`https://127.0.0.1:${port}`).end() as never),
  'http2.connect': () => emitter(() => http2.connect(url)),
  'tls.connect': () => emitter(() => tls.connect(port, '127.0.0.1')),
  WebSocket: () => construct('WebSocket'),
  EventSource: () => construct('EventSource'),
  'dns.lookup': () =>
    new Promise((resolve, reject) => dns.lookup('localhost', (error) => (error === null ? resolve(1) : reject(error)))),
  'dns.promises, imported by name': () => named('localhost'),
  'a resolver of its own': () => new dns.promises.Resolver().resolve4('localhost'),
  'dgram.send': () =>
    new Promise((resolve, reject) =>
      dgram.createSocket('udp4').send('x', port, '127.0.0.1', (error) => (error === null ? resolve(1) : reject(error))),
    ),
  'net.createServer': () => emitter(() => net.createServer().listen(0)),
  'child_process.spawn': () => emitter(() => childProcess.spawn('true')),
  'child_process.execSync': () => childProcess.execSync('true'),
  'child_process.fork': () => childProcess.fork(process.argv[1] ?? ''),
  'a worker': () => emitter(() => new worker.Worker('require("net").connect(1)', { eval: true })),
  'process.binding': () => (process as unknown as { binding(name: string): unknown }).binding('tcp_wrap'),
  'the built-in module by its name': () =>
    emitter(() => process.getBuiltinModule('node:net').connect(port, '127.0.0.1')),
}

const results: Record<string, string> = {}
for (const [way, go] of Object.entries(ways)) {
  try {
    const limit = new Promise((_, reject) => setTimeout(() => reject(new Error('nothing came of it')), 2000).unref())
    await Promise.race([Promise.resolve(go()), limit])
    results[way] = 'it got out'
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    results[way] = message.includes('refused') ? 'refused' : message
  }
}
results.keyed = await allowConnection(
  () =>
    new Promise<string>((resolve, reject) =>
      http
        .get(`${url}/keyed`, (answer) => answer.on('data', (data: Buffer) => resolve(data.toString())))
        .on('error', reject),
    ),
)
results.started = await new Promise((resolve) =>
  allowProcess(() => childProcess.spawn('true')).on('exit', () => resolve('yes')),
)
process.stdout.write(JSON.stringify(results), () => process.exit(0))
