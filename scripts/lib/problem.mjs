// scripts/lib/problem.mjs: what a person can put right themselves.

/** Its message is one sentence: what was expected, what was found, what to do. */
export class Problem extends Error {
  name = 'Problem'
}

/** Whether the message alone is enough; anything else is our own mistake and shows its stack. */
export const isProblem = (error) => error?.name === 'Problem' || error?.name === 'BuildProblem'
