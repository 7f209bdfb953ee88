// engine/inference/thoughts.ts: the marks between which Gemma 4 thinks, and which models can.

export const opensThought = '<|channel>'
export const closesThought = '<channel|>'

/** Whether the model was made to think before it answers: it knows the marks, and its template the switch. */
export function canThink({
  chatTemplate,
  markers,
}: {
  readonly chatTemplate: string | null
  readonly markers: readonly string[]
}): boolean {
  if (!markers.includes(opensThought) || !markers.includes(closesThought)) return false
  return chatTemplate === null || chatTemplate.trim() === '' || chatTemplate.includes('enable_thinking')
}
