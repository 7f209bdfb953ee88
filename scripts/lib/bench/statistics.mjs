// scripts/lib/bench/statistics.mjs: what many noisy numbers say together. Pure.

/** The value at a share of the way from the smallest to the largest, between neighbours in a straight line. */
export function quantile(values, share) {
  if (values.length === 0) throw new RangeError('quantile: expected at least one value, found none')
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)]
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at))
}

export const median = (values) => quantile(values, 0.5)

/** A series is noisy when its slow tenth takes half as long again as its middle. */
export const isNoisy = (ms) => quantile(ms, 0.9) > 1.5 * median(ms)

/**
 * A over B: the ratio of the medians, and the range of the ratios pair by pair.
 * @param {readonly number[]} a @param {readonly number[]} b As many; a[i] was measured beside b[i].
 */
export function pairedRatio(a, b) {
  if (a.length !== b.length) throw new RangeError(`pairedRatio: expected pairs, found ${a.length} and ${b.length}`)
  const ratios = a.map((value, i) => value / b[i])
  return { ratio: median(a) / median(b), low: Math.min(...ratios), high: Math.max(...ratios) }
}
