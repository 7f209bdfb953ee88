// scripts/lib/bench/targets.mjs: what we want to reach on E2B at Q4_0, as ratios to the peer in the same run; `own`
// ones are of our own numbers alone. "Must" is the floor, "aim" the goal.

const targets = {
  'decode 0': { must: 1.08, aim: 1.2 },
  'decode 512': { must: 1.08, aim: 1.2 },
  'prefill 128': { must: 4, aim: 6 },
  'prefill 512': { must: 4, aim: 6 },
  'prefill 2048': { must: 4, aim: 6 },
  'rows 4': { must: 0.5, aim: 0.33 },
  'rows 8': { must: 0.5, aim: 0.29 },
  'cost-of-rows 2': { of: 'own', must: 1.25, aim: 1.1 },
  'cost-of-rows 4': { of: 'own', must: 1.6, aim: 1.3 },
  'cost-of-rows 8': { of: 'own', must: 3, aim: 2.2 },
  'load 0': { must: 1, aim: 0.4 },
  'first-token 128': { must: 0.45, aim: 0.3 },
  'peak-memory end': { must: 0.55, aim: 0.42 },
}

export const targetOf = ({ metric, at }, model) => (model === 'e2b q4_0' ? targets[`${metric} ${at}`] : undefined)
