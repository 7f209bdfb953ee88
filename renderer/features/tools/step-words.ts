// renderer/features/tools/step-words.ts: effects and ends of a step in the words of the screen. Pure.
import type { Effect, Origin, Plan, ToolStep } from '../../../engine/contract/tools.ts'
import { computer } from '../../ui/platform.ts'

const fileActions = { create: 'Creates', change: 'Changes', delete: 'Deletes', move: 'Moves' } as const
const originNames: Readonly<Record<Origin['kind'], string>> = {
  file: 'the file',
  web: 'the page',
  server: 'the server',
  command: 'the output of',
  note: 'the note',
  memory: 'the memory',
}

export function effectWords(effect: Effect): string {
  switch (effect.kind) {
    case 'file-read':
      return `Reads ${effect.path}`
    case 'file-write':
      return `${fileActions[effect.action]} ${effect.path}${effect.to === null ? '' : ` to ${effect.to}`}`
    case 'network':
      return `${effect.method} ${effect.host}, ${effect.sends === 0 ? 'sends the address only' : `sends ${effect.sends} bytes`}`
    case 'command':
      return `Runs ${effect.argv.join(' ')} in ${effect.folder}`
    case 'own-data':
      return `${effect.action === 'add' ? 'Adds' : 'Removes'} a ${effect.what}`
    case 'server-call':
      return `Asks a server you added; it says that this ${effect.claims === 'reads' ? 'only reads' : effect.claims}`
    case 'money':
      return `Pays ${effect.amount} to ${effect.to}`
  }
}

/** Looking changes nothing, so there is nothing to take back. */
const isReversible = (effect: Effect): boolean => {
  if ('reversible' in effect) return effect.reversible
  return effect.kind === 'file-read' || (effect.kind === 'server-call' && effect.claims === 'reads')
}

const leaves = ({ kind }: Effect) => kind === 'network' || kind === 'server-call' || kind === 'money'

/** What is true of the whole plan, in a few words each. */
export function planFacts(plan: Plan): readonly string[] {
  return [
    plan.effects.some(leaves) ? `Leaves this ${computer}` : `Stays on this ${computer}`,
    plan.effects.every(isReversible) ? 'Can be undone' : 'Cannot be undone',
    plan.rehearsed ? 'Tried on a copy' : 'Not tried before',
  ]
}

export const originWords = ({ kind, name }: Origin) => `${originNames[kind]} ${name}`

/** How a step stands, beside what it does; empty for one that is simply done. */
export function stateWords(step: ToolStep): string {
  switch (step.status) {
    case 'planning':
      return 'Planning…'
    case 'waiting':
      return 'Waiting for you'
    case 'running':
      return 'Running…'
    case 'done':
      return step.undo?.state === 'undone' ? 'Undone' : step.undo?.state === 'failed' ? 'Could not be undone' : ''
    case 'failed':
      return 'Failed'
    case 'refused':
      return 'You did not allow this'
    case 'expired':
      return 'It changed since. Plan again'
    case 'mismatch':
      return 'Stopped: the plan did not match'
    case 'cancelled':
      return 'Stopped'
    case 'interrupted':
      return 'Cut short'
  }
}
