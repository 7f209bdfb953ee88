// engine/tools/rules.ts: what a decision leaves behind, and which rules hold for a tool now.
import { HearthError } from '../contract/failure.ts'
import { type ConversationId, uuidv7 } from '../contract/ids.ts'
import type { AllowedBy, Decision, Pattern, Plan, Policy, Rule, RuleId } from '../contract/tools.ts'
import type { Permissions } from '../storage/permissions.ts'
import { canonical } from './plan.ts'
import type { Tool } from './tool.ts'

export type Rules = {
  /** All, with those paused whose server is not what it was. `identityOf`: of a tool as it is now, null for none. */
  all(identityOf: (rule: { tool: Rule['tool'] }) => string | null): Rule[]
  /** Throws `HearthError` `bad-request` for a decision that the plan does not offer. */
  check(plan: Plan, decision: Decision): void
  /** Keeps what goes beyond this once. The decision was checked. */
  keep(tool: Tool, policy: Policy, plan: Plan, decision: Decision, conversation: ConversationId): AllowedBy
}

export function createRules(permissions: Permissions, now: () => number): Rules {
  const add = (
    tool: Tool,
    pattern: Pattern,
    words: string,
    conversation: ConversationId | null,
    until: number | null,
  ): AllowedBy => {
    const id = uuidv7(now()) as RuleId
    permissions.addRule({
      id,
      tool: tool.ref,
      identity: tool.identity,
      pattern,
      words,
      conversation,
      createdAt: now(),
      until,
    })
    return { kind: 'rule', rule: id, words }
  }
  return {
    all: (identityOf) => {
      permissions.removeEndedRules(now())
      return permissions.rules().map(({ identity, ...rule }) => ({ ...rule, paused: identityOf(rule) !== identity }))
    },
    check: (plan, decision) => {
      if (decision.kind === 'once' || decision.kind === 'refuse') return
      const offered = plan.patterns.map(({ pattern }) => canonical(pattern))
      const wanted = decision.kind === 'always' ? canonical(decision.pattern) : offered[0]
      if (wanted === undefined || !offered.includes(wanted))
        throw new HearthError(
          'bad-request',
          'This can be allowed once, and no rule can be made of it.',
          'Allow it once, or do not allow it.',
        )
    },
    keep: (tool, policy, plan, decision, conversation) => {
      const sentence = (words: string) => `${words[0]?.toUpperCase() ?? ''}${words.slice(1)} without asking`
      if (decision.kind === 'chat' || decision.kind === 'always') {
        const chosen = decision.kind === 'always' ? canonical(decision.pattern) : canonical(plan.patterns[0]?.pattern)
        const offer = plan.patterns.find(({ pattern }) => canonical(pattern) === chosen)
        if (offer !== undefined)
          return decision.kind === 'chat'
            ? add(tool, offer.pattern, sentence(offer.words), conversation, null)
            : add(tool, offer.pattern, sentence(offer.words), decision.conversation, decision.until)
      }
      // "Once in each chat": the first yes is good for the rest of this one, unless a stranger's text was behind it.
      if (policy === 'chat' && plan.because.length === 0)
        add(tool, { kind: 'any' }, sentence(tool.title), conversation, null)
      return { kind: 'once' }
    },
  }
}
