// engine/learning/thompson.ts: choosing by drawing: each option is drawn from what is believed of it, and the best draw wins;
// so the better one is used more often, and the others are never given up. Thompson, 1933, https://doi.org/10.2307/2332286

/** Numbers from 0 (inclusive) to 1. */
export type Random = () => number

export type Belief = { readonly alpha: number; readonly beta: number }

/** Index of the winner. */
export function draw(beliefs: readonly Belief[], random: Random): number {
  let best = 0
  let most = -1
  for (const [index, { alpha, beta }] of beliefs.entries()) {
    const value = betaDraw(alpha, beta, random)
    if (value > most) {
      most = value
      best = index
    }
  }
  return best
}

/** How often each would win, by trying. */
export function chances(beliefs: readonly Belief[], random: Random, tries = 600): number[] {
  const wins = beliefs.map(() => 0)
  for (let i = 0; i < tries; i++) {
    const winner = draw(beliefs, random)
    wins[winner] = (wins[winner] ?? 0) + 1
  }
  return wins.map((count) => count / tries)
}

/** A small generator whose seed decides everything: mulberry32, https://github.com/bryc/code (public domain). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One draw from Beta(α, β), as a ratio of two gamma draws. */
function betaDraw(alpha: number, beta: number, random: Random): number {
  const left = gamma(alpha, random)
  return left / (left + gamma(beta, random))
}

/** One draw from Gamma(shape, 1). Marsaglia and Tsang, 2000, https://doi.org/10.1145/358407.358414 */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const cubed = (1 + c * normal) ** 3
    if (cubed > 0 && Math.log(1 - random()) < normal ** 2 / 2 + d - d * cubed + d * Math.log(cubed)) return d * cubed
  }
}
