// engine/storage/migrations/index.ts: all steps, in order.
import type { Migration } from '../migrate.ts'
import { conversations } from './0001-conversations.ts'
import { search } from './0002-search.ts'
import { threads } from './0003-threads.ts'
import { searchSpeed } from './0004-search-speed.ts'
import { memory } from './0010-memory.ts'
import { traces } from './0011-traces.ts'
import { learning } from './0012-learning.ts'
import { tools } from './0020-tools.ts'

export const migrations: readonly Migration[] = [
  conversations,
  search,
  threads,
  searchSpeed,
  memory,
  traces,
  learning,
  tools,
]
