// assets/embedder/measure.test.ts: what the word vectors are worth on questions that nobody trained on, through the search
// that ships: words alone, meaning alone, and both fused. Prints a table; fails where fusing would not pay.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { newConversationId } from '../../engine/contract/ids.ts'
import { newMemoryId } from '../../engine/contract/memory.ts'
import { readEmbedder } from '../../engine/memory/embedder.ts'
import { createRecall } from '../../engine/memory/recall.ts'
import { slotOf } from '../../engine/memory/slots.ts'
import { startMemory } from '../../engine/memory/test-support.ts'
import { samenessOf } from '../../engine/memory/voices.ts'
import type { MemorySearch } from '../../engine/storage/memory-search.ts'

type HeldOut = {
  readonly people: readonly {
    readonly facts: readonly string[]
    readonly asks: readonly (readonly [string, number])[]
  }[]
  readonly unrelated: readonly string[]
}
const here = (name: string) => new URL(name, import.meta.url).pathname
const heldOut = JSON.parse(readFileSync(here('heldout.json'), 'utf8')) as HeldOut
const embedder = readEmbedder(here('../models/embedder.bin'))

/** Share of questions whose fact is first, and among the first three; and how many facts an unrelated question brings. */
function measure(use: (search: MemorySearch) => MemorySearch, withMeaning: boolean) {
  const found = { first: 0, three: 0, asked: 0, stray: 0 }
  for (const { facts, asks } of heldOut.people) {
    const { memory } = startMemory({ embedderPath: here('../models/embedder.bin') })
    for (const statement of facts) {
      const id = newMemoryId()
      memory.beliefs.learn(
        {
          fact: { ...slotOf('x'), statement, text: statement, key: null },
          origin: 'typed',
          conversation: null,
          span: null,
          hold: false,
        },
        id,
      )
    }
    const recall = createRecall({
      search: use(memory.stores.search),
      embedder: withMeaning ? embedder : null,
      now: () => 0,
    })
    const find = (question: string) =>
      recall.find(question, newConversationId(), new Set(), 3).map(({ memory: { sameness } }) => sameness)
    for (const [question, index] of asks) {
      const wanted = samenessOf(facts[index] ?? '')
      const rank = find(question).indexOf(wanted)
      found.asked++
      if (rank === 0) found.first++
      if (rank >= 0) found.three++
    }
    for (const question of heldOut.unrelated) found.stray += find(question).length
  }
  return {
    first: found.first / found.asked,
    three: found.three / found.asked,
    stray: found.stray / (heldOut.unrelated.length * heldOut.people.length),
  }
}

test('on questions in other words, meaning finds what words do not, and both together find most', () => {
  const words = measure((search) => search, false)
  const meaning = measure((search) => ({ ...search, byWords: () => [] }), true)
  const both = measure((search) => search, true)
  const row = (name: string, { first, three, stray }: typeof words) =>
    `${name.padEnd(14)}first ${first.toFixed(2)}   in three ${three.toFixed(2)}   stray facts a question ${stray.toFixed(2)}`
  console.log([row('words (FTS5)', words), row('meaning', meaning), row('both, fused', both)].join('\n'))
  expect(meaning.three).toBeGreaterThan(words.three)
  expect(both.three).toBeGreaterThan(words.three + 0.1)
  expect(both.stray).toBeLessThan(0.5)
})
