// engine/tools/permission.ts: may this call run, must it be asked, or is it out of the question? Pure.
//
// The order: `never` ends it. What changes nothing outside Hearth's own store follows the tool's policy. What writes
// outside, runs, or sends is asked anew whenever the turn has read a text that the person did not write: no rule and no
// policy speaks for words of a stranger.
import type { ConversationId } from '../contract/ids.ts'
import type { AllowedBy, Effect, Origin, Pattern, Policy, Rule } from '../contract/tools.ts'

export type Question = {
  readonly conversation: ConversationId
  readonly policy: Policy
  readonly effects: readonly Effect[]
  /** Rules of this very tool and server, none paused. */
  readonly rules: readonly Pick<Rule, 'id' | 'pattern' | 'words' | 'conversation' | 'until'>[]
  /** Arguments in canonical form. */
  readonly arguments: string
  /** Hosts that are granted for pages. */
  readonly hosts: ReadonlySet<string>
  /** Texts that this turn has read. */
  readonly read: readonly Origin[]
  readonly now: number
}

export type Answer =
  | { readonly kind: 'run'; readonly by: AllowedBy }
  /** `because`: the texts that took the power away; empty when it is asked anyway. */
  | { readonly kind: 'ask'; readonly because: readonly Origin[] }
  | { readonly kind: 'never' }

export function decide(question: Question): Answer {
  const { policy, effects, read, conversation, now } = question
  if (policy === 'never') return { kind: 'never' }
  const outward = effects.some(isOutward)
  if (outward && read.length > 0) return { kind: 'ask', because: distinct(read) }
  if (policy === 'always') return { kind: 'run', by: { kind: outward ? 'setting' : 'free' } }
  for (const rule of question.rules) {
    if (rule.until !== null && rule.until <= now) continue
    if (rule.conversation !== null && rule.conversation !== conversation) continue
    if (covers(rule.pattern, question)) return { kind: 'run', by: { kind: 'rule', rule: rule.id, words: rule.words } }
  }
  const granted = effects.length > 0 && effects.every((effect) => isGrantedPage(effect, question.hosts))
  if (granted) return { kind: 'run', by: { kind: 'setting' } }
  return { kind: 'ask', because: [] }
}

/** Writes outside Hearth's own store, runs something, or sends something. */
export function isOutward(effect: Effect): boolean {
  switch (effect.kind) {
    case 'file-read':
    case 'own-data':
      return false
    case 'file-write':
    case 'network':
    case 'command':
    case 'server-call':
    case 'money':
      return true
  }
}

/** Every effect is inside the pattern. What costs money is inside none. */
export function covers(
  pattern: Pattern,
  { effects, arguments: said }: Pick<Question, 'effects' | 'arguments'>,
): boolean {
  if (effects.some(({ kind }) => kind === 'money')) return false
  switch (pattern.kind) {
    case 'same':
      return pattern.arguments === said
    case 'any':
      return true
    case 'file':
      return pathsOf(effects)?.every((path) => path === pattern.path) ?? false
    case 'folder':
      return pathsOf(effects)?.every((path) => isInside(path, pattern.path)) ?? false
    case 'host':
      return effects.length > 0 && effects.every((effect) => effect.kind === 'network' && effect.host === pattern.host)
  }
}

/** All paths, or null where an effect is not about files: a rule for a folder says nothing of it. */
function pathsOf(effects: readonly Effect[]): string[] | null {
  const paths: string[] = []
  for (const effect of effects) {
    if (effect.kind !== 'file-read' && effect.kind !== 'file-write') return null
    paths.push(effect.path)
    if (effect.kind === 'file-write' && effect.to !== null) paths.push(effect.to)
  }
  return paths.length === 0 ? null : paths
}

const isInside = (path: string, folder: string): boolean =>
  path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)

const isGrantedPage = (effect: Effect, hosts: ReadonlySet<string>): boolean =>
  effect.kind === 'network' && effect.method === 'GET' && hosts.has(effect.host)

export function distinct(origins: readonly Origin[]): Origin[] {
  const seen = new Map(origins.map((origin) => [`${origin.kind}\n${origin.name}`, origin]))
  return [...seen.values()]
}
