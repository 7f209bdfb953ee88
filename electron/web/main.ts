// electron/web/main.ts: Hearth in a browser tab, for machines without Electron's binary. The same engine and the same
// page; this shell only introduces the two. `node electron/web/main.ts [--data DIR] [--port N] [--no-open]`
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { dataFolder } from '../data-folder.ts'
import { engineBoot, engineEnvironment } from '../engine-boot.ts'
import { createSupervisor } from '../supervisor.ts'
import { parseShellArguments, type ShellArguments } from './arguments.ts'
import { type ChildEngine, startChildEngine } from './child-engine.ts'
import { type Claim, claimInstance } from './instance.ts'
import { newToken } from './launch-token.ts'
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { openBrowser } from './open-browser.ts'
import { windowSocket } from './window-socket.ts'

const root = path.resolve(import.meta.dirname, '..', '..')
// HEARTH_PAGE, HEARTH_ENGINE, HEARTH_SCRIPT: another page, engine entry or scripted model, for tests.

/** One sentence on stderr, and the exit code that scripts look at. */
function giveUp(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

const log = (line: string) => process.stderr.write(`[shell] ${line}\n`)
const reason = (error: unknown) => (error instanceof Error ? error.message : String(error))

async function main(): Promise<void> {
  let args: ShellArguments
  try {
    args = parseShellArguments(process.argv.slice(2))
  } catch (error) {
    giveUp(reason(error))
  }
  const pageFolder = process.env.HEARTH_PAGE ?? path.join(root, 'dist', 'renderer')
  if (!existsSync(path.join(pageFolder, 'index.html'))) {
    giveUp(`The built page was expected in ${pageFolder}, but is not there. Run npm start, which builds it.`)
  }
  const dataDir = dataFolder({ flag: args.data, environment: process.env, platform: process.platform, home: homedir() })
  let claim: Claim
  try {
    claim = await claimInstance(dataDir)
  } catch (error) {
    giveUp(`The data folder ${dataDir} was expected to be writable, but: ${reason(error)}. Choose another with --data.`)
  }
  if (claim.kind === 'stuck') {
    const who = claim.pid === null ? 'another program' : `process ${claim.pid}`
    giveUp(`The data folder ${dataDir} was expected to be free, but ${who} holds it and does not answer. End it first.`)
  }
  if (claim.kind === 'running') {
    const { port, token } = claim.instance
    const link = `http://127.0.0.1:${port}/#t=${token}`
    process.stdout.write(`Hearth is already running: ${link}\n`)
    if (args.open) openBrowser(link)
    return
  }

  const { lock } = claim
  const token = newToken()
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  const boot = engineBoot({ root, resources: null }, dataDir, version, process.env.HEARTH_SCRIPT)
  const engineModule = process.env.HEARTH_ENGINE ?? path.join(root, 'engine', 'host', 'main.ts')

  let tabs = 0
  let idle: NodeJS.Timeout | undefined
  let server: LoopbackServer
  try {
    server = await startLoopbackServer({
      pageFolder,
      token,
      port: args.port,
      onSocket(socket) {
        const window = windowSocket(socket)
        const forget = supervisor.add(window)
        tabs += 1
        clearTimeout(idle)
        socket.on('close', () => {
          forget()
          window.closed()
          tabs -= 1
          if (tabs === 0 && args.lingerSeconds !== null) idle = setTimeout(end, args.lingerSeconds * 1000)
        })
      },
    })
  } catch (error) {
    lock.release()
    giveUp(listenSentence(error, args.port))
  }
  const supervisor = createSupervisor<ChildEngine>(() => {
    const engine = startChildEngine(engineModule, engineEnvironment(boot))
    log(`engine process ${engine.pid ?? 'did not start'}`)
    return engine
  }, log)

  let ending = false
  async function end(): Promise<void> {
    if (ending) return
    ending = true
    await supervisor.stop()
    await server.close()
    lock.release()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)

  lock.publish({ pid: process.pid, port: server.port, token })
  process.stdout.write(`Hearth is ready: ${server.link}\n`)
  if (args.open) openBrowser(server.link)
}

function listenSentence(error: unknown, port: number): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EADDRINUSE') {
    return `Port ${port} was expected to be free, but another program listens there. Choose another with --port, or leave it out.`
  }
  return `Hearth was expected to listen on 127.0.0.1:${port}, but: ${reason(error)}.`
}

await main()
