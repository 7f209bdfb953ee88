// engine/storage/migrations/index.ts: all steps, in order.
import type { Migration } from '../migrate.ts'
import { conversations } from './0001-conversations.ts'
import { search } from './0002-search.ts'
import { tools } from './0020-tools.ts'

export const migrations: readonly Migration[] = [conversations, search, tools]
