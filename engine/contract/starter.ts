// engine/contract/starter.ts: what a person can try with the starter model. Each opening is run through the shipped file by
// assets/kindling/openings.test.ts, so that nothing is offered which it cannot do.

export type Opening = {
  /** Put into the field, for the person to change or send. */
  readonly text: string
  /** A follow-up that must work in the same chat, for an opening that only tells something. */
  readonly after?: string
}

export const openings: readonly Opening[] = [
  { text: 'Hello, who are you?' },
  { text: 'My sister is called Marta.', after: 'What is my sister called?' },
  { text: 'Tell me a joke.' },
  { text: 'Make bullet points: milk, bread, eggs' },
  { text: 'The shop opens at 9:00 and closes at 18:00. When does it close?' },
  { text: 'What can you not do?' },
]
