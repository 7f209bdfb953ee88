// engine/egress/broker.ts: the one place of this process that opens connections. Without a grant or a permit nothing is
// sent, not even a name lookup; every attempt is written down before it is made.
import { lookup } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import type { EgressEntry, EgressGrant, EgressPurpose, EgressState, GrantId } from '../contract/egress.ts'
import { HearthError } from '../contract/failure.ts'
import { type ConversationId, uuidv7 } from '../contract/ids.ts'
import type { EgressStore } from '../storage/egress-log.ts'
import { isOwnNetwork } from './address.ts'
import { allowConnection } from './seal.ts'

export type EgressRequest = {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
  readonly purpose: EgressPurpose
  /** Who asks: `Hearth`, or a server's name. */
  readonly process: string
  readonly conversation: ConversationId | null
  /** The person's leave for this one request, in words for the log; null: a grant is needed. */
  readonly permit: string | null
  /** May the address be in the person's own network? Pages may not; a server that the person typed in may. */
  readonly ownNetwork: boolean
  readonly signal: AbortSignal
}

export type EgressResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Ends, or throws; reading it is what counts the bytes. */
  readonly body: AsyncIterable<Buffer>
}

export type Broker = {
  /** Throws `HearthError` `bad-request` when nobody allowed it; then nothing was sent. */
  request(request: EgressRequest): Promise<EgressResponse>
  state(): EgressState
  log(before: string | null, limit: number): { readonly entries: EgressEntry[]; readonly more: boolean }
  grant(host: string, purpose: EgressPurpose, conversation: ConversationId | null, until: number | null): EgressGrant
  revoke(id: GrantId): void
  revokeAll(): void
  /** Hosts that are granted now. */
  hosts(purpose: EgressPurpose, conversation: ConversationId | null): ReadonlySet<string>
}

export type BrokerDeps = {
  readonly store: EgressStore
  readonly now: () => number
  readonly onEntry: (entry: EgressEntry) => void
  readonly onChange: (state: EgressState) => void
  /** In tests: where a host really is. */
  readonly resolve?: (host: string) => Promise<readonly { address: string; family: number }[]>
}

const keepDays = 90
const connectMs = 15_000

export function createBroker({ store, now, onEntry, onChange, resolve = resolveName }: BrokerDeps): Broker {
  store.tidy(now() - keepDays * 86_400_000)

  const grants = () => store.grants().filter(({ until }) => until === null || until > now())
  const grantFor = ({ url, purpose, conversation }: EgressRequest) =>
    grants().find(
      (grant) =>
        grant.host === url.host &&
        grant.purpose === purpose &&
        (grant.conversation === null || grant.conversation === conversation),
    )
  const state = (): EgressState => {
    const midnight = new Date(now())
    midnight.setHours(0, 0, 0, 0)
    const { made, refused } = store.count(midnight.getTime())
    return { grants: grants(), today: made, refusedToday: refused }
  }
  const write = (entry: EgressEntry): EgressEntry => {
    store.put(entry)
    onEntry(entry)
    return entry
  }

  const request: Broker['request'] = async (asked) => {
    const { url, method, body, purpose, permit } = asked
    const grant = permit === null ? grantFor(asked) : undefined
    const allowed = permit ?? (grant === undefined ? null : wordsOf(grant))
    let entry: EgressEntry = {
      id: uuidv7(now()),
      at: now(),
      process: asked.process,
      host: url.host,
      method,
      purpose,
      outcome: allowed === null ? 'refused' : 'open',
      bytesOut: 0,
      bytesIn: 0,
      allowedBy: allowed ?? 'nobody',
    }
    const refuse = (message: string): never => {
      write({ ...entry, outcome: 'refused' })
      onChange(state())
      throw new HearthError('bad-request', message, 'Allow it under Tools, or leave it.')
    }
    if (url.protocol !== 'http:' && url.protocol !== 'https:') refuse(`${url.protocol} is no way to the web.`)
    if (url.username !== '' || url.password !== '') refuse('An address with a password in it is not used.')
    if (allowed === null) refuse(`Nobody allowed a connection to ${url.host}.`)
    // A name is only looked up when the connection is allowed: the lookup alone would tell.
    const places = await allowConnection(() => resolve(url.hostname.replace(/^\[|\]$/g, ''))).catch(
      (error: unknown) => {
        write({ ...entry, outcome: 'failed' })
        throw unreachable(url, error)
      },
    )
    const usable = places.filter(({ address }) => asked.ownNetwork || !isOwnNetwork(address))
    if (usable.length === 0) refuse(`${url.host} is an address in your own network, where pages have no business.`)
    if (grant !== undefined) store.countUse(grant.id)
    entry = write({ ...entry, bytesOut: sizeOf(asked, body) })
    onChange(state())
    try {
      const answer = await connect(asked, usable)
      return {
        status: answer.statusCode ?? 0,
        headers: flat(answer.headers),
        body: counted(answer, (bytesIn, whole) => {
          entry = write({ ...entry, bytesIn, outcome: whole ? 'done' : 'failed' })
        }),
      }
    } catch (error) {
      write({ ...entry, outcome: 'failed' })
      throw asked.signal.aborted ? error : unreachable(url, error)
    }
  }

  return {
    request,
    state,
    log: (before, limit) => {
      const entries = store.latest(before, limit + 1)
      return { entries: entries.slice(0, limit), more: entries.length > limit }
    },
    grant: (host, purpose, conversation, until) => {
      const name = hostOf(host)
      const known = grants().find(
        (grant) => grant.host === name && grant.purpose === purpose && grant.conversation === conversation,
      )
      if (known !== undefined) store.removeGrant(known.id)
      const id = uuidv7(now()) as GrantId
      const grant: EgressGrant = { id, host: name, purpose, conversation, createdAt: now(), until, uses: 0 }
      store.addGrant(grant)
      onChange(state())
      return grant
    },
    revoke: (id) => {
      store.removeGrant(id)
      onChange(state())
    },
    revokeAll: () => {
      store.removeAllGrants()
      onChange(state())
    },
    hosts: (purpose, conversation) =>
      new Set(
        grants()
          .filter(
            (grant) =>
              grant.purpose === purpose && (grant.conversation === null || grant.conversation === conversation),
          )
          .map(({ host }) => host),
      ),
  }
}

