// engine/memory/duplicates.ts: two memories that mean nearly the same: nearly the same words, or near each other in meaning,
// and in any case the same names and numbers.
import type { StoredMemory } from '../storage/memories.ts'
import type { Embedder } from './embedder.ts'
import { contentWords, namesIn } from './words.ts'

type Said = Pick<StoredMemory, 'statement' | 'conversation'>

const leastCommon = 0.8
const leastCosine = 0.85

export function isDuplicate(one: Said, other: Said, embedder: Embedder | null): boolean {
  if (one.conversation !== other.conversation || particulars(one) !== particulars(other)) return false
  const [left, right] = [contentWords(one.statement), contentWords(other.statement)]
  const common = left.filter((word) => right.includes(word)).length
  if (common / Math.max(1, left.length, right.length) >= leastCommon) return true
  return embedder !== null && cosine(embedder.embed(one.statement), embedder.embed(other.statement)) >= leastCosine
}

/** Two statements that differ in a name or a number are not the same. */
const particulars = ({ statement }: Said) =>
  [...namesIn(statement), ...(statement.match(/\d+/g) ?? [])].sort().join(' ')

const cosine = (left: Int8Array, right: Int8Array) =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0) / 127 ** 2
