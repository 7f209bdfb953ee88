// engine/memory/embedder.ts: a sentence as a small vector, so that "what do I do for a living" finds "The user is a nurse".
// Hashed words, word pairs and pieces of words, each with a learned vector; the sum of them, weighted, is the sentence.
// The table is trained by assets/embedder/train.py, which says how and on what; its layout is there, too.
import { readFileSync } from 'node:fs'
import { HearthError } from '../contract/failure.ts'

export type Embedder = {
  /** Names the very table: vectors of another one are not comparable. */
  readonly name: string
  readonly dimensions: number
  /** Nearer than this means something, by the held-out part of the training data. */
  readonly leastCosine: number
  /** Unit length, times 127. Zeros for a text without letters. */
  embed(text: string): Int8Array
}

const magic = 'HEMB'
const headerBytes = 64

/** Throws `HearthError` `internal` for a file that is not one. */
export function readEmbedder(path: string): Embedder {
  const bytes = readFileSync(path)
  const buckets = bytes.length >= headerBytes ? bytes.readUInt32LE(8) : 0
  const dimensions = bytes.length >= headerBytes ? bytes.readUInt32LE(12) : 0
  const isWhole =
    bytes.toString('latin1', 0, 4) === magic &&
    bytes.readUInt32LE(4) === 1 &&
    bytes.length === headerBytes + buckets * 4 + buckets * dimensions
  if (!isWhole)
    throw new HearthError(
      'internal',
      `A table of word vectors was expected at ${path}, and the file is another one or cut.`,
      'Install Hearth again.',
    )
  const leastCosine = bytes.readFloatLE(16)
  const name = bytes.toString('latin1', 20, 52).replace(/\0+$/, '')
  const raw = new Uint8Array(bytes) // aligned, unlike a slice of Node's pool
  const weights = new Float32Array(raw.buffer, headerBytes, buckets)
  const table = new Int8Array(raw.buffer, headerBytes + buckets * 4, buckets * dimensions)
  return {
    name,
    dimensions,
    leastCosine,
    embed: (text) => {
      const sum = new Float64Array(dimensions)
      for (const [bucket, count] of featuresOf(text, buckets)) {
        const weight = (weights[bucket] ?? 0) * Math.sqrt(count)
        for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] ?? 0) + weight * (table[bucket * dimensions + i] ?? 0)
      }
      const norm = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
      return Int8Array.from(sum, (value) => (norm === 0 ? 0 : Math.round((127 * value) / norm)))
    },
  }
}

/** Buckets of a text's features, each with how often it occurs. The same in assets/embedder/features.py. */
export function featuresOf(text: string, buckets: number): Map<number, number> {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll('’', "'")
      .replace(/'s\b/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  const features = new Map<number, number>()
  const add = (feature: string) => {
    const bucket = fnv1a(feature) % buckets
    features.set(bucket, (features.get(bucket) ?? 0) + 1)
  }
  for (const [index, word] of words.slice(0, 256).entries()) {
    add(`w ${word}`)
    const next = words[index + 1]
    if (next !== undefined) add(`p ${word} ${next}`)
    const marked = `<${word}>`
    if (word.length > 3) for (let at = 0; at + 4 <= marked.length && at < 24; at++) add(`c ${marked.slice(at, at + 4)}`)
  }
  return features
}

/** 32-bit FNV-1a over UTF-8. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