/** `Example.com:443` and `https://example.com/a` are `example.com`. Throws `HearthError` `bad-request`. */
export function hostOf(text: string): string {
  const address = text.includes('://') ? text : `https://${text}`
  const url = URL.parse(address)
  if (url === null || url.host === '' || (!text.includes('://') && url.pathname !== '/'))
    throw new HearthError('bad-request', `A host such as example.com was expected, found "${text.slice(0, 80)}".`)
  return url.host
}

function connect(
  { url, method, headers, body, signal }: EgressRequest,
  places: readonly { address: string; family: number }[],
): Promise<http.IncomingMessage> {
  return allowConnection(
    () =>
      new Promise((done, failed) => {
        const client = url.protocol === 'https:' ? https : http
        const outgoing = client.request(url, {
          method,
          headers: { 'accept-encoding': 'identity', ...headers },
          signal,
          agent: false,
          // The addresses that were judged are the ones that are used: a second answer of the name server changes nothing.
          lookup: (_host, options, back) => {
            const first = places[0]
            if (options.all === true) back(null, [...places])
            else back(null, first?.address ?? '', first?.family ?? 4)
          },
        })
        outgoing.setTimeout(connectMs, () => outgoing.destroy(new Error('it did not answer in time')))
        outgoing.on('response', (answer) => {
          outgoing.setTimeout(0)
          done(answer)
        })
        outgoing.on('error', failed)
        outgoing.end(body ?? undefined)
      }),
  )
}

async function* counted(
  answer: http.IncomingMessage,
  ended: (bytes: number, whole: boolean) => void,
): AsyncGenerator<Buffer, void, void> {
  let bytes = 0
  let whole = false
  try {
    for await (const chunk of answer) {
      const piece: Buffer = chunk
      bytes += piece.length
      yield piece
    }
    whole = true
  } finally {
    answer.destroy()
    ended(bytes, whole || bytes > 0)
  }
}

function resolveName(host: string): Promise<readonly { address: string; family: number }[]> {
  return new Promise((done, failed) =>
    lookup(host, { all: true }, (error, addresses) => (error === null ? done(addresses) : failed(error))),
  )
}

const sizeOf = ({ url, method, headers }: EgressRequest, body: Uint8Array | null): number =>
  method.length +
  url.pathname.length +
  url.search.length +
  Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0) +
  (body?.length ?? 0)

const flat = (headers: http.IncomingHttpHeaders): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )

function wordsOf({ until, conversation }: EgressGrant): string {
  const where = conversation === null ? '' : ', in that chat'
  if (until === null) return `You, until you revoke it${where}`
  const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(until)
  return `You, until ${date}${where}`
}

function unreachable(url: URL, error: unknown): HearthError {
  const reason = error instanceof Error ? error.message : String(error)
  return new HearthError(
    'bad-request',
    `${url.host} could not be reached: ${reason}.`,
    'Look at the connection, and try again.',
    {
      cause: error,
    },
  )
}
