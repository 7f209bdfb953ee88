// engine/tools/plan.ts: a draft as the plan that is approved, and when two plans are one.
import { createHash } from 'node:crypto'
import type { Effect, Origin, Plan, ToolRef } from '../contract/tools.ts'
import type { Arguments, Draft } from './tool.ts'

/** JSON with keys in order, so that equal values have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** `because`: what was read before, when that is why it must be asked. Then nothing but `once` can allow it. */
export function toPlan(
  tool: ToolRef,
  identity: string,
  args: Arguments,
  draft: Draft,
  because: readonly Origin[],
): Plan {
  return {
    hash: sha256(canonical([tool, identity, args, draft.effects])),
    question: draft.question,
    effects: [...draft.effects],
    previews: [...draft.previews],
    rehearsed: draft.rehearsed,
    patterns: because.length > 0 ? [] : [...draft.patterns],
    because: [...because],
  }
}

export const sameEffect = (a: Effect, b: Effect): boolean => canonical(a) === canonical(b)
